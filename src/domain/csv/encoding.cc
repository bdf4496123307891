// Detection counts evidence byte by byte in constant memory; see the rule in the header.
#include "src/domain/csv/encoding.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/text.h"

namespace onlyleads::domain::csv {
namespace {

// Bytes 0x80 to 0x9f of cp1252; 0 where it defines none.
constexpr uint16_t kCp1252High[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

}  // namespace

std::string_view EncodingName(const TextFormat& format) {
  switch (format.encoding) {
    case Encoding::kUtf8:
      return format.bom_bytes > 0 ? "utf-8-sig" : "utf-8";
    case Encoding::kUtf16Le:
      return "utf-16-le";
    case Encoding::kUtf16Be:
      return "utf-16-be";
    case Encoding::kCp1252:
      return "cp1252";
  }
  return "";
}

void EncodingDetector::Feed(std::string_view bytes) {
  if (head_.size() < 4) head_.append(bytes.substr(0, 4 - head_.size()));
  for (unsigned char byte : bytes) {
    if (byte == 0) ++zeros_[size_ & 1];
    ++size_;
    if (byte >= 0x80 || pending_ > 0) FeedUtf8(byte);
  }
}

void EncodingDetector::FeedUtf8(unsigned char byte) {
  if (pending_ > 0) {
    if (byte >= low_ && byte <= high_) {
      low_ = 0x80;
      high_ = 0xbf;
      if (--pending_ == 0) ++valid_;
      return;
    }
    ++invalid_;
    pending_ = 0;
    low_ = 0x80;
    high_ = 0xbf;
    if (byte < 0x80) return;
  }
  if (byte >= 0xc2 && byte <= 0xdf) {
    pending_ = 1;
  } else if (byte >= 0xe0 && byte <= 0xef) {
    pending_ = 2;
    if (byte == 0xe0) low_ = 0xa0;
    if (byte == 0xed) high_ = 0x9f;
  } else if (byte >= 0xf0 && byte <= 0xf4) {
    pending_ = 3;
    if (byte == 0xf0) low_ = 0x90;
    if (byte == 0xf4) high_ = 0x8f;
  } else {
    ++invalid_;
  }
}

absl::StatusOr<TextFormat> EncodingDetector::Finish() const {
  using std::string_view_literals::operator""sv;
  if (head_ == "\xff\xfe\0\0"sv || head_ == "\0\0\xfe\xff"sv) {
    return base::Error(base::ErrorCode::kInvalidArgument,
                       "path: the file is UTF-32, which is not read");
  }
  if (StartsWith(head_, "\xef\xbb\xbf")) return TextFormat{Encoding::kUtf8, 3};
  if (StartsWith(head_, "\xff\xfe")) return TextFormat{Encoding::kUtf16Le, 2};
  if (StartsWith(head_, "\xfe\xff")) return TextFormat{Encoding::kUtf16Be, 2};
  const uint64_t pairs = size_ / 2;
  const auto [even, odd] = zeros_;
  if (pairs >= 2 && std::max(even, odd) * 10 >= pairs * 3) {
    if (odd >= even * 10) return TextFormat{Encoding::kUtf16Le, 0};
    if (even >= odd * 10) return TextFormat{Encoding::kUtf16Be, 0};
  }
  const uint64_t invalid = invalid_ + (pending_ > 0 ? 1 : 0);
  if (invalid == 0 || valid_ >= invalid) return TextFormat{Encoding::kUtf8, 0};
  return TextFormat{Encoding::kCp1252, 0};
}

void AppendUtf8(uint32_t cp, std::string* out) {
  const auto tail = [&](int shift) {
    out->push_back(static_cast<char>(0x80 | ((cp >> shift) & 0x3f)));
  };
  if (cp < 0x80) {
    out->push_back(static_cast<char>(cp));
  } else if (cp < 0x800) {
    out->push_back(static_cast<char>(0xc0 | (cp >> 6)));
    tail(0);
  } else if (cp < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | (cp >> 12)));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xf0 | (cp >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

void AppendCp1252(std::string_view bytes, std::string* out) {
  for (unsigned char byte : bytes) {
    const bool mapped = byte >= 0x80 && byte < 0xa0 && kCp1252High[byte - 0x80] != 0;
    AppendUtf8(mapped ? kCp1252High[byte - 0x80] : byte, out);
  }
}

void AppendScrubbed(std::string_view bytes, std::string* out) {
  while (!bytes.empty()) {
    size_t n = 1;
    while (n < bytes.size() && n < 4 && (static_cast<unsigned char>(bytes[n]) & 0xc0) == 0x80) ++n;
    const std::string_view piece = bytes.substr(0, n);
    if (piece == std::string_view("\0", 1) || base::IsStorableUtf8(piece)) {
      out->append(piece);
    } else {
      n = 1;
      AppendUtf8(0xfffd, out);
    }
    bytes.remove_prefix(n);
  }
}

}  // namespace onlyleads::domain::csv
