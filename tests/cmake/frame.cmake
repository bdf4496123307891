# The frame: who may include whom, what is installed, and the demo from outside.
foreach(name include_rules_test dependencies_test)
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${name}.py)
endforeach()
