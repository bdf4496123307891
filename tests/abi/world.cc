#include "tests/abi/world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <random>

namespace onlyleads::tests {
namespace {

constexpr char kHead[] =
    "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 53\r\n"
    "Connection: close\r\n\r\n";
constexpr char kRefusal[] = "{\"status\": 401, \"type\": \"errors/missing_credentials\"}";

}  // namespace

RefusingProvider::RefusingProvider() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, any, &size) != 0) {
    std::abort();
  }
  base_url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  server_ = std::thread(&RefusingProvider::Serve, this);
}

RefusingProvider::~RefusingProvider() {
  ::shutdown(listener_, SHUT_RDWR);
  server_.join();
  ::close(listener_);
}

void RefusingProvider::Serve() {
  for (;;) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    // The head of a small request comes in one piece; what is left of it nobody needs.
    char head[8192];
    if (::recv(connection, head, sizeof(head), 0) > 0) {
      const std::string answer = std::string(kHead) + kRefusal;
      ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    ::shutdown(connection, SHUT_WR);
    while (::recv(connection, head, sizeof(head), 0) > 0) continue;
    ::close(connection);
  }
}

void World::Check(int32_t code) const {
  if (code == OL_OK) return;
  std::cerr << "the world cannot be set up: " << ol_code_name(code) << ": " << err_.message << "\n";
  std::abort();
}

ol_host World::Host() {
  ol_host host{};
  host.struct_size = sizeof(host);
  host.ctx = this;
  host.now_us = [](void* ctx, int64_t* now_us) -> int32_t {
    auto* world = static_cast<World*>(ctx);
    *now_us = world->now_us.load();
    if (world->in_clock) world->in_clock();
    return 0;
  };
  host.random = [](void* ctx, void* out, size_t size) -> int32_t {
    static thread_local std::mt19937_64 bits(std::random_device{}());
    for (size_t i = 0; i < size; ++i) static_cast<uint8_t*>(out)[i] = static_cast<uint8_t>(bits());
    auto* world = static_cast<World*>(ctx);
    if (world->in_random) world->in_random();
    return 0;
  };
  host.log = [](void* ctx, int32_t, ol_str) {
    auto* world = static_cast<World*>(ctx);
    if (world->in_log) world->in_log();
  };
  if ((parts_ & kLedger) != 0) AddLedger(&host);
  if ((parts_ & kTransport) != 0) AddTransport(&host);
  return host;
}

void World::AddLedger(ol_host* host) {
  host->ledger_append = [](void* ctx, ol_str frame) -> int32_t {
    auto* world = static_cast<World*>(ctx);
    world->frames_.emplace_back(frame.data, frame.size);
    if (world->in_ledger_append) world->in_ledger_append();
    return 0;
  };
  host->ledger_read = [](void* ctx, uint64_t from, ol_ledger_put put, void* put_ctx) -> int32_t {
    auto* world = static_cast<World*>(ctx);
    for (size_t i = from; i < world->frames_.size(); ++i) {
      const int32_t code = put(put_ctx, Str(world->frames_[i]));
      if (code != OL_OK) return code;
    }
    if (world->in_ledger_read) world->in_ledger_read();
    return 0;
  };
}

