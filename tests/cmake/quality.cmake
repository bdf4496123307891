# What must hold under any schedule, any crash, any tampering.
onlyleads_test(interleavings_test outreach_support)
add_dependencies(interleavings_test onlyleads-sandbox)

add_executable(engine_kill_test fault/engine_kill_test.cc)
target_link_libraries(engine_kill_test PRIVATE outreach_support GTest::gtest onlyleads_options)
target_compile_features(engine_kill_test PRIVATE cxx_std_20)
target_include_directories(engine_kill_test PRIVATE ${PROJECT_SOURCE_DIR})
add_test(NAME engine_kill_test COMMAND engine_kill_test)
add_dependencies(engine_kill_test onlyleads-sandbox)

onlyleads_test(audit_test outreach_support)
onlyleads_test(canary_test outreach_support)
foreach(name audit_test canary_test)
  add_dependencies(${name} onlyleads-sandbox)
endforeach()

find_package(SQLite3 REQUIRED)
onlyleads_test(plans_test outreach_support SQLite::SQLite3)
add_dependencies(plans_test onlyleads-sandbox)

onlyleads_test(rights_test outreach_support SQLite::SQLite3)
add_dependencies(rights_test onlyleads-sandbox)
target_compile_definitions(rights_test PRIVATE
  ONLYLEADS_POLICY_RULES="${PROJECT_SOURCE_DIR}/src/domain/policy/rules.json")

# The same through the neck: C99 and the C++ face.
add_executable(rights_c_test abi/rights_test.c)
target_link_libraries(rights_c_test PRIVATE onlyleads::onlyleads onlyleads_options)
add_test(NAME rights_c_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/in_temp_dir.py
    $<TARGET_FILE:rights_c_test> .)
onlyleads_test(rights_face_test onlyleads::onlyleads)
onlyleads_test(residue_test outreach_support SQLite::SQLite3)
add_dependencies(residue_test onlyleads-sandbox)
