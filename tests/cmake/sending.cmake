add_library(outreach_support STATIC support/outreach.cc support/full_person.cc)
target_link_libraries(outreach_support PUBLIC onlyleads_engine sandbox_support GTest::gtest
                      PRIVATE onlyleads_options)

onlyleads_test(sending_test outreach_support)
onlyleads_precompile(sending_test <tests/support/outreach.h>)  # for every test of the kind
add_dependencies(sending_test onlyleads-sandbox)
onlyleads_test(delivery_test outreach_support)
add_dependencies(delivery_test onlyleads-sandbox)
onlyleads_test(signals_test outreach_support)
add_dependencies(signals_test onlyleads-sandbox)
onlyleads_test(mandates_test outreach_support)
onlyleads_test(usage_test outreach_support)
onlyleads_test(contract_end_test outreach_support)
foreach(name mandates_test usage_test contract_end_test)
  add_dependencies(${name} onlyleads-sandbox)
endforeach()
