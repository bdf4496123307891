# The examples, run as a newcomer runs them: against a sandbox with an account, in a new folder.
if(ONLYLEADS_BUILD_EXAMPLES)
  set(run_quickstart ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/quickstart_test.py
    $<TARGET_FILE:onlyleads-sandbox> ${PROJECT_SOURCE_DIR}/examples/people.csv)
  add_test(NAME quickstart_c COMMAND ${run_quickstart} $<TARGET_FILE:quickstart_c>)
  add_test(NAME quickstart_cc COMMAND ${run_quickstart} $<TARGET_FILE:quickstart_cc>)
  set_tests_properties(quickstart_c quickstart_cc PROPERTIES TIMEOUT 120)
  if(ONLYLEADS_BUILD_PYTHON)
    # The runtime is preloaded for the example alone: the driver and the sandbox do without.
    add_test(NAME quickstart_py
      COMMAND ${run_quickstart} ${CMAKE_COMMAND} -E env ${ONLYLEADS_PYTHON_ENVIRONMENT}
        ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/examples/quickstart.py)
    set_tests_properties(quickstart_py PROPERTIES TIMEOUT 120)
  endif()
endif()