// The same refusal as the provider's behind the library's own transport.
void World::AddTransport(ol_host* host) {
  transport_.struct_size = sizeof(transport_);
  transport_.ctx = this;
  transport_.submit = [](void* ctx, const ol_http_request* requests, int64_t count,
                         int64_t request_size) -> int32_t {
    auto* world = static_cast<World*>(ctx);
    const char* at = reinterpret_cast<const char*>(requests);
    for (int64_t i = 0; i < count; ++i, at += request_size) {
      world->requests_.push_back(reinterpret_cast<const ol_http_request*>(at)->id);
    }
    if (world->in_submit) world->in_submit();
    return 0;
  };
  transport_.poll = [](void* ctx, int64_t, ol_http_deliver deliver, void* sink) -> int32_t {
    auto* world = static_cast<World*>(ctx);
    if (world->in_poll) world->in_poll();
    if (world->silent) return 0;
    for (const uint64_t id : world->requests_) {
      ol_http_completion done{};
      done.struct_size = sizeof(done);
      done.fate = OL_HTTP_COMPLETE;
      done.id = id;
      done.status = 401;
      done.body = {kRefusal, sizeof(kRefusal) - 1};
      if (world->before_deliver) world->before_deliver(deliver, sink, done);
      (void)deliver(sink, &done);
    }
    world->requests_.clear();
    return 0;
  };
  transport_.cancel = [](void* ctx, uint64_t) -> int32_t {
    auto* world = static_cast<World*>(ctx);
    if (world->in_cancel) world->in_cancel();
    return 0;
  };
  host->transport = &transport_;
}

ol_engine* World::OpenEngine() {
  const ol_host host = Host();
  ol_engine_options options{};
  options.struct_size = sizeof(options);
  options.key = Str(key);
  options.host = &host;
  options.max_call_ms = 5000;
  ol_engine* opened = nullptr;
  Check(ol_engine_open(Str(path), &options, &opened, &err_));
  return opened;
}

ol_workspace* World::OpenWorkspace(ol_engine* on) {
  ol_workspace* opened = nullptr;
  Check(ol_workspace_open(on, org, &opened, &err_));
  return opened;
}

std::string World::WriteCsv(int people) {
  const std::string file_path = dir.path("people-" + std::to_string(people_) + ".csv");
  std::ofstream file(file_path);
  file << "First Name,Last Name,Company,Title,Email,LinkedIn URL,Country\n";
  for (const int end = people_ + people; people_ < end; ++people_) {
    const std::string i = std::to_string(people_);
    file << "P" << i << ",Test,Company Ltd,Head of Sales,p" << i << "@company.example,"
         << "https://www.linkedin.com/in/person-" << i << ",US\n";
  }
  file << "nobody,,,,,,\n";
  return file_path;
}

ol_id World::AddPerson() {
  // Few at first: what goes through everybody allocates with their number.
  if (next_person_ == end_person_) ImportPeople(people_ == 0 ? 3 : 50);
  const std::string email = "p" + std::to_string(next_person_++) + "@company.example";
  ol_id found{};
  Check(ol_prospects_find(workspace, Str(email), {}, &found, &err_));
  return found;
}

std::string World::OptOutEvent() {
  AddPerson();
  const std::string number = std::to_string(next_person_ - 1);
  return R"({"event":"message_received","account_id":"acc_test","chat_id":"chat-)" + number +
         R"(","message_id":"message-)" + number +
         R"(","message":"Please stop.","is_sender":false,)"
         R"("account_info":{"user_id":"ACoAASelf"},"sender":{"attendee_provider_id":"ACoAAOther)" +
         number + R"(","attendee_public_identifier":"person-)" + number + R"("}})";
}

void World::ImportPeople(int count) {
  next_person_ = people_;
  const std::string file = WriteCsv(count);
  end_person_ = people_;
  const std::string source = "test", basis = "legitimate_interests";
  ol_import_options options{};
  options.struct_size = sizeof(options);
  options.source = Str(source);
  options.lawful_basis = Str(basis);
  ol_import_report report{};
  report.struct_size = sizeof(report);
  Check(ol_prospects_import_csv(workspace, Str(file), &options, &report, &err_));
  import = report.import_id;
}

std::string World::IdText(const ol_id& id) const {
  char text[OL_ID_TEXT_SIZE];
  ol_id_to_text(&id, text);
  return text;
}

std::string World::CampaignJson() const {
  return R"({"name": "test", "sender_id": ")" + IdText(sender) + R"(", "profile": "balanced",
    "lia_on_file": true, "role_related": true, "art14_in_template": true,
    "content": ["truthful_headers", "truthful_subject", "sender_identity", "on_whose_behalf",
      "postal_address", "one_of_phone_email_web", "sender_contact", "contact_for_opt_out",
      "opt_out_free_easy", "recognisable_as_commercial", "commercial_label"],
    "steps": [{"action": "invitation", "template": "Hi {{first_name}}, reply STOP to opt out."},
      {"action": "message", "after": "acceptance", "template": "Thanks {{first_name}}."}]})";
}

