# The target `reference`: build/<preset>/reference/html, made from the public headers' comments.
# It is not part of `all`: whoever only builds the library needs no Doxygen.
find_program(ONLYLEADS_DOXYGEN doxygen)
set(ONLYLEADS_REFERENCE_DIR ${PROJECT_BINARY_DIR}/reference)
set(ONLYLEADS_REFERENCE_INPUT ${PROJECT_SOURCE_DIR}/include)
file(MAKE_DIRECTORY ${ONLYLEADS_REFERENCE_DIR})
configure_file(${CMAKE_CURRENT_LIST_DIR}/Doxyfile.in ${ONLYLEADS_REFERENCE_DIR}/Doxyfile @ONLY)
if(ONLYLEADS_DOXYGEN)
  add_custom_target(reference
    COMMAND ${ONLYLEADS_DOXYGEN} ${ONLYLEADS_REFERENCE_DIR}/Doxyfile
    COMMENT "Reference: ${ONLYLEADS_REFERENCE_DIR}/html/index.html" VERBATIM)
endif()
