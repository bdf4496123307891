# What is meant to break the library: files, cells, databases, webhooks, provider answers, strings.
find_package(SQLite3 REQUIRED)

# hostile_test(<file> [<library>...]): tests/hostile/<file>.cc as hostile_<file>.
function(hostile_test file)
  set(name hostile_${file})
  add_executable(${name} hostile/${file}.cc)
  target_link_libraries(${name} PRIVATE onlyleads::onlyleads live_handles ${ARGN} GTest::gtest_main
    onlyleads_options)
  onlyleads_precompiled_like(${name} live_handles)
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    ONLYLEADS_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

hostile_test(files_test)
hostile_test(cells_test)
hostile_test(webhooks_test)
hostile_test(database_test SQLite::SQLite3)
# Where no small file system can be made for a full disk, ctest says "Skipped", not "Passed".
set_tests_properties(hostile_database_test PROPERTIES SKIP_REGULAR_EXPRESSION
  "may not mount a small file system")
hostile_test(strings_test)
hostile_test(arguments_test)
hostile_test(numbers_test onlyleads_every_function)
# White box, with the engine behind the sandbox's gateway.
onlyleads_test(hostile/answers_test outreach_support)
add_dependencies(answers_test onlyleads-sandbox)
set_tests_properties(answers_test PROPERTIES TIMEOUT 900)

if(ONLYLEADS_BUILD_PYTHON)
  add_test(NAME hostile_polluted_csv
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/hostile/polluted.py)
  set_tests_properties(hostile_polluted_csv PROPERTIES
    ENVIRONMENT "${ONLYLEADS_PYTHON_ENVIRONMENT}" TIMEOUT 300)
endif()
