// Builds Unipile's requests. Path parts and query values are percent-encoded here and nowhere else.
#include "src/providers/unipile/requests.h"

#include "src/base/json.h"
#include "src/base/text.h"
#include "src/base/time.h"

namespace onlyleads::providers::unipile {
namespace {

constexpr std::string_view kApiPath = "/api/v1";
constexpr int64_t kConnectTimeoutMs = 10'000;
constexpr int64_t kReadTimeoutMs = 60'000;
// A write waits for LinkedIn: a short timeout would only make doubt.
constexpr int64_t kWriteTimeoutMs = 120'000;
// Allowed for every listing used here (sent invitations: 1 to 100 in older schemas).
constexpr std::string_view kPageLimit = "100";

std::string ApiUrl(const Account& account, std::string_view path) {
  std::string_view base = account.base_url;
  while (!base.empty() && base.back() == '/') base.remove_suffix(1);
  const bool has_path =
      base.size() > kApiPath.size() && base.substr(base.size() - kApiPath.size()) == kApiPath;
  std::string url(base);
  if (!has_path) url += kApiPath;
  return url += path;
}

HttpRequest Request(const Account& account, std::string_view method, std::string_view path) {
  HttpRequest request;
  request.method = method;
  request.url = ApiUrl(account, path);
  request.headers = {{"X-API-KEY", account.api_key}, {"accept", "application/json"}};
  request.connect_timeout_ms = kConnectTimeoutMs;
  request.is_write = method != "GET";
  request.timeout_ms = request.is_write ? kWriteTimeoutMs : kReadTimeoutMs;
  return request;
}

void AddQuery(HttpRequest* request, std::string_view name, std::string_view value) {
  request->url += request->url.find('?') == std::string::npos ? '?' : '&';
  request->url += name;
  request->url += '=';
  request->url += base::PercentEncode(value);
}

void AddPage(HttpRequest* request, const Page& page) {
  if (!page.cursor.empty()) return AddQuery(request, "cursor", page.cursor);
  if (page.after_us > 0) AddQuery(request, "after", base::FormatIsoMs(page.after_us));
  AddQuery(request, "limit", kPageLimit);
}

std::string ChatMessagesPath(std::string_view chat_id) {
  return "/chats/" + base::PercentEncode(chat_id) + "/messages";
}

HttpRequest ReadList(const Account& account, std::string_view path, const Page& page) {
  HttpRequest request = Request(account, "GET", path);
  AddQuery(&request, "account_id", account.account_id);
  AddPage(&request, page);
  return request;
}

MultipartField Field(std::string_view name, std::string_view value) {
  MultipartField field;
  field.name = name;
  field.value = value;
  return field;
}

}  // namespace

bool IsPathPart(std::string_view id) { return id != "." && id != ".."; }

HttpRequest Invite(const Account& account, std::string_view provider_id, std::string_view note) {
  HttpRequest request = Request(account, "POST", "/users/invite");
  request.headers.emplace_back("content-type", "application/json");
  base::JsonWriter writer;
  writer.BeginObject();
  writer.Field("account_id", account.account_id).Field("provider_id", provider_id);
  if (!note.empty()) writer.Field("message", note);
  writer.EndObject();
  request.body = writer.Take();
  return request;
}

HttpRequest StartChat(const Account& account, std::string_view provider_id, std::string_view text) {
  HttpRequest request = Request(account, "POST", "/chats");
  request.fields = {Field("account_id", account.account_id), Field("attendees_ids", provider_id),
                    Field("text", text), Field("linkedin[api]", "classic")};
  return request;
}

HttpRequest SendMessage(const Account& account, std::string_view chat_id, std::string_view text) {
  HttpRequest request = Request(account, "POST", ChatMessagesPath(chat_id));
  request.fields = {Field("text", text)};
  return request;
}

HttpRequest ReadProfile(const Account& account, std::string_view identifier) {
  HttpRequest request = Request(account, "GET", "/users/" + base::PercentEncode(identifier));
  AddQuery(&request, "account_id", account.account_id);
  return request;
}

HttpRequest ReadChats(const Account& account, const Page& page) {
  return ReadList(account, "/chats", page);
}

HttpRequest ReadChatMessages(const Account& account, std::string_view chat_id, const Page& page) {
  // The chat names its account already; this route has no account_id.
  HttpRequest request = Request(account, "GET", ChatMessagesPath(chat_id));
  AddPage(&request, page);
  return request;
}

HttpRequest ReadMessages(const Account& account, const Page& page) {
  return ReadList(account, "/messages", page);
}

HttpRequest ReadSentInvitations(const Account& account, const Page& page) {
  return ReadList(account, "/users/invite/sent", {0, page.cursor});
}

}  // namespace onlyleads::providers::unipile
