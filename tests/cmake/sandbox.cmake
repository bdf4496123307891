find_package(CURL REQUIRED)

# A program of the tests that starts the sandbox provider as a child.
add_library(sandbox_support STATIC support/sandbox.cc)
target_include_directories(sandbox_support PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_features(sandbox_support PUBLIC cxx_std_20)
target_link_libraries(sandbox_support PUBLIC CURL::libcurl PRIVATE onlyleads_options)
target_compile_definitions(sandbox_support PUBLIC
  ONLYLEADS_SANDBOX_PATH="$<TARGET_FILE:onlyleads-sandbox>")

onlyleads_test(sandbox_test sandbox_support)
target_link_libraries(sandbox_test PRIVATE onlyleads_sandbox_httplib)
add_dependencies(sandbox_test onlyleads-sandbox)

# The C++ face against the sandbox, black box.
onlyleads_test(face_verbs_test onlyleads::onlyleads sandbox_support)
add_dependencies(face_verbs_test onlyleads-sandbox)

# The same with the host's own transport in place of the library's.
onlyleads_test(host_transport_test onlyleads::onlyleads sandbox_support)
add_dependencies(host_transport_test onlyleads-sandbox)
