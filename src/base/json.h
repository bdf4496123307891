// JSON in and out, the only place that knows RapidJSON: iterative parsing with bounds on size and
// depth, UTF-8 validated (lone surrogate escapes refused), allocation failure turned into an error.
#ifndef ONLYLEADS_SRC_BASE_JSON_H_
#define ONLYLEADS_SRC_BASE_JSON_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "src/base/limits.h"

namespace onlyleads::base {

// A borrowed view of one value inside a JsonDocument; absent values behave like null.
class JsonValue {
 public:
  JsonValue() = default;
  explicit JsonValue(const void* node) : node_(node) {}

  bool IsNull() const;
  bool IsBool() const;
  bool IsString() const;
  bool IsNumber() const;
  bool IsInt() const;
  bool IsArray() const;
  bool IsObject() const;

  // nullopt when the type differs. AsBool also takes 0 and 1, as providers send them.
  std::optional<bool> AsBool() const;
  std::optional<int64_t> AsInt() const;
  std::optional<double> AsDouble() const;
  std::optional<std::string_view> AsString() const;

  // Member of an object, a null value when absent or when this is no object.
  JsonValue operator[](std::string_view key) const;
  bool Has(std::string_view key) const;
  // Elements of an array (0 for anything else).
  size_t size() const;
  JsonValue at(size_t index) const;
  // Members in document order; a repeated key is a parse error, so keys are unique.
  void ForEachMember(const std::function<void(std::string_view key, JsonValue value)>& f) const;

  // Whether every member of an object is one of these.
  bool HasOnly(std::initializer_list<std::string_view> keys) const;

  std::string StringOr(std::string_view key, std::string_view fallback) const;
  int64_t IntOr(std::string_view key, int64_t fallback) const;
  bool BoolOr(std::string_view key, bool fallback) const;
  // This value as compact JSON text.
  std::string Dump() const;

 private:
  const void* node_ = nullptr;
};

class JsonDocument {
 public:
  // kInvalidJson with the byte offset, kLimit past the bounds. Never quotes the text.
  static absl::StatusOr<JsonDocument> Parse(std::string_view text, size_t max_bytes = kMaxJsonBytes,
                                            int max_depth = kMaxJsonDepth);
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  JsonValue root() const;

 private:
  struct Impl;
  explicit JsonDocument(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Writes compact JSON. Calls must nest properly; strings must be valid UTF-8 (invalid bytes are
// replaced by U+FFFD so that the output is always valid).
class JsonWriter {
 public:
  JsonWriter();
  ~JsonWriter();
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view value);
  JsonWriter& Int(int64_t value);
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  // A value that is already JSON.
  JsonWriter& Raw(std::string_view json);
  // Key and value in one.
  JsonWriter& Field(std::string_view key, std::string_view value);
  JsonWriter& Field(std::string_view key, const char* value) {
    return Field(key, std::string_view(value));
  }
  JsonWriter& Field(std::string_view key, int64_t value);
  JsonWriter& Field(std::string_view key, int value) {
    return Field(key, static_cast<int64_t>(value));
  }
  JsonWriter& Field(std::string_view key, bool value);
  JsonWriter& Field(std::string_view key, double value);
  std::string Take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_JSON_H_
