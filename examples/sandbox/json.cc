// JSON in and out for the sandbox; see json.h. RapidJSON parses iteratively here, so that a deeply
// nested body cannot exhaust a server thread's stack, and every string is checked again, because an
// escaped lone surrogate passes its validation.
#include "json.h"

#include "text.h"

namespace onlyleads_sandbox {
namespace {

using rapidjson::SizeType;

bool AllText(const JsonValue& root) {
  std::vector<const JsonValue*> open = {&root};
  while (!open.empty()) {
    const JsonValue& value = *open.back();
    open.pop_back();
    if (value.IsString() && !ValidUtf8({value.GetString(), value.GetStringLength()})) return false;
    if (value.IsArray()) {
      for (const JsonValue& item : value.GetArray()) open.push_back(&item);
    }
    if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        open.push_back(&member.name);
        open.push_back(&member.value);
      }
    }
  }
  return true;
}

}  // namespace

bool ParseJson(std::string_view text, rapidjson::Document* out) {
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  out->Parse<kFlags>(text.data(), text.size());
  return !out->HasParseError() && AllText(*out);
}

const JsonValue* Find(const JsonValue& object, const char* key) {
  if (!object.IsObject()) return nullptr;
  const auto it = object.FindMember(key);
  return it == object.MemberEnd() || it->value.IsNull() ? nullptr : &it->value;
}

std::string GetString(const JsonValue& object, const char* key, std::string_view fallback) {
  const JsonValue* value = Find(object, key);
  if (value == nullptr || !value->IsString()) return std::string(fallback);
  return std::string(value->GetString(), value->GetStringLength());
}

int64_t GetInt(const JsonValue& object, const char* key, int64_t fallback) {
  const JsonValue* value = Find(object, key);
  return value != nullptr && value->IsInt64() ? value->GetInt64() : fallback;
}

double GetDouble(const JsonValue& object, const char* key, double fallback) {
  const JsonValue* value = Find(object, key);
  return value != nullptr && value->IsNumber() ? value->GetDouble() : fallback;
}

bool GetBool(const JsonValue& object, const char* key, bool fallback) {
  const JsonValue* value = Find(object, key);
  return value != nullptr && value->IsBool() ? value->GetBool() : fallback;
}

std::vector<std::string> GetStrings(const JsonValue& object, const char* key) {
  std::vector<std::string> out;
  const JsonValue* value = Find(object, key);
  if (value == nullptr || !value->IsArray()) return out;
  for (const JsonValue& item : value->GetArray()) {
    if (item.IsString()) out.emplace_back(item.GetString(), item.GetStringLength());
  }
  return out;
}

std::string ToJson(const JsonValue& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

void Json::Key(std::string_view key) { writer_.Key(key.data(), static_cast<SizeType>(key.size())); }

Json& Json::Begin() {
  writer_.StartObject();
  return *this;
}

Json& Json::Begin(std::string_view key) {
  Key(key);
  return Begin();
}

Json& Json::End() {
  writer_.EndObject();
  return *this;
}

Json& Json::BeginArray() {
  writer_.StartArray();
  return *this;
}

Json& Json::BeginArray(std::string_view key) {
  Key(key);
  return BeginArray();
}

Json& Json::EndArray() {
  writer_.EndArray();
  return *this;
}

Json& Json::Field(std::string_view key, std::string_view value) {
  Key(key);
  return Item(value);
}

Json& Json::Field(std::string_view key, const std::string& value) {
  return Field(key, std::string_view(value));
}

Json& Json::Field(std::string_view key, const char* value) {
  return Field(key, std::string_view(value));
}

Json& Json::Field(std::string_view key, int64_t value) {
  Key(key);
  writer_.Int64(value);
  return *this;
}

Json& Json::Field(std::string_view key, uint64_t value) {
  Key(key);
  writer_.Uint64(value);
  return *this;
}

Json& Json::Field(std::string_view key, int value) {
  return Field(key, static_cast<int64_t>(value));
}

Json& Json::Field(std::string_view key, bool value) {
  Key(key);
  writer_.Bool(value);
  return *this;
}

Json& Json::Field(std::string_view key, double value) {
  Key(key);
  writer_.Double(value);
  return *this;
}

Json& Json::Null(std::string_view key) {
  Key(key);
  writer_.Null();
  return *this;
}

Json& Json::Nullable(std::string_view key, const std::string& value) {
  return value.empty() ? Null(key) : Field(key, value);
}

Json& Json::Raw(std::string_view key, const std::string& json) {
  Key(key);
  return Raw(json);
}

Json& Json::Raw(const std::string& json) {
  writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  return *this;
}

Json& Json::Item(std::string_view value) {
  writer_.String(value.data() == nullptr ? "" : value.data(), static_cast<SizeType>(value.size()));
  return *this;
}

Json& Json::Strings(std::string_view key, const std::vector<std::string>& values) {
  BeginArray(key);
  for (const std::string& value : values) Item(value);
  return EndArray();
}

std::string Json::Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

}  // namespace onlyleads_sandbox
