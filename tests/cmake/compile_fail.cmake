# What must not compile: tests/compile_fail/<name>.cc, one ctest entry each.
file(GLOB compile_fail_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/*.cc)
foreach(source ${compile_fail_sources})
  get_filename_component(name ${source} NAME_WE)
  add_test(NAME compile_fail.${name}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DCOMPILER=${CMAKE_CXX_COMPILER}
      "-DINCLUDES=${PROJECT_SOURCE_DIR}|${PROJECT_BINARY_DIR}/src/domain/generated"
      -P ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/check.cmake)
endforeach()
