add_library(outreach_support STATIC support/outreach.cc support/full_person.cc)
target_link_libraries(outreach_support PUBLIC onlyleads_engine sandbox_support GTest::gtest
                      PRIVATE onlyleads_options)

onlyleads_test(sending_test outreach_support)
add_dependencies(sending_test onlyleads-sandbox)
