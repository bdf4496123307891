# cmake --install: the library, the public headers, how CMake and pkg-config find them, and the
# sandbox, without which nobody could try a program of their own. The
# prefix may be moved afterwards: both descriptions are relative to where they lie.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/onlyleads)
install(TARGETS onlyleads EXPORT onlyleadsTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/onlyleads
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
if(TARGET onlyleads-sandbox)
  install(TARGETS onlyleads-sandbox DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT onlyleadsTargets NAMESPACE onlyleads:: DESTINATION ${package_dir})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/onlyleadsConfig.cmake.in
  ${PROJECT_BINARY_DIR}/onlyleadsConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/onlyleadsConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/onlyleadsConfig.cmake
              ${PROJECT_BINARY_DIR}/onlyleadsConfigVersion.cmake
        DESTINATION ${package_dir})

file(RELATIVE_PATH ONLYLEADS_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" ONLYLEADS_PC_TO_PREFIX "${ONLYLEADS_PC_TO_PREFIX}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/onlyleads.pc.in ${PROJECT_BINARY_DIR}/onlyleads.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/onlyleads.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
