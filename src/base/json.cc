#include "src/base/json.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>
#include <vector>

// RapidJSON asserts on misuse and ignores allocation failure; here both become exceptions, which
// this file alone catches.
#define RAPIDJSON_ASSERT(x) \
  ((x) ? static_cast<void>(0) : throw std::logic_error("RapidJSON assertion"))
#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/document.h>
#include <rapidjson/encodedstream.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/text.h"

namespace onlyleads::base {

// RapidJSON does not look at what malloc returns; operator new throws instead.
class ThrowingAllocator {
 public:
  [[maybe_unused]] static constexpr bool kNeedFree = true;
  void* Malloc(size_t size) { return size == 0 ? nullptr : ::operator new(size); }
  void* Realloc(void* old, size_t old_size, size_t new_size) {
    void* fresh = Malloc(new_size);
    if (old != nullptr && fresh != nullptr) std::memcpy(fresh, old, std::min(old_size, new_size));
    Free(old);
    return fresh;
  }
  static void Free(void* old) { ::operator delete(old); }
};

namespace {

using Utf8 = rapidjson::UTF8<>;
using Document = rapidjson::GenericDocument<Utf8, rapidjson::MemoryPoolAllocator<ThrowingAllocator>,
                                            ThrowingAllocator>;
using Value = Document::ValueType;
using Buffer = rapidjson::GenericStringBuffer<Utf8, ThrowingAllocator>;
using Writer = rapidjson::Writer<Buffer, Utf8, Utf8, ThrowingAllocator>;

const Value* Node(const void* node) { return static_cast<const Value*>(node); }

std::string_view View(const Value& v) { return {v.GetString(), v.GetStringLength()}; }

// Depth without recursion, before parsing: braces outside of strings.
bool DepthWithin(std::string_view text, int max_depth) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

// Builds the document and reads its numbers: RapidJSON's own reading is a few digits off or, where
// asked for full precision, undefined at the edges of double. A number that no double holds is
// refused.
class Builder {
 public:
  explicit Builder(Document* document) : document_(document) {}

  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    const char* const end = text + size;
    int64_t integer = 0;
    if (IsAll(std::from_chars(text, end, integer), end)) return document_->Int64(integer);
    uint64_t natural = 0;
    if (IsAll(std::from_chars(text, end, natural), end)) return document_->Uint64(natural);
    double number = 0;
    const absl::from_chars_result result = absl::from_chars(text, end, number);
    // Out of range is also what is nearest to zero, and that is close enough.
    const bool too_large = result.ec != std::errc() && (number > 1 || number < -1);
    return result.ptr == end && !too_large && document_->Double(number);
  }
  bool Null() { return document_->Null(); }
  bool Bool(bool value) { return document_->Bool(value); }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return document_->String(text, size, copy);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    return document_->Key(text, size, copy);
  }
  bool StartObject() { return document_->StartObject(); }
  bool EndObject(rapidjson::SizeType members) { return document_->EndObject(members); }
  bool StartArray() { return document_->StartArray(); }
  bool EndArray(rapidjson::SizeType items) { return document_->EndArray(items); }
  // Never called: numbers come raw.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  static bool IsAll(std::from_chars_result result, const char* end) {
    return result.ec == std::errc() && result.ptr == end;
  }

  Document* document_;
};

// U+0000 is JSON's right, though no database's.
bool IsUtf8(std::string_view text) {
  size_t end = 0;
  for (; (end = text.find('\0')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    if (!IsStorableUtf8(text.substr(0, end))) return false;
  }
  return IsStorableUtf8(text);
}

// Repeated keys and strings that are not UTF-8 (a lone surrogate escape passes RapidJSON).
bool TreeIsSound(const Value& value) {
  if (value.IsString()) return IsUtf8(View(value));
  if (value.IsArray()) {
    for (const Value& item : value.GetArray()) {
      if (!TreeIsSound(item)) return false;
    }
  } else if (value.IsObject()) {
    std::vector<std::string_view> keys;
    keys.reserve(value.MemberCount());
    for (const auto& member : value.GetObject()) {
      keys.push_back(View(member.name));
      if (!TreeIsSound(member.name) || !TreeIsSound(member.value)) return false;
    }
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) == keys.end();
  }
  return true;
}

