// Which encoding a CSV file is in, and UTF-8 out of its bytes. Detection is streamed: the caller
// feeds as much of the file as it reads anyway (an import feeds all of it while it digests the
// file), so that a byte far below the head still counts. Knows nothing of cells or records.
#ifndef ONLYLEADS_SRC_DOMAIN_CSV_ENCODING_H_
#define ONLYLEADS_SRC_DOMAIN_CSV_ENCODING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace onlyleads::domain::csv {

enum class Encoding { kUtf8, kUtf16Le, kUtf16Be, kCp1252 };

struct TextFormat {
  Encoding encoding = Encoding::kUtf8;
  size_t bom_bytes = 0;  // where the text begins
};

// "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252": the names Python's codecs have.
std::string_view EncodingName(const TextFormat& format);

// The rule, in order:
// 1. A byte order mark decides (UTF-8, UTF-16 LE or BE).
// 2. Without one, UTF-16 when at least 30 % of the byte pairs have their zero byte on the same side
//    and at most a tenth as many have it on the other.
// 3. UTF-8 when no sequence is invalid, or when valid multi-byte sequences are at least as many as
//    invalid ones: then the file is UTF-8 with damage, and the damaged records are reported one by
//    one by the parser.
// 4. cp1252 otherwise.
class EncodingDetector {
 public:
  void Feed(std::string_view bytes);
  // kInvalidArgument for UTF-32, which is not read.
  absl::StatusOr<TextFormat> Finish() const;

 private:
  void FeedUtf8(unsigned char byte);

  std::string head_;  // the first four bytes
  uint64_t size_ = 0;
  std::array<uint64_t, 2> zeros_{};  // at even and at odd offsets
  uint64_t valid_ = 0;               // multi-byte sequences
  uint64_t invalid_ = 0;
  int pending_ = 0;  // continuation bytes still due
  unsigned char low_ = 0x80, high_ = 0xbf;
};

// Appends a Unicode scalar value as UTF-8.
void AppendUtf8(uint32_t codepoint, std::string* out);
// Appends cp1252 bytes as UTF-8. The five bytes that cp1252 leaves undefined become the C1 control
// of the same number, as the WHATWG encoding standard has it: no byte is lost.
void AppendCp1252(std::string_view bytes, std::string* out);

// Appends UTF-8 bytes with U+FFFD in place of every byte that is none.
void AppendScrubbed(std::string_view bytes, std::string* out);

}  // namespace onlyleads::domain::csv

#endif  // ONLYLEADS_SRC_DOMAIN_CSV_ENCODING_H_
