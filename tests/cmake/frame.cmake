# The frame: who may include whom, what is installed, and the demo from outside.
foreach(name include_rules_test dependencies_test readme_test)
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${name}.py)
endforeach()

if(ONLYLEADS_BUILD_EXAMPLES)
  # Installs the whole project, as consumer_test does.
  add_test(NAME first_program_test
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/first_program_test.py
      --cmake ${CMAKE_COMMAND} --cxx ${CMAKE_CXX_COMPILER} --build ${PROJECT_BINARY_DIR}
      --sanitize "${ONLYLEADS_SANITIZE}")
  set_tests_properties(first_program_test PROPERTIES TIMEOUT 300)
endif()

if(ONLYLEADS_BUILD_PYTHON AND ONLYLEADS_BUILD_EXAMPLES)
  add_test(NAME demo_kill_test
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/demo_kill_test.py
      --sandbox $<TARGET_FILE:onlyleads-sandbox> --data ${CMAKE_CURRENT_SOURCE_DIR}/data/exports)
  # The environment that Python needs to load a module built with sanitizers; see abi.cmake.
  set_tests_properties(demo_kill_test PROPERTIES ENVIRONMENT "${ONLYLEADS_PYTHON_ENVIRONMENT}"
    TIMEOUT 600)
endif()
