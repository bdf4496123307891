# ThreadSanitizer itself: that it is on, and that it is told apart from a failing program.
if(ONLYLEADS_SANITIZE MATCHES "thread")
  add_executable(planted_race_test fault/planted_race.cc)
  target_link_libraries(planted_race_test PRIVATE onlyleads_options)
  target_compile_features(planted_race_test PRIVATE cxx_std_20)
  add_test(NAME planted_race_test COMMAND planted_race_test)
  set_tests_properties(planted_race_test PROPERTIES
    PASS_REGULAR_EXPRESSION "WARNING: ThreadSanitizer: data race")
endif()
