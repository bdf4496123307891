# The ABI from outside: layout, exports, misuse, the faces of C++ and Python, a consumer.
add_executable(layout_test abi/layout_test.c)
target_link_libraries(layout_test PRIVATE onlyleads::onlyleads onlyleads_options)
add_test(NAME layout_test COMMAND layout_test)

add_test(NAME exports_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/exports_test.py
    $<TARGET_FILE:onlyleads> ${PROJECT_SOURCE_DIR})
add_test(NAME headers_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/headers_test.py
    ${PROJECT_SOURCE_DIR}/include)
add_test(NAME reference_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/reference_test.py
    ${PROJECT_BINARY_DIR}/reference/Doxyfile ${PROJECT_SOURCE_DIR}/include)
set_tests_properties(headers_test reference_test PROPERTIES TIMEOUT 120)
add_test(NAME lists_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/lists_test.py)

onlyleads_test(capi_test onlyleads::onlyleads)
onlyleads_test(face_test onlyleads::onlyleads)
onlyleads_test(arrow_test onlyleads::onlyleads)
onlyleads_test(contracts_face_test onlyleads::onlyleads)

# Sweeps over every exported function, from one table.
add_library(onlyleads_every_function STATIC abi/every_function.cc abi/world.cc)
target_link_libraries(onlyleads_every_function PUBLIC onlyleads::onlyleads onlyleads_options)
target_compile_features(onlyleads_every_function PUBLIC cxx_std_20)
target_include_directories(onlyleads_every_function PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(onlyleads_every_function PRIVATE
  ONLYLEADS_EXPORTS="${PROJECT_SOURCE_DIR}/src/capi/exports.txt")
onlyleads_test(abi/misuse_test onlyleads_every_function)
set_tests_properties(misuse_test PROPERTIES TIMEOUT 600)

# Every function in turn, dealt out to entries that run side by side. It replaces operator new, as
# ThreadSanitizer does, and runs in one thread.
if(NOT ONLYLEADS_SANITIZE MATCHES "thread")
  add_executable(allocation_sweep_test abi/allocation_sweep_test.cc abi/allocations.cc)
  target_link_libraries(allocation_sweep_test PRIVATE onlyleads_every_function sandbox_support SQLite::SQLite3
    CURL::libcurl OpenSSL::Crypto GTest::gtest onlyleads_options)
  if(ONLYLEADS_SANITIZE MATCHES "address|leak")
    target_compile_definitions(allocation_sweep_test PRIVATE ONLYLEADS_FIND_LEAKS)
  endif()
  if(TARGET onlyleads-sandbox)
    add_dependencies(allocation_sweep_test onlyleads-sandbox)
  endif()
  set(shards 4)
  math(EXPR last "${shards} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME allocation_sweep_test.${shard} COMMAND allocation_sweep_test)
    set_tests_properties(allocation_sweep_test.${shard} PROPERTIES TIMEOUT 1200
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endif()

# A host that carries the requests itself, in C99 over the public headers alone.
add_executable(host_transport_c_test host_transport_c_test.c)
target_link_libraries(host_transport_c_test PRIVATE onlyleads::onlyleads CURL::libcurl
  onlyleads_options)
add_test(NAME host_transport_c_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/beside_sandbox.py
    $<TARGET_FILE:onlyleads-sandbox> acc1 2026-11-23T10:00:00Z
    $<TARGET_FILE:host_transport_c_test> leads.db)

# The truth about the ten exports, for C99 and the C++17 face: neither reads JSON by itself.
set(truth ${CMAKE_CURRENT_SOURCE_DIR}/data/exports/truth.json)
set(truth_tables ${CMAKE_CURRENT_BINARY_DIR}/truth/truth_tables.h)
add_custom_command(OUTPUT ${truth_tables}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/truth
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/compile_truth.py ${truth}
          ${truth_tables}
  DEPENDS ${truth} ${CMAKE_CURRENT_SOURCE_DIR}/abi/compile_truth.py VERBATIM)
add_custom_target(truth_tables DEPENDS ${truth_tables})
add_dependencies(onlyleads_generated truth_tables)
add_executable(truth_test truth_test.c)
target_link_libraries(truth_test PRIVATE onlyleads::onlyleads onlyleads_options)
add_test(NAME truth_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/in_temp_dir.py
    $<TARGET_FILE:truth_test> ${CMAKE_CURRENT_SOURCE_DIR}/data/exports leads.db)
onlyleads_test(truth_face_test onlyleads::onlyleads)
foreach(name truth_test truth_face_test)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/truth)
  add_dependencies(${name} truth_tables)
endforeach()

# Installs the whole project, so it needs everything built: run after the build, never beside it.
add_test(NAME consumer_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/abi/consumer_test.py
    --cmake ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --source ${PROJECT_SOURCE_DIR}
    --cc ${CMAKE_C_COMPILER} --cxx ${CMAKE_CXX_COMPILER} --sanitize "${ONLYLEADS_SANITIZE}")
set_tests_properties(consumer_test PROPERTIES TIMEOUT 120)

# What Python needs to load a module built with sanitizers: their runtime first, and no leak check,
# because the interpreter itself does not free at exit. Other tests that start Python use it too.
set(ONLYLEADS_PYTHON_ENVIRONMENT PYTHONPATH=${PROJECT_BINARY_DIR}/bindings/python)
if(ONLYLEADS_SANITIZE MATCHES "address")
  foreach(runtime libasan.so libstdc++.so)
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${runtime}
                    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
    file(REAL_PATH ${path} path)
    list(APPEND preloaded ${path})
  endforeach()
  list(JOIN preloaded ":" preloaded)
  list(APPEND ONLYLEADS_PYTHON_ENVIRONMENT LD_PRELOAD=${preloaded} ASAN_OPTIONS=detect_leaks=0)
endif()

# Each tests/python/test_*.py is one ctest entry. Without the sandbox those that need it say so.
set(sandbox $<$<TARGET_EXISTS:onlyleads-sandbox>:$<TARGET_FILE:onlyleads-sandbox>>)
if(ONLYLEADS_BUILD_PYTHON)
  file(GLOB python_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/python/test_*.py)
  foreach(file ${python_tests})
    get_filename_component(name ${file} NAME_WE)
    add_test(NAME python.${name} COMMAND ${Python3_EXECUTABLE} ${file})
    set_tests_properties(python.${name} PROPERTIES
      ENVIRONMENT "${ONLYLEADS_PYTHON_ENVIRONMENT};ONLYLEADS_TEST_DATA=${CMAKE_CURRENT_SOURCE_DIR}/data;ONLYLEADS_SANDBOX=${sandbox}"
      TIMEOUT 300)
  endforeach()
endif()