ol_id World::AddCampaign() {
  const std::string json = CampaignJson();
  ol_id id{};
  Check(ol_campaign_create(workspace, Str(json), {}, &id, &err_));
  return id;
}

ol_id World::QueueMessage() {
  const ol_id id = AddCampaign(), somebody = AddPerson();
  ol_rows* page = nullptr;
  Check(ol_campaign_enroll(workspace, id, &somebody, 1, &page, &err_));
  ol_rows_free(page);
  ol_run_options options{};
  options.struct_size = sizeof(options);
  options.max_calls = OL_RUN_NO_CALLS;
  Check(ol_engine_run(engine, &options, nullptr, &err_));
  Check(ol_outbox_list(workspace, {}, 0, &page, &err_));
  ol_id last{};
  Check(ol_rows_id(page, ol_rows_count(page) - 1, 0, &last));
  ol_rows_free(page);
  return last;
}

ol_sender_options World::SenderOptions(const std::string& account) const {
  ol_sender_options options{};
  options.struct_size = sizeof(options);
  options.member_id = member;
  options.account_id = Str(account);
  options.base_url = Str(provider_url_);
  options.api_key = Str(api_key_);
  options.webhook_secret = Str(secret_);
  options.min_gap_s = OL_NO_GAP;
  options.work_end_min = 1440;
  options.work_days = 0x7f;
  return options;
}

World::World(uint32_t parts, const std::string& provider_url)
    : parts_(parts), provider_url_(provider_url.empty() ? provider.base_url() : provider_url) {
  engine = OpenEngine();
  const std::string company = "Acme Ltd", account = "acc_test";
  Check(ol_organization_create(engine, Str(company), nullptr, &workspace, &err_));
  org = ol_workspace_org_id(workspace);
  Check(ol_member_add(workspace, Str(name_), {}, &member, &err_));
  const ol_sender_options options = SenderOptions(account);
  Check(ol_sender_connect(workspace, &options, &sender, &err_));
  person = AddPerson();
  campaign = AddCampaign();
  message = QueueMessage();
  Check(ol_prospects_list(workspace, {}, 1, &rows, &err_));
  freed_engine = OpenEngine();
  freed_workspace = OpenWorkspace(freed_engine);
  ol_workspace_free(freed_workspace);
  ol_engine_free(freed_engine);
  Check(ol_prospects_list(workspace, {}, 1, &freed_rows, &err_));
  ol_rows_free(freed_rows);
}

World::~World() {
  ol_rows_free(rows);
  ol_workspace_free(workspace);
  ol_engine_free(engine);
  // The files are closed by the next call that may block; the directory goes after it.
  ol_engine* none = nullptr;
  (void)ol_engine_open({}, nullptr, &none, nullptr);
}

std::string World::Snapshot() {
  std::string text;
  const auto add = [&](int32_t code, ol_rows* page) {
    Check(code);
    text += std::to_string(ol_rows_count(page)) + (ol_rows_next_page(page).size > 0 ? "+ " : " ");
    ol_rows_free(page);
  };
  ol_rows* page = nullptr;
  add(ol_organization_list(engine, &page, &err_), page);
  add(ol_sender_list(workspace, &page, &err_), page);
  add(ol_campaign_list(workspace, &page, &err_), page);
  add(ol_prospects_list(workspace, {}, 10000, &page, &err_), page);
  add(ol_outbox_list(workspace, {}, 10000, &page, &err_), page);
  add(ol_inbox_list(workspace, {}, 10000, &page, &err_), page);
  add(ol_audit_list(workspace, {}, 10000, &page, &err_), page);
  return text;
}

}  // namespace onlyleads::tests
