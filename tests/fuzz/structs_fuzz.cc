// Structs of callers older and newer than the library: any size and any bytes are read as the
// header promises and never beyond struct_size, and a report is written within the room it has. The
// rows of a batch likewise, with the call's row_size in the place of struct_size.
#include <cstring>
#include <memory>
#include <string>

#include "onlyleads/onlyleads.h"
#include "src/capi/neck.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using fuzz::Claim;

// The caller's memory: exactly as long as the struct says, so that an overrun is seen.
class Memory {
 public:
  Memory(uint32_t struct_size, std::string_view bytes)
      : size_(std::clamp<size_t>(struct_size, sizeof(uint32_t), 2 * capi::kMaxStructBytes)),
        bytes_(static_cast<char*>(std::malloc(size_))) {
    std::memset(bytes_.get(), 0, size_);
    if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), std::min(bytes.size(), size_));
    std::memcpy(bytes_.get(), &struct_size, sizeof(struct_size));
  }
  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(bytes_.get());
  }
  std::string Copy() const { return std::string(bytes_.get(), size_); }

 private:
  struct Free {
    void operator()(void* p) const { std::free(p); }
  };
  size_t size_;
  std::unique_ptr<char, Free> bytes_;
};

bool IsStructSize(uint32_t size) {
  return size >= 8 && size <= capi::kMaxStructBytes && size % 8 == 0;
}

template <typename T>
void CheckRead(uint32_t struct_size, std::string_view bytes) {
  Memory memory(struct_size, bytes);
  const std::string before = memory.Copy();
  const auto read = capi::ReadStruct<T>(memory.as<T>(), "options");
  Claim(memory.Copy() == before, "reading options does not change them");
  const bool known_only = before.find_first_not_of('\0', sizeof(T)) == std::string::npos;
  Claim(read.ok() == (IsStructSize(struct_size) && known_only),
        "options are taken when their size is one and what is not known is zero");
  if (!read.ok()) return;
  std::string expected = before.substr(0, sizeof(T));
  expected.resize(sizeof(T));
  Claim(std::memcmp(&*read, expected.data(), sizeof(T)) == 0,
        "an older caller's options are extended with zeros");
}

template <typename T>
void CheckWrite(uint32_t struct_size, std::string_view bytes) {
  Memory memory(struct_size, bytes);
  const std::string before = memory.Copy();
  const bool cleared = capi::ClearStruct<T>(memory.as<T>(), "report").ok();
  Claim(cleared == IsStructSize(struct_size), "a report is taken when its size is one");
  std::string expected = cleared ? std::string(before.size(), '\0') : before;
  std::memcpy(expected.data(), &struct_size, sizeof(struct_size));
  Claim(memory.Copy() == expected, "a report is cleared or left alone");
  if (!cleared) return;
  T value;
  std::memset(static_cast<void*>(&value), 0x5a, sizeof(value));
  capi::WriteStruct(memory.as<T>(), value);
  expected.replace(0, std::min(sizeof(T), expected.size()),
                   std::string(std::min(sizeof(T), expected.size()), 0x5a));
  std::memcpy(expected.data(), &struct_size, sizeof(struct_size));
  Claim(memory.Copy() == expected, "as much is written as the caller has room for");
}

template <typename T>
void Check(uint32_t struct_size, std::string_view bytes) {
  CheckRead<T>(struct_size, bytes);
  CheckWrite<T>(struct_size, bytes);
}

// As many whole rows as there are bytes for, in a block that ends behind the last one.
template <typename T>
void CheckBatch(uint32_t row_size, std::string_view bytes) {
  constexpr size_t kMostRows = 64;
  const size_t count =
      row_size == 0 ? 1 : std::clamp<size_t>(bytes.size() / row_size, 1, kMostRows);
  const size_t room = std::min<size_t>(count * row_size, kMostRows * capi::kMaxStructBytes);
  const auto memory = std::make_unique<char[]>(room);
  if (!bytes.empty()) std::memcpy(memory.get(), bytes.data(), std::min(bytes.size(), room));
  const auto read =
      capi::ReadBatch<T>(reinterpret_cast<const T*>(memory.get()), count, row_size, "rows");
  bool known_only = true;
  for (size_t i = 0; IsStructSize(row_size) && i < count; ++i) {
    const std::string_view row(memory.get() + i * row_size, row_size);
    known_only &= row.find_first_not_of('\0', sizeof(T)) == std::string_view::npos;
  }
  Claim(read.ok() == (IsStructSize(row_size) && known_only),
        "a batch is taken when its row size is one and what is not known is zero");
  if (!read.ok()) return;
  Claim(read->size() == count, "every row is read");
  for (size_t i = 0; i < count; ++i) {
    std::string expected(memory.get() + i * row_size, std::min<size_t>(row_size, sizeof(T)));
    expected.resize(sizeof(T));
    Claim(std::memcmp(&(*read)[i], expected.data(), sizeof(T)) == 0,
          "an older caller's rows are extended with zeros");
  }
}

}  // namespace
}  // namespace onlyleads

// One byte that chooses the struct, four of struct_size, then the caller's bytes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  const uint8_t which = input.Byte();
  uint32_t struct_size = 0;
  const std::string_view raw = input.Bytes(sizeof(struct_size));
  if (!raw.empty()) std::memcpy(&struct_size, raw.data(), raw.size());
  const std::string_view bytes = input.Rest();
  using Checker = void (*)(uint32_t, std::string_view);
  static constexpr Checker kCheckers[] = {
      Check<ol_engine_options>,
      Check<ol_run_options>,
      Check<ol_run_report>,
      Check<ol_host>,
      Check<ol_import_options>,
      Check<ol_import_report>,
      Check<ol_inbox_report>,
      Check<ol_sender_options>,
      Check<ol_organization_options>,
      Check<ol_audit_report>,
      Check<ol_mandate_options>,
      Check<ol_work_options>,
      Check<ol_retention_options>,
      Check<ol_retention_report>,
      Check<ol_transport>,
      Check<ol_http_completion>,
      CheckBatch<ol_signal>,
      CheckBatch<ol_usage>,
  };
  kCheckers[which % std::size(kCheckers)](struct_size, bytes);
  fuzz::Claim(capi::ReadStruct<ol_host>(nullptr, "host").ok(), "no options are the defaults");
  return 0;
}
