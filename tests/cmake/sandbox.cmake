onlyleads_test(sandbox_test sandbox_support)
target_link_libraries(sandbox_test PRIVATE onlyleads_sandbox_httplib)
add_dependencies(sandbox_test onlyleads-sandbox)

# The C++ face against the sandbox, black box.
onlyleads_test(face_verbs_test onlyleads::onlyleads sandbox_support)
add_dependencies(face_verbs_test onlyleads-sandbox)

# The same with the host's own transport in place of the library's.
onlyleads_test(host_transport_test onlyleads::onlyleads sandbox_support)
add_dependencies(host_transport_test onlyleads-sandbox)
