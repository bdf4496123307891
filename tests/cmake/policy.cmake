onlyleads_test(permit_test onlyleads_domain)
foreach(name policy_test policy_facts_test)
  onlyleads_test(${name} onlyleads_domain)
  target_compile_definitions(${name} PRIVATE
    ONLYLEADS_POLICY_RULES="${PROJECT_SOURCE_DIR}/src/domain/policy/rules.json")
endforeach()

add_test(NAME policy_compiler_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/policy_compiler_test.py
    ${PROJECT_SOURCE_DIR}/cmake/compile_policy.py
    ${PROJECT_SOURCE_DIR}/src/domain/policy/rules.json)
