# What every target of the project shares: language level, warnings, sanitizers, hidden symbols.
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

add_library(onlyleads_options INTERFACE)
target_compile_options(onlyleads_options INTERFACE -Wall -Wextra -Wpedantic)
if(ONLYLEADS_SANITIZE)
  add_compile_options(-fsanitize=${ONLYLEADS_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ONLYLEADS_SANITIZE})
endif()
if(ONLYLEADS_WERROR)
  target_compile_options(onlyleads_options INTERFACE -Werror)
endif()
if(ONLYLEADS_COVERAGE)
  # Atomic, because several threads count; the paths are then found without the build's help.
  add_compile_options(--coverage -fprofile-update=atomic -fprofile-abs-path)
  add_link_options(--coverage)
endif()
if(ONLYLEADS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# onlyleads_precompile(<target> <header>...): what most files of the target include.
function(onlyleads_precompile target)
  if(ONLYLEADS_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# onlyleads_precompiled_like(<target> <other>): reads what was read for the other one.
function(onlyleads_precompiled_like target other)
  if(ONLYLEADS_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${other})
  endif()
endfunction()

# onlyleads_join(<target>): with ONLYLEADS_PRECOMPILE its files are compiled a few at a time, because
# most of a file's time goes into what its headers declare. What a file keeps for itself needs a name
# of its own in the layer then; and g++ warns of a class with members of a type that is local to a
# file, which it takes for a header.
function(onlyleads_join target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${ONLYLEADS_PRECOMPILE})
endfunction()

# onlyleads_layer(<name> [<library>...]): the static target of one folder of src/. Folders link
# only what the architecture lets them include.
function(onlyleads_layer name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc
       ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  add_library(onlyleads_${name} STATIC ${sources})
  target_compile_features(onlyleads_${name} PUBLIC cxx_std_20)
  target_include_directories(onlyleads_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(onlyleads_${name} PUBLIC ${ARGN} PRIVATE onlyleads_options)
  onlyleads_precompile(onlyleads_${name} <algorithm> <functional> <map> <string> <vector>
                       <absl/status/statusor.h> <absl/strings/str_cat.h>)
  onlyleads_join(onlyleads_${name})
endfunction()
