# The fuzz targets replay their corpora here; with the preset "fuzz" they are built to search.
add_subdirectory(${CMAKE_CURRENT_SOURCE_DIR}/fuzz)