// U+FFFD for every byte that is not storable; each byte is looked at a bounded number of times.
std::string ReplaceInvalid(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t n = 1;
    while (n < text.size() && n < 4 && (static_cast<unsigned char>(text[n]) & 0xc0) == 0x80) ++n;
    if (IsStorableUtf8(text.substr(0, n))) {
      out.append(text.substr(0, n));
    } else {
      n = 1;
      out.append("\xEF\xBF\xBD");
    }
    text.remove_prefix(n);
  }
  return out;
}

}  // namespace

bool JsonValue::IsNull() const { return node_ == nullptr || Node(node_)->IsNull(); }
bool JsonValue::IsBool() const { return node_ != nullptr && Node(node_)->IsBool(); }
bool JsonValue::IsString() const { return node_ != nullptr && Node(node_)->IsString(); }
bool JsonValue::IsNumber() const { return node_ != nullptr && Node(node_)->IsNumber(); }
bool JsonValue::IsInt() const { return node_ != nullptr && Node(node_)->IsInt64(); }
bool JsonValue::IsArray() const { return node_ != nullptr && Node(node_)->IsArray(); }
bool JsonValue::IsObject() const { return node_ != nullptr && Node(node_)->IsObject(); }

std::optional<bool> JsonValue::AsBool() const {
  if (IsBool()) return Node(node_)->GetBool();
  if (IsInt() && (Node(node_)->GetInt64() == 0 || Node(node_)->GetInt64() == 1)) {
    return Node(node_)->GetInt64() == 1;
  }
  return std::nullopt;
}

std::optional<int64_t> JsonValue::AsInt() const {
  if (!IsInt()) return std::nullopt;
  return Node(node_)->GetInt64();
}

std::optional<double> JsonValue::AsDouble() const {
  if (!IsNumber()) return std::nullopt;
  return Node(node_)->GetDouble();
}

std::optional<std::string_view> JsonValue::AsString() const {
  if (!IsString()) return std::nullopt;
  return View(*Node(node_));
}

JsonValue JsonValue::operator[](std::string_view key) const {
  if (!IsObject()) return JsonValue();
  const Value name(rapidjson::StringRef(key.data() == nullptr ? "" : key.data(),
                                        static_cast<rapidjson::SizeType>(key.size())));
  const auto it = Node(node_)->FindMember(name);
  return it == Node(node_)->MemberEnd() ? JsonValue() : JsonValue(&it->value);
}

bool JsonValue::Has(std::string_view key) const { return (*this)[key].node_ != nullptr; }

size_t JsonValue::size() const { return IsArray() ? Node(node_)->Size() : 0; }

JsonValue JsonValue::at(size_t index) const {
  if (index >= size()) return JsonValue();
  return JsonValue(&(*Node(node_))[static_cast<rapidjson::SizeType>(index)]);
}

void JsonValue::ForEachMember(const std::function<void(std::string_view, JsonValue)>& f) const {
  if (!IsObject()) return;
  for (const auto& member : Node(node_)->GetObject()) {
    f(View(member.name), JsonValue(&member.value));
  }
}

bool JsonValue::HasOnly(std::initializer_list<std::string_view> keys) const {
  bool only = true;
  ForEachMember([&](std::string_view key, JsonValue) {
    only = only && std::find(keys.begin(), keys.end(), key) != keys.end();
  });
  return only;
}

std::string JsonValue::StringOr(std::string_view key, std::string_view fallback) const {
  return std::string((*this)[key].AsString().value_or(fallback));
}
int64_t JsonValue::IntOr(std::string_view key, int64_t fallback) const {
  return (*this)[key].AsInt().value_or(fallback);
}
bool JsonValue::BoolOr(std::string_view key, bool fallback) const {
  return (*this)[key].AsBool().value_or(fallback);
}

