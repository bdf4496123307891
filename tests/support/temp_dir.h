// A directory of its own for each test, gone at the end.
#ifndef ONLYLEADS_TESTS_SUPPORT_TEMP_DIR_H_
#define ONLYLEADS_TESTS_SUPPORT_TEMP_DIR_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace onlyleads::tests {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "onlyleads-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_SUPPORT_TEMP_DIR_H_
