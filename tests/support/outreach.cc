#include "tests/support/outreach.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "src/base/crypto.h"
#include "src/engine/campaigns.h"
#include "src/engine/import.h"
#include "src/engine/prospects.h"
#include "src/engine/sending.h"

namespace onlyleads::tests {
namespace {

std::string PublicId(int i) { return "person-" + std::to_string(i); }
std::string ProviderId(int i) { return "ACoAATest" + std::to_string(1000 + i); }

template <typename T>
T Value(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

std::string Attendee(const std::string& provider_id, const std::string& public_id) {
  base::JsonWriter w;
  w.BeginObject()
      .Field("attendee_provider_id", provider_id)
      .Field("attendee_public_identifier", public_id)
      .EndObject();
  return w.Take();
}

}  // namespace

Outreach::Outreach(const std::function<std::string(const std::string&)>& through, bool key_file)
    : database_(dir_.path("leads.db")),
      key_("0123456789abcdef0123456789abcdef"),
      now_us_(std::make_shared<std::atomic<int64_t>>(kMonday)) {
  if (key_file) {
    // Laid there with the same bytes as ever, for the reason that Options() gives.
    std::ofstream(database_ + ".key") << key_;
    EXPECT_EQ(::chmod((database_ + ".key").c_str(), 0600), 0);
    key_.clear();
  }
  EXPECT_TRUE(sandbox_.Start({"--now", std::to_string(kMonday)}));
  base::JsonWriter account;
  account.BeginObject()
      .Field("account_id", kAccount)
      .Field("provider_id", "ACoAATestSelf")
      .Field("premium", true)
      .EndObject();
  sandbox_.Post("/sandbox/accounts", account.Take());
  engine_ = OpenEngine();
  engine::NewOrganization organization;
  organization.name = "Acme Ltd";
  org_ = Value(engine::CreateOrganization(*engine_, organization));
  const base::Id member =
      Value(engine::AddMember(*engine_, org_, "Ada Example", "ada@acme.example"));
  engine::NewSender sender;
  sender.member_id = member;
  sender.account_id = kAccount;
  sender.base_url = through ? through(sandbox_.base_url()) : sandbox_.base_url();
  sender.api_key = testing::Sandbox::ApiKey();
  sender.webhook_secret = kSecret;
  sender.premium = true;
  sender.min_gap_us = 0;
  sender_ = Value(engine::ConnectSender(*engine_, org_, sender));
}

engine::OpenOptions Outreach::Options() const {
  engine::OpenOptions options;
  options.path = database_;
  options.key = key_;
  options.max_call_ms = 10'000;
  options.host.now_us = [now = now_us_]() -> absl::StatusOr<int64_t> { return now->load(); };
  // The same bytes in every test, never the same twice in one: what is searched for in a database
  // does not stand there by chance in one run of many.
  options.host.random = [count = random_blocks_](void* out, size_t size) {
    auto* bytes = static_cast<uint8_t*>(out);
    for (size_t done = 0; done < size;) {
      const base::Digest block = base::Sha256(std::to_string(count->fetch_add(1)));
      const size_t part = std::min(size - done, block.size());
      std::copy_n(block.begin(), part, bytes + done);
      done += part;
    }
    return absl::OkStatus();
  };
  options.host.log = [log = log_](base::LogLevel, std::string_view line) {
    log->emplace_back(line);
  };
  return options;
}

std::shared_ptr<engine::Engine> Outreach::OpenEngine(int busy_timeout_ms) {
  engine::OpenOptions options = Options();
  options.busy_timeout_ms = busy_timeout_ms;
  return Value(engine::Engine::Open(std::move(options)));
}

void Outreach::Import(const std::string& path) {
  engine::ImportOptions options;
  options.source = "test";
  options.lawful_basis = "legitimate_interests";
  Value(engine::ImportCsv(*engine_, org_, path, options));
}

base::Id Outreach::AddRecord(const std::string& linkedin_id, const std::string& email) {
  const std::string path = dir_.path("record.csv");
  std::ofstream(path) << "First Name,Email,LinkedIn URL,Country\nP0," << email
                      << ",https://www.linkedin.com/in/" << linkedin_id << ",US\n";
  Import(path);
  return Value(engine::FindProspect(*engine_, org_, email, ""));
}

std::vector<base::Id> Outreach::AddPeople(int n, const std::string& country) {
  const std::string path = dir_.path("people.csv");
  std::ofstream file(path);
  file << "First Name,Last Name,Company,Title,Email,LinkedIn URL,Country\n";
  const int first = people_;
  for (; people_ < first + n; ++people_) {
    const std::string i = std::to_string(people_);
    file << "P" << i << ",Test,Company " << i << " Ltd,Head of Sales,p" << i
         << "@company.example,https://www.linkedin.com/in/" << PublicId(people_) << "," << country
         << "\n";
    base::JsonWriter person;
    person.BeginObject()
        .Field("public_identifier", PublicId(people_))
        .Field("provider_id", ProviderId(people_))
        .EndObject();
    sandbox_.Post("/sandbox/people", person.Take());
  }
  file.close();
  Import(path);
  std::vector<base::Id> ids;
  for (int i = first; i < people_; ++i) {
    ids.push_back(Value(engine::FindProspect(*engine_, org_, "", PublicId(i))));
    EXPECT_FALSE(ids.back().is_nil()) << i;
  }
  return ids;
}

base::Id Outreach::AddCampaign(const std::string& profile) {
  const std::string spec =
      R"({"name":"test","sender_id":")" + ToString(sender_) + R"(","profile":")" + profile + R"(",
    "lia_on_file":true,"role_related":true,"art14_in_template":true,
    "content":["truthful_headers","truthful_subject","sender_identity","on_whose_behalf",
      "postal_address","one_of_phone_email_web","sender_contact","contact_for_opt_out",
      "opt_out_free_easy","recognisable_as_commercial","commercial_label"],
    "steps":[{"action":"invitation","template":"Hi {{first_name}}, reply STOP to opt out."},
      {"action":"message","after":"acceptance","delay_s":3600,"template":"Thanks {{first_name}}."},
      {"action":"message","delay_s":259200,"template":"Following up, {{first_name}}."}]})";
  return Value(engine::CreateCampaign(*engine_, org_, spec, ""));
}