std::string JsonValue::Dump() const {
  if (node_ == nullptr) return "null";
  Buffer buffer;
  Writer writer(buffer);
  Node(node_)->Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

struct JsonDocument::Impl {
  Document document;
};

JsonDocument::JsonDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonValue JsonDocument::root() const {
  return JsonValue(static_cast<const Value*>(&impl_->document));
}

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string_view text, size_t max_bytes,
                                                 int max_depth) {
  if (text.size() > max_bytes) return Error(ErrorCode::kLimit, "JSON document is too large");
  if (!DepthWithin(text, max_depth)) return Error(ErrorCode::kLimit, "JSON nests too deeply");
  try {
    auto impl = std::make_unique<Impl>();
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseNumbersAsStringsFlag;
    rapidjson::MemoryStream bytes(text.data() == nullptr ? "" : text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
    rapidjson::GenericReader<Utf8, Utf8, ThrowingAllocator> reader;
    const auto generate = [&](Document& document) {
      Builder builder(&document);
      return !reader.Parse<kFlags>(stream, builder).IsError();
    };
    impl->document.Populate(generate);
    if (reader.HasParseError()) {
      return Error(ErrorCode::kInvalidJson,
                   absl::StrCat("not valid JSON at byte ", reader.GetErrorOffset()));
    }
    if (!TreeIsSound(impl->document)) {
      return Error(ErrorCode::kInvalidJson, "JSON repeats a key or has a string that is not UTF-8");
    }
    return JsonDocument(std::move(impl));
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kNoMemory, "out of memory while parsing JSON");
  } catch (const std::logic_error&) {
    return Error(ErrorCode::kInvalidJson, "JSON could not be parsed");
  }
}

struct JsonWriter::Impl {
  Buffer buffer;
  Writer writer{buffer};
};

JsonWriter::JsonWriter() : impl_(std::make_unique<Impl>()) {}
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::BeginObject() {
  impl_->writer.StartObject();
  return *this;
}
JsonWriter& JsonWriter::EndObject() {
  impl_->writer.EndObject();
  return *this;
}
JsonWriter& JsonWriter::BeginArray() {
  impl_->writer.StartArray();
  return *this;
}
JsonWriter& JsonWriter::EndArray() {
  impl_->writer.EndArray();
  return *this;
}
JsonWriter& JsonWriter::Key(std::string_view key) {
  impl_->writer.Key(key.data() == nullptr ? "" : key.data(),
                    static_cast<rapidjson::SizeType>(key.size()));
  return *this;
}
JsonWriter& JsonWriter::String(std::string_view value) {
  if (!IsStorableUtf8(value)) {
    const std::string fixed = ReplaceInvalid(value);
    impl_->writer.String(fixed.data(), static_cast<rapidjson::SizeType>(fixed.size()));
    return *this;
  }
  impl_->writer.String(value.data() == nullptr ? "" : value.data(),
                       static_cast<rapidjson::SizeType>(value.size()));
  return *this;
}
JsonWriter& JsonWriter::Int(int64_t value) {
  impl_->writer.Int64(value);
  return *this;
}
JsonWriter& JsonWriter::Double(double value) {
  impl_->writer.Double(value);
  return *this;
}
JsonWriter& JsonWriter::Bool(bool value) {
  impl_->writer.Bool(value);
  return *this;
}
JsonWriter& JsonWriter::Null() {
  impl_->writer.Null();
  return *this;
}
JsonWriter& JsonWriter::Raw(std::string_view json) {
  impl_->writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  return *this;
}
JsonWriter& JsonWriter::Field(std::string_view key, std::string_view value) {
  return Key(key).String(value);
}
JsonWriter& JsonWriter::Field(std::string_view key, int64_t value) { return Key(key).Int(value); }
JsonWriter& JsonWriter::Field(std::string_view key, bool value) { return Key(key).Bool(value); }
JsonWriter& JsonWriter::Field(std::string_view key, double value) { return Key(key).Double(value); }
std::string JsonWriter::Take() {
  std::string out(impl_->buffer.GetString(), impl_->buffer.GetSize());
  impl_->buffer.Clear();
  impl_->writer.Reset(impl_->buffer);
  return out;
}

}  // namespace onlyleads::base
