# The data files of the import, compiled into the domain library.
set(import_tables ${CMAKE_CURRENT_BINARY_DIR}/import_tables.cc)
set(import_data ${CMAKE_CURRENT_SOURCE_DIR}/import/data)
add_custom_command(
  OUTPUT ${import_tables}
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/compile_import_tables.py
          ${import_data}/role_local_parts.json ${import_data}/countries.tsv ${import_tables}
  DEPENDS ${PROJECT_SOURCE_DIR}/cmake/compile_import_tables.py
          ${import_data}/role_local_parts.json ${import_data}/countries.tsv
  VERBATIM)
target_sources(onlyleads_domain PRIVATE ${import_tables})
