// Import people, ask what is allowed, send one message to the sandbox, print what happened.
//
//     onlyleads-sandbox --state box --account demo --port 8080 &
//     ./quickstart_cc leads.db people.csv http://127.0.0.1:8080
#include <cstdlib>
#include <iostream>
#include <onlyleads/onlyleads.hpp>
#include <string>
#include <vector>

namespace {

// One step: an invitation with a note. The flags are the host's word for it; campaigns.h tells what
// each means. "content" names what the text holds: the obligations of the decision.
std::string Campaign(const onlyleads::Id& sender) {
  return R"({"name": "First words", "sender_id": ")" + sender.to_string() +
         R"(",
      "profile": "balanced", "lia_on_file": true, "role_related": true, "art14_in_template": true,
      "content": ["sender_identity", "contact_for_opt_out", "opt_out_free_easy"],
      "steps": [{"action": "invitation", "template": "Hi {{first_name}}, {{sender_name}} of )"
         R"({{organization_name}} here. Why I have your name: acme.example/privacy. )"
         R"(Reply STOP to opt out."}]})";
}

void Run(const std::string& database, const std::string& people, const std::string& sandbox) {
  const onlyleads::Engine engine = onlyleads::Engine::open(database);
  const onlyleads::Workspace ws = engine.create_organization("Acme Ltd");

  onlyleads::ImportOptions how;
  how.source = "quickstart";
  how.lawful_basis = "legitimate_interests";
  const onlyleads::ImportReport report = ws.prospects().import_csv(people, how);
  std::cout << "imported " << report.created << " of " << report.rows << " rows\n";

  std::cout << "DE: "
            << onlyleads::policy::evaluate(
                   R"({"recipient_country": "DE", "channel": "linkedin_invite_note"})")
            << "\n";

  // The sandbox's account and key; work around the clock so that the example runs at night.
  onlyleads::SenderOptions account;
  account.member_id = ws.members().add("Ada Example");
  account.account_id = "demo";
  account.base_url = sandbox;
  account.api_key = "sandbox-api-key";
  account.webhook_secret = "quickstart-secret";
  account.work_days = 0x7f;
  account.work_end_min = 24 * 60;
  const onlyleads::Id offer = ws.campaigns().create(Campaign(ws.senders().connect(account)));

  std::vector<onlyleads::Id> everybody;
  for (const onlyleads::Row row : ws.prospects().list()) everybody.push_back(row.id("prospect_id"));
  for (const onlyleads::Row row : ws.campaigns().enroll(offer, everybody)) {
    std::cout << ws.prospects().get(row.id("prospect_id")).first_name << ": "
              << (row.integer("enrolled") == 1 ? "enrolled, " : "refused, ") << row.text("reason")
              << "\n";
  }

  std::cout << "sent " << engine.run().sent << "\n";
  for (const onlyleads::Row row : ws.outbox().list()) {
    std::cout << row.text("channel") << " to " << row.text("target") << ": " << row.text("state")
              << "\n";
  }
  std::cout << "audit " << (engine.audit().verify().intact ? "intact" : "damaged") << "\n";
  engine.close();
}

}  // namespace

int main(int argc, char** argv) {
  const char* sandbox = argc == 4 ? argv[3] : std::getenv("ONLYLEADS_SANDBOX_URL");
  if (argc < 3 || argc > 4 || sandbox == nullptr) {
    std::cerr << "usage: quickstart_cc DATABASE PEOPLE.CSV [SANDBOX_URL]\n";
    return 2;
  }
  try {
    Run(argv[1], argv[2], sandbox);
  } catch (const onlyleads::Error& error) {
    std::cerr << error.code_name() << ": " << error.what() << "\n";
    return 1;
  }
  return 0;
}
