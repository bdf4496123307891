onlyleads_test(permit_test onlyleads_domain)
foreach(name policy_test policy_facts_test)
  onlyleads_test(${name} onlyleads_domain)
  target_compile_definitions(${name} PRIVATE
    ONLYLEADS_POLICY_RULES="${PROJECT_SOURCE_DIR}/src/domain/policy/rules.json")
endforeach()

# What must not compile: tests/compile_fail/<name>.cc, one ctest entry each.
file(GLOB compile_fail_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/*.cc)
foreach(source ${compile_fail_sources})
  get_filename_component(name ${source} NAME_WE)
  add_test(NAME compile_fail.${name}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DCOMPILER=${CMAKE_CXX_COMPILER}
      "-DINCLUDES=${PROJECT_SOURCE_DIR}|${PROJECT_BINARY_DIR}/src/domain/generated"
      -P ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/check.cmake)
endforeach()

add_test(NAME policy_compiler_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/policy_compiler_test.py
    ${PROJECT_SOURCE_DIR}/cmake/compile_policy.py
    ${PROJECT_SOURCE_DIR}/src/domain/policy/rules.json)
