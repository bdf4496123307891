// JSON in and out for the sandbox: a strict reader with forgiving typed getters, and a writer that
// cannot produce a half-written document by mistake of types. The getters never assert: a member
// that is absent, null or of another type yields the default, and Has* tells the difference.
#ifndef ONLYLEADS_SANDBOX_JSON_H_
#define ONLYLEADS_SANDBOX_JSON_H_

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace onlyleads_sandbox {

using JsonValue = rapidjson::Value;

// False when the text is not one JSON document with valid Unicode.
bool ParseJson(std::string_view text, rapidjson::Document* out);

const JsonValue* Find(const JsonValue& object, const char* key);
std::string GetString(const JsonValue& object, const char* key, std::string_view fallback = "");
int64_t GetInt(const JsonValue& object, const char* key, int64_t fallback = 0);
double GetDouble(const JsonValue& object, const char* key, double fallback = 0);
bool GetBool(const JsonValue& object, const char* key, bool fallback = false);
std::vector<std::string> GetStrings(const JsonValue& object, const char* key);
std::string ToJson(const JsonValue& value);

// Fluent writer: Json().Begin().Field("a", 1).End().Take()
class Json {
 public:
  Json() : writer_(buffer_) {}
  Json(const Json&) = delete;
  Json& operator=(const Json&) = delete;

  Json& Begin();
  Json& Begin(std::string_view key);
  Json& End();
  Json& BeginArray();
  Json& BeginArray(std::string_view key);
  Json& EndArray();

  Json& Field(std::string_view key, std::string_view value);
  Json& Field(std::string_view key, const std::string& value);
  Json& Field(std::string_view key, const char* value);
  Json& Field(std::string_view key, int64_t value);
  Json& Field(std::string_view key, uint64_t value);
  Json& Field(std::string_view key, int value);
  Json& Field(std::string_view key, bool value);
  Json& Field(std::string_view key, double value);
  Json& Null(std::string_view key);
  // null when the text is empty
  Json& Nullable(std::string_view key, const std::string& value);
  // `json` must be a valid JSON value.
  Json& Raw(std::string_view key, const std::string& json);
  Json& Raw(const std::string& json);
  Json& Item(std::string_view value);
  Json& Strings(std::string_view key, const std::vector<std::string>& values);

  std::string Take() const;

 private:
  void Key(std::string_view key);

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_JSON_H_