void Outreach::EnrollAll(const base::Id& campaign, const std::vector<base::Id>& people) {
  const base::Table table = Value(engine::Enroll(*engine_, org_, campaign, people));
  for (int64_t row = 0; row < table.rows(); ++row) {
    EXPECT_EQ(std::get<int64_t>(table.at(row, 1)), 1) << std::get<std::string>(table.at(row, 2));
  }
}

void Outreach::Advance(int64_t us) {
  now_us_->fetch_add(us);
  sandbox_.Post("/sandbox/clock", "{\"now_us\":" + std::to_string(now_us()) + "}");
}

engine::RunReport Outreach::Run(engine::RunOptions options) {
  return Value(engine::Run(*engine_, options));
}

void Outreach::RunUntil(int64_t until_us) {
  while (true) {
    const engine::RunReport report = Run();
    if (report.next_due_us > until_us) return;
    ASSERT_GT(report.next_due_us, now_us()) << "run left due work behind";
    Advance(report.next_due_us - now_us());
  }
}

std::string Outreach::RelationEvent(int i) const {
  base::JsonWriter w;
  w.BeginObject()
      .Field("event", "new_relation")
      .Field("account_id", kAccount)
      .Field("user_provider_id", ProviderId(i))
      .Field("user_public_identifier", PublicId(i))
      .EndObject();
  return w.Take();
}

std::string Outreach::MessageEvent(int i, const std::string& text, bool is_sender,
                                   const std::string& message_id) const {
  const std::string self = Attendee("ACoAATestSelf", "ada-example");
  const std::string other = Attendee(ProviderId(i), PublicId(i));
  base::JsonWriter w;
  w.BeginObject()
      .Field("event", "message_received")
      .Field("account_id", kAccount)
      .Field("chat_id", "chat_of_" + std::to_string(i))
      .Field("message_id", message_id)
      .Field("message", text)
      .Field("is_sender", is_sender)
      .Key("account_info")
      .Raw(R"({"type":"LINKEDIN","user_id":"ACoAATestSelf"})")
      .Key("sender")
      .Raw(is_sender ? self : other)
      .Key("attendees")
      .BeginArray()
      .Raw(self)
      .Raw(other)
      .EndArray()
      .EndObject();
  return w.Take();
}

engine::InboxReport Outreach::Ingest(const std::string& body, const std::string& secret) {
  return Value(engine::Ingest(*engine_, "unipile", {{"unipile-auth", secret}}, body));
}

void Outreach::Accept(int i) {
  base::JsonWriter w;
  w.BeginObject().Field("account_id", kAccount).Field("public_identifier", PublicId(i)).EndObject();
  sandbox_.Post("/sandbox/accept", w.Take());
  Ingest(RelationEvent(i));
}

std::map<std::string, int> Outreach::LedgerCounts() {
  std::map<std::string, int> counts;
  auto document = base::JsonDocument::Parse(sandbox_.Get("/sandbox/ledger"));
  EXPECT_TRUE(document.ok());
  const base::JsonValue entries = document->root()["entries"];
  for (size_t i = 0; i < entries.size(); ++i) {
    const base::JsonValue entry = entries.at(i);
    ++counts[entry.StringOr("kind", "") + " " + entry.StringOr("provider_id", "") + " " +
             entry.StringOr("text", "")];
  }
  return counts;
}

int Outreach::LedgerSize() {
  int size = 0;
  for (const auto& [key, count] : LedgerCounts()) size += count;
  return size;
}

std::map<std::string, int> Outreach::OutboxStates() {
  const base::Table table = Value(engine::ListOutbox(*engine_, org_, "", 10'000));
  std::map<std::string, int> states;
  for (int64_t row = 0; row < table.rows(); ++row)
    ++states[std::get<std::string>(table.at(row, 5))];
  return states;
}

std::string Outreach::EnrollmentState(const base::Id& campaign, const base::Id& person) {
  const base::Table table = Value(engine::ListEnrollments(*engine_, org_, campaign, "", 10'000));
  for (int64_t row = 0; row < table.rows(); ++row) {
    if (std::get<base::Id>(table.at(row, 0)) == person) {
      return std::get<std::string>(table.at(row, 1)) + " " +
             std::to_string(std::get<int64_t>(table.at(row, 2))) + " " +
             std::get<std::string>(table.at(row, 4));
    }
  }
  return "none";
}

}  // namespace onlyleads::tests
