// The sandbox's own API; see control_routes.h. A refused command changes nothing and says why in
// {"error": ...}.
#include "control_routes.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "clock.h"
#include "text.h"

namespace onlyleads_sandbox {
namespace {

constexpr int64_t kLongestWaitMs = 60000;

Reply Ok(const std::string& body) {
  Reply reply;
  reply.body = body;
  return reply;
}

Reply Done() { return Ok("{\"ok\":true}"); }

Reply Error(int status, std::string_view why) {
  Reply reply;
  reply.status = status;
  reply.body = Json().Begin().Field("error", why).End().Take();
  return reply;
}

Reply DiskError() { return Error(500, "the state directory cannot be written"); }

int64_t Number(const httplib::Request& request, const char* name) {
  const std::string text = request.get_param_value(name);
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::max<int64_t>(value, 0);
}

bool HasText(const JsonValue& body, const char* name) { return !GetString(body, name).empty(); }

bool IsRange(const JsonValue& value) {
  return value.IsArray() && value.Size() == 2 && value[0].IsInt64() && value[1].IsInt64() &&
         value[0].GetInt64() >= 0 && value[0].GetInt64() <= value[1].GetInt64();
}

// A seed may be written as a number; it is kept as text.
void CopySeed(const JsonValue& body, Json* out) {
  const JsonValue* seed = Find(body, "seed");
  if (seed == nullptr) return;
  out->Field("seed",
             seed->IsString() ? GetString(body, "seed") : std::to_string(GetInt(body, "seed")));
}

}  // namespace

Reply ControlApi::Handle(const httplib::Request& request, const std::string& name) {
  if (request.method == "GET") return Get(request, name);
  if (request.method == "DELETE" && name == "faults") {
    faults_->Clear();
    return Done();
  }
  if (request.method == "DELETE") return Error(404, "no such command");
  rapidjson::Document body;
  if (!ParseJson(request.body.empty() ? "{}" : request.body, &body)) {
    return Error(400, "the body is not JSON");
  }
  const bool list = name == "people" || name == "faults";
  if (!body.IsObject() && !(list && body.IsArray())) return Error(400, "the body has no members");
  return Post(name, body);
}

Reply ControlApi::Get(const httplib::Request& request, const std::string& name) {
  const auto after = static_cast<uint64_t>(Number(request, "after"));
  if (name == "held")
    return Ok(faults_->Held(std::min(Number(request, "wait_ms"), kLongestWaitMs)));
  if (name == "faults") return Ok(faults_->Render());
  std::lock_guard<std::mutex> lock(store_->mutex());
  store_->Now();
  if (name == "ledger") return Ledger(after);
  if (name == "requests") return Ok(store_->requests().RenderAll(after));
  if (name == "clock") return Clock();
  if (name == "state") return State();
  return Error(404, "no such command");
}

Reply ControlApi::Post(const std::string& name, const JsonValue& body) {
  // These wait for others or talk to receivers, so they take no lock here.
  if (name == "faults") return AddFaults(body);
  if (name == "release") return Release(body);
  if (name == "webhooks/deliver") return Deliver(body);
  std::lock_guard<std::mutex> lock(store_->mutex());
  store_->Now();
  if (name == "accounts") return PutAccount(body);
  if (name == "people") return PutPeople(body);
  if (name == "clock") return MoveClock(body);
  if (name == "behaviour") return PutBehaviour(body);
  if (name == "accept") return Accept(body);
  if (name == "reply") return Answer(body);
  if (name == "webhooks") return PutWebhook(body);
  if (name == "webhooks/mode") return SetMode(body);
  return Error(404, "no such command");
}

Reply ControlApi::Ledger(uint64_t after) {
  const auto& entries = store_->world().ledger();
  Json out;
  out.Begin().BeginArray("entries");
  for (size_t i = after; i < entries.size(); ++i) out.Raw(entries[i]);
  out.EndArray().Field("last_seq", static_cast<uint64_t>(entries.size()));
  return Ok(out.End().Take());
}

Reply ControlApi::Clock() {
  const World& world = store_->world();
  Json out;
  out.Begin().Field("now_us", world.now()).Field("now", FormatTime(world.now()));
  return Ok(out.Field("live", world.live()).End().Take());
}

Reply ControlApi::State() {
  const World& world = store_->world();
  uint64_t pending = 0;
  for (const Invitation& invitation : world.invitations()) pending += invitation.pending ? 1 : 0;
  Json out;
  out.Begin()
      .Field("now_us", world.now())
      .Field("accounts", static_cast<uint64_t>(world.accounts().size()))
      .Field("people", static_cast<uint64_t>(world.people().size()))
      .Field("invitations", static_cast<uint64_t>(world.invitations().size()))
      .Field("invitations_pending", pending)
      .Field("accepted", static_cast<uint64_t>(world.accepted()))
      .Field("relations", static_cast<uint64_t>(world.relations().size()))
      .Field("chats", static_cast<uint64_t>(world.chats().size()))
      .Field("messages", static_cast<uint64_t>(world.messages().size()))
      .Field("ledger", static_cast<uint64_t>(world.ledger().size()))
      .Field("scheduled", static_cast<uint64_t>(world.scheduled()))
      .Field("webhooks_pending", world.webhooks().pending())
      .Field("webhooks_due", world.webhooks().due(world.now()))
      .Field("webhooks_lost", world.webhooks().lost())
      .BeginArray("webhooks");
  for (const auto& [id, webhook] : world.webhooks().all()) {
    out.Begin()
        .Field("id", id)
        .Field("name", webhook.name)
        .Field("url", webhook.url)
        .Field("mode", webhook.push ? "push" : "pull")
        .Field("pending", static_cast<uint64_t>(webhook.queue.size()))
        .Field("delivered", webhook.delivered)
        .Field("lost", webhook.lost)
        .End();
  }
  return Ok(out.EndArray().End().Take());
}

Reply ControlApi::PutAccount(const JsonValue& body) {
  constexpr std::string_view kStatuses[] = {"OK",          "CONNECTING", "CREDENTIALS",
                                            "PERMISSIONS", "ERROR",      "STOPPED"};
  const std::string id = GetString(body, "account_id");
  if (id.empty()) return Error(400, "account_id is missing");
  if (store_->world().FindAccount(id) == nullptr && !HasText(body, "provider_id")) {
    return Error(400, "provider_id is missing");
  }
  const std::string status = GetString(body, "status", "OK");
  if (std::find(std::begin(kStatuses), std::end(kStatuses), status) == std::end(kStatuses)) {
    return Error(400, "unknown status");
  }
  Json out;
  out.Begin().Field("op", "account");
  for (const char* name :
       {"account_id", "api_key", "provider_id", "public_identifier", "name", "premium", "status"}) {
    const JsonValue* value = Find(body, name);
    if (value != nullptr) out.Raw(name, ToJson(*value));
  }
  return store_->Commit(LogFile::kJournal, out.End().Take()) ? Done() : DiskError();
}

Reply ControlApi::PutPeople(const JsonValue& body) {
  const std::string people = body.IsArray() ? ToJson(body) : "[" + ToJson(body) + "]";
  rapidjson::Document list;
  ParseJson(people, &list);
  for (const JsonValue& person : list.GetArray()) {
    if (!HasText(person, "provider_id") && !HasText(person, "public_identifier")) {
      return Error(400, "a person needs a provider_id or a public_identifier");
    }
    for (const std::string& account : GetStrings(person, "connected_to")) {
      if (store_->world().FindAccount(account) == nullptr) return Error(404, "unknown account");
    }
  }
  const std::string record =
      Json().Begin().Field("op", "people").Raw("people", people).End().Take();
  return store_->Commit(LogFile::kJournal, record) ? Done() : DiskError();
}

Reply ControlApi::MoveClock(const JsonValue& body) {
  const int64_t now = store_->world().now();
  const bool absolute = Find(body, "now_us") != nullptr;
  const int64_t wanted =
      absolute ? GetInt(body, "now_us", -1) : now + GetInt(body, "advance_us", -1);
  if (wanted < now) return Error(400, "the clock never goes backwards");
  return store_->SetClock(wanted) ? Clock() : DiskError();
}

Reply ControlApi::PutBehaviour(const JsonValue& body) {
  Json out;
  out.Begin().Field("op", "behaviour");
  CopySeed(body, &out);
  for (const char* name : {"accept_probability", "reply_probability"}) {
    const JsonValue* value = Find(body, name);
    if (value == nullptr) continue;
    if (!value->IsNumber()) return Error(400, std::string(name) + " must be a number");
    out.Field(name, value->GetDouble());
  }
  for (const char* name : {"accept_delay_us", "reply_delay_us"}) {
    const JsonValue* value = Find(body, name);
    if (value == nullptr) continue;
    if (!IsRange(*value)) return Error(400, std::string(name) + " must be [min, max]");
    out.Raw(name, ToJson(*value));
  }
  for (const char* name : {"max_replies", "read_lag_ms", "echo_own_sends", "replies"}) {
    const JsonValue* value = Find(body, name);
    if (value != nullptr) out.Raw(name, ToJson(*value));
  }
  return store_->Commit(LogFile::kJournal, out.End().Take()) ? Done() : DiskError();
}

std::string ControlApi::PersonId(const JsonValue& body) const {
  std::string provider_id = GetString(body, "provider_id");
  if (!provider_id.empty()) return provider_id;
  const std::string identifier = GetString(body, "public_identifier");
  return identifier.empty() ? "" : store_->world().people().Imagine(identifier).provider_id;
}

Reply ControlApi::CommitPair(const char* op, const JsonValue& body,
                             const std::string& provider_id) {
  const std::string record = Json()
                                 .Begin()
                                 .Field("op", op)
                                 .Field("account_id", GetString(body, "account_id"))
                                 .Field("provider_id", provider_id)
                                 .Field("text", GetString(body, "text"))
                                 .End()
                                 .Take();
  return store_->Commit(LogFile::kJournal, record) ? Done() : DiskError();
}

Reply ControlApi::Accept(const JsonValue& body) {
  const std::string provider_id = PersonId(body);
  if (store_->world().FindPending({GetString(body, "account_id"), provider_id}) == nullptr) {
    return Error(404, "no pending invitation");
  }
  return CommitPair("accept", body, provider_id);
}

Reply ControlApi::Answer(const JsonValue& body) {
  const std::string provider_id = PersonId(body);
  if (store_->world().FindAccount(GetString(body, "account_id")) == nullptr) {
    return Error(404, "unknown account");
  }
  if (provider_id.empty() || !HasText(body, "text")) return Error(400, "who says what?");
  return CommitPair("reply", body, provider_id);
}

Reply ControlApi::AddFaults(const JsonValue& body) {
  const std::string error = faults_->Add(body);
  return error.empty() ? Done() : Error(400, error);
}

Reply ControlApi::Release(const JsonValue& body) {
  const uint64_t released = faults_->Release(GetString(body, "name"));
  return Ok(Json().Begin().Field("released", released).End().Take());
}

Reply ControlApi::PutWebhook(const JsonValue& body) {
  const WebhookBook& book = store_->world().webhooks();
  const Webhook* known = HasText(body, "name") ? book.FindByName(GetString(body, "name")) : nullptr;
  if (known == nullptr && !HasText(body, "url")) return Error(400, "url is missing");
  const std::string id = known == nullptr ? book.NextId() : known->id;
  Json out;
  out.Begin().Field("op", "webhook").Field("id", id);
  for (const char* name : {"name", "url", "source", "events", "account_ids", "headers", "reorder",
                           "enabled", "duplicate_probability", "late_probability"}) {
    const JsonValue* value = Find(body, name);
    if (value != nullptr) out.Raw(name, ToJson(*value));
  }
  if (known == nullptr && !HasText(body, "name")) out.Field("name", "sandbox-" + id);
  CopySeed(body, &out);
  if (const JsonValue* late = Find(body, "late_us")) {
    if (!IsRange(*late)) return Error(400, "late_us must be [min, max]");
    out.Field("late_min_us", (*late)[0].GetInt64()).Field("late_max_us", (*late)[1].GetInt64());
    if (Find(body, "late_probability") == nullptr) out.Field("late_probability", 1);
  }
  const std::string mode = GetString(body, "mode");
  if (mode == "push" || mode == "pull") out.Field("push", mode == "push");
  if (!store_->Commit(LogFile::kJournal, out.End().Take())) return DiskError();
  return Ok(Json().Begin().Field("webhook_id", id).End().Take());
}

Reply ControlApi::SetMode(const JsonValue& body) {
  const std::string mode = GetString(body, "mode");
  if (mode != "push" && mode != "pull") return Error(400, "mode must be push or pull");
  std::vector<std::string> ids;
  for (const auto& [id, webhook] : store_->world().webhooks().all()) ids.push_back(id);
  for (const std::string& id : ids) {
    Json record;
    record.Begin().Field("op", "webhook").Field("id", id).Field("push", mode == "push").End();
    if (!store_->Commit(LogFile::kJournal, record.Take())) return DiskError();
  }
  return Done();
}

Reply ControlApi::Deliver(const JsonValue& body) {
  const int64_t max = GetInt(body, "max", INT64_MAX);
  if (max < 0) return Error(400, "max must not be negative");
  const DeliveryReport report = delivery_->Deliver(static_cast<uint64_t>(max), false);
  std::lock_guard<std::mutex> lock(store_->mutex());
  const WebhookBook& book = store_->world().webhooks();
  return Ok(Json()
                .Begin()
                .Field("delivered", report.delivered)
                .Field("failed", report.failed)
                .Field("pending", book.pending())
                .Field("due", book.due(store_->world().now()))
                .Field("lost", book.lost())
                .End()
                .Take());
}

}  // namespace onlyleads_sandbox
