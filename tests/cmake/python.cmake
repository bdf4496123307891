# The Python package as a user gets it: its types, its wheel, its results in other libraries. The
# environment that Python needs to load a module built with sanitizers is made in abi.cmake.
if(ONLYLEADS_BUILD_PYTHON)
  set(python_package ${PROJECT_BINARY_DIR}/bindings/python/onlyleads)
  add_test(NAME python.stubs
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/stubs_test.py ${python_package})
  set_tests_properties(python.stubs PROPERTIES
    ENVIRONMENT "${ONLYLEADS_PYTHON_ENVIRONMENT}" TIMEOUT 600)
  add_test(NAME python.unlocked
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unlocked_test.py)
  add_test(NAME python.mypy
    COMMAND ${Python3_EXECUTABLE} -m mypy --cache-dir ${PROJECT_BINARY_DIR}/mypy
      bindings/python/onlyleads examples/quickstart.py
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})

  # 77: PyPI cannot be reached.
  add_test(NAME python.arrow_consumers
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/with_venv.py
      ${PROJECT_BINARY_DIR}/venv ${CMAKE_CURRENT_SOURCE_DIR}/python/requirements.txt
      ${CMAKE_COMMAND} -E env ${ONLYLEADS_PYTHON_ENVIRONMENT}
      {python} ${CMAKE_CURRENT_SOURCE_DIR}/python/arrow_consumers.py)
  set_tests_properties(python.arrow_consumers PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 900)
  if(ONLYLEADS_BUILD_EXAMPLES)
    add_test(NAME python.wheel
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/wheel_test.py ${PROJECT_SOURCE_DIR}
        ${PROJECT_BINARY_DIR}/wheel $<TARGET_FILE:onlyleads-sandbox>)
    set_tests_properties(python.wheel PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1500
      RUN_SERIAL ON)
  endif()
endif()
