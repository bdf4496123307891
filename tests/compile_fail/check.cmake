# Proves that a source does not compile, and for the right reason: with -DCONTROL it must compile,
# without it must fail with an error that the source's `// expect:` line matches.
# Usage: cmake -DSOURCE=… -DCOMPILER=… -DINCLUDES=a|b -P check.cmake
string(REPLACE "|" ";" include_list "${INCLUDES}")
set(command ${COMPILER} -std=c++20 -fsyntax-only)
foreach(directory ${include_list})
  list(APPEND command -I${directory})
endforeach()

file(STRINGS ${SOURCE} expect_line REGEX "^// expect: ")
string(REGEX REPLACE "^// expect: " "" expected "${expect_line}")
if(expected STREQUAL "")
  message(FATAL_ERROR "${SOURCE} does not say which error it expects")
endif()

execute_process(COMMAND ${command} -DCONTROL ${SOURCE}
  RESULT_VARIABLE control ERROR_VARIABLE output)
if(NOT control EQUAL 0)
  message(FATAL_ERROR "the control of ${SOURCE} must compile:\n${output}")
endif()
execute_process(COMMAND ${command} ${SOURCE} RESULT_VARIABLE forged ERROR_VARIABLE output)
if(forged EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, and must not")
endif()
if(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "${SOURCE} fails for another reason than \"${expected}\":\n${output}")
endif()
