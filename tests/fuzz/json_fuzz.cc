// JSON: what is accepted stays within the bounds of size and depth, has valid UTF-8 in every string
// and no key twice; writing it and reading it again changes nothing, and the writer says the same
// as the dump.
#include <set>
#include <string>

#include "src/base/error.h"
#include "src/base/json.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using base::JsonValue;
using fuzz::Claim;

// U+0000 is allowed in JSON and nowhere else, so it is left out before the check for text.
bool IsUtf8(std::string_view text) {
  std::string bare;
  for (char c : text) {
    if (c != '\0') bare.push_back(c);
  }
  const auto byte = [&](size_t i) { return i < bare.size() ? static_cast<uint8_t>(bare[i]) : 0u; };
  for (size_t i = 0; i < bare.size();) {
    const unsigned first = byte(i);
    const int more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (more < 0 || first > 0xf4) return false;
    uint32_t cp = more == 0 ? first : first & (0x3fu >> more);
    for (int k = 1; k <= more; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return false;
      cp = cp << 6 | (byte(i + k) & 0x3f);
    }
    const bool too_long = (more == 2 && cp < 0x800) || (more == 3 && cp < 0x10000);
    if (too_long || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) return false;
    i += 1 + static_cast<size_t>(more);
  }
  return true;
}

// Checks a tree and copies it through the writer; returns its depth.
int Walk(JsonValue value, base::JsonWriter* out) {
  int depth = 0;
  if (value.IsObject()) {
    out->BeginObject();
    std::set<std::string_view> keys;
    value.ForEachMember([&](std::string_view key, JsonValue member) {
      Claim(keys.insert(key).second, "an object has no key twice");
      Claim(IsUtf8(key), "keys are UTF-8");
      out->Key(key);
      depth = std::max(depth, Walk(member, out));
    });
    out->EndObject();
    return depth + 1;
  }
  if (value.IsArray()) {
    out->BeginArray();
    for (size_t i = 0; i < value.size(); ++i) depth = std::max(depth, Walk(value.at(i), out));
    out->EndArray();
    return depth + 1;
  }
  if (const auto text = value.AsString()) {
    Claim(IsUtf8(*text), "strings are UTF-8");
    // The writer replaces what cannot be stored, U+0000 included.
    out->Raw(value.Dump());
  } else if (value.IsBool()) {
    out->Bool(*value.AsBool());
  } else if (value.IsInt()) {
    out->Int(*value.AsInt());
  } else if (value.IsNumber()) {
    out->Raw(value.Dump());
  } else {
    Claim(value.IsNull(), "every value has a type");
    out->Null();
  }
  return 0;
}

}  // namespace
}  // namespace onlyleads

// Two bytes of bounds, then the text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  const int max_depth = input.Byte() % 80;
  const size_t max_bytes = input.Byte() * size_t{64};
  const std::string_view text = input.Rest();

  const auto parsed = base::JsonDocument::Parse(text, max_bytes, max_depth);
  fuzz::Claim(parsed.ok() || base::CodeOf(parsed.status()) == base::ErrorCode::kLimit ||
                  base::CodeOf(parsed.status()) == base::ErrorCode::kInvalidJson,
              "a refusal is a limit or a malformed text");
  const bool too_large = text.size() > max_bytes;
  fuzz::Claim(!too_large || base::CodeOf(parsed.status()) == base::ErrorCode::kLimit,
              "a text past the bound is a limit error");
  if (!parsed.ok()) return 0;

  base::JsonWriter writer;
  fuzz::Claim(Walk(parsed->root(), &writer) <= max_depth, "depth stays within its bound");
  const std::string once = parsed->root().Dump();
  fuzz::Claim(writer.Take() == once, "the writer says the same as the dump");
  const auto again = base::JsonDocument::Parse(once, 64 * text.size() + 64, max_depth);
  fuzz::Claim(again.ok(), "what is written can be read");
  fuzz::Claim(again->root().Dump() == once, "writing and reading again changes nothing");
  return 0;
}
