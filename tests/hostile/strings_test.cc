// Texts that are no texts, in every argument that takes one: the call fails, names the argument,
// and writes nothing. Straight at the C ABI; Python's strings are in tests/python.
#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <random>
#include <string>

#include "tests/hostile/hostile.h"

namespace onlyleads::tests {
namespace {

using namespace std::string_literals;

ol_str S(std::string_view text) { return {text.data(), text.size()}; }

template <typename T>
T Sized() {
  T value{};
  value.struct_size = sizeof(T);
  return value;
}

class HostileStrings : public ::testing::Test {
 protected:
  HostileStrings() {
    ol_error err;
    ol_engine_options options = Sized<ol_engine_options>();
    EXPECT_EQ(ol_engine_open(S(path_), &options, &engine_, &err), OL_OK) << err.message;
    EXPECT_EQ(ol_organization_create(engine_, S("Acme Ltd"), nullptr, &ws_, &err), OL_OK);
    EXPECT_EQ(ol_member_add(ws_, S("Ada Example"), {}, &member_, &err), OL_OK);
    ol_sender_options sender = Sender();
    sender.account_id = S("acc0");
    EXPECT_EQ(ol_sender_connect(ws_, &sender, &sender_, &err), OL_OK) << err.message;
    ol_import_options how = Sized<ol_import_options>();
    how.source = S("a list");
    how.lawful_basis = S("legitimate_interests");
    ol_import_report report = Sized<ol_import_report>();
    EXPECT_EQ(ol_prospects_import_csv(ws_, S(csv_), &how, &report, &err), OL_OK) << err.message;
    EXPECT_EQ(ol_prospects_find(ws_, S("ann@x.example"), {}, &person_, &err), OL_OK);
  }
  ~HostileStrings() override {
    ol_workspace_free(ws_);
    ol_engine_free(engine_);
  }

  using Call = std::function<int32_t(ol_str text, ol_error* err)>;
  struct Argument {
    std::string name;  // as the message has it
    Call call;
  };

  ol_sender_options Sender() {
    ol_sender_options options = Sized<ol_sender_options>();
    options.member_id = member_;
    options.account_id = S("acc1");
    options.base_url = S("https://api8.unipile.com:13443");
    options.api_key = S("key");
    options.webhook_secret = S("secret");
    return options;
  }
  Argument SenderText(const std::string& name, ol_str ol_sender_options::*field) {
    return {name, [this, field](ol_str text, ol_error* err) {
              ol_sender_options options = Sender();
              options.*field = text;
              return ol_sender_connect(ws_, &options, &id_, err);
            }};
  }
  Argument ImportText(const std::string& name, ol_str ol_import_options::*field) {
    return {name, [this, field](ol_str text, ol_error* err) {
              ol_import_options options = Sized<ol_import_options>();
              options.source = S("a list");
              options.lawful_basis = S("legitimate_interests");
              options.*field = text;
              ol_import_report report = Sized<ol_import_report>();
              return ol_prospects_import_csv(ws_, S(csv_), &options, &report, err);
            }};
  }
  Argument MandateText(const std::string& name, ol_str ol_mandate_options::*field) {
    return {name, [this, field](ol_str text, ol_error* err) {
              ol_mandate_options options = Sized<ol_mandate_options>();
              options.member_id = member_;
              options.sender_id = sender_;
              options.text_version = S("2026-11");
              options.text_digest = S(digest_);
              options.*field = text;
              return ol_mandate_record(ws_, &options, &id_, err);
            }};
  }
  Argument SignalText(const std::string& name, ol_str ol_signal::*field) {
    return Page(name, [this, field](ol_str text, ol_error* err) {
      ol_signal signal{};
      signal.prospect_id = person_;
      signal.kind = S("visit");
      signal.source = S("a page");
      signal.*field = text;
      return ol_signals_record(ws_, &signal, 1, sizeof(signal), &rows_, err);
    });
  }
  Argument UsageText(const std::string& name, ol_str ol_usage::*field) {
    return {name, [this, field](ol_str text, ol_error* err) {
              ol_usage usage{};
              usage.member_id = member_;
              usage.*field = text;
              return ol_usage_record(ws_, &usage, 1, sizeof(usage), &number_, err);
            }};
  }
  Argument Page(const std::string& name, const std::function<int32_t(ol_str, ol_error*)>& call) {
    return {name, [this, call](ol_str text, ol_error* err) {
              const int32_t code = call(text, err);
              ol_rows_free(rows_);
              rows_ = nullptr;
              return code;
            }};
  }
  Argument Ingest(const std::string& name,
                  const std::function<void(ol_str, ol_str*, ol_header*, ol_str*)>& set) {
    return {name, [this, set](ol_str text, ol_error* err) {
              ol_str provider = S("unipile"), body = S("{}");
              ol_header header{S("Unipile-Auth"), S("secret")};
              set(text, &provider, &header, &body);
              return ol_inbox_ingest(engine_, provider, &header, 1, body, nullptr, err);
            }};
  }
  std::vector<Argument> Arguments();
  // What came with mandates, usage, signals, retention and exports.
  void AddContracts(std::vector<Argument>* all);
  std::vector<std::string> Counts();

  TempDir dir_;
  const std::string path_ = dir_.path("leads.db");
  const std::string csv_ = [this] {
    std::ofstream(dir_.path("people.csv")) << "Email\nann@x.example\n";
    return dir_.path("people.csv");
  }();
  ol_engine* engine_ = nullptr;
  ol_workspace* ws_ = nullptr;
  const std::string digest_ = std::string(64, 'a');
  ol_id member_{}, sender_{}, person_{}, id_{};
  ol_rows* rows_ = nullptr;
  int64_t number_ = 0;
};

void HostileStrings::AddContracts(std::vector<Argument>* all) {
  const std::vector<Argument> more = {
      SenderText("options.mandate_scope", &ol_sender_options::mandate_scope),
      SenderText("options.mandate_version", &ol_sender_options::mandate_version),
      SenderText("options.mandate_digest", &ol_sender_options::mandate_digest),
      SenderText("options.mandate_evidence", &ol_sender_options::mandate_evidence),
      MandateText("options.scope", &ol_mandate_options::scope),
      MandateText("options.text_version", &ol_mandate_options::text_version),
      MandateText("options.text_digest", &ol_mandate_options::text_digest),
      MandateText("options.evidence_ref", &ol_mandate_options::evidence_ref),
      SignalText("signals[0].kind", &ol_signal::kind),
      SignalText("signals[0].external_ref", &ol_signal::external_ref),
      SignalText("signals[0].source", &ol_signal::source),
      SignalText("signals[0].url", &ol_signal::url),
      UsageText("usage[0].ip", &ol_usage::ip),
      UsageText("usage[0].browser", &ol_usage::browser),
      UsageText("usage[0].page", &ol_usage::page),
      {"reason",
       [this](ol_str text, ol_error* err) {
         return ol_hold_place(ws_, person_, text, OL_NEVER, &id_, err);
       }},
      {"plan_token",
       [this](ol_str text, ol_error* err) {
         return ol_retention_run(ws_, text, nullptr, nullptr, err);
       }},
      {"path",
       [this](ol_str text, ol_error* err) {
         const ol_id org_id = ol_workspace_org_id(ws_);
         return ol_organization_export(engine_, org_id, text, nullptr, &number_, err);
       }},
      {"path",
       [this](ol_str text, ol_error* err) {
         return ol_prospects_export_csv(ws_, text, nullptr, &number_, err);
       }},
      Page("page_token",
           [this](ol_str text, ol_error* err) {
             return ol_mandate_list(ws_, text, 0, &rows_, err);
           }),
      Page("page_token",
           [this](ol_str text, ol_error* err) { return ol_usage_list(ws_, text, 0, &rows_, err); }),
      Page("page_token",
           [this](ol_str text, ol_error* err) {
             return ol_signals_list(ws_, person_, text, 0, &rows_, err);
           }),
      Page("page_token",
           [this](ol_str text, ol_error* err) { return ol_hold_list(ws_, text, 0, &rows_, err); })};
  all->insert(all->end(), more.begin(), more.end());
}

std::vector<HostileStrings::Argument> HostileStrings::Arguments() {
  const auto open = [](ol_str path, const ol_engine_options& options, ol_error* err) {
    ol_engine* engine = nullptr;
    const int32_t code = ol_engine_open(path, &options, &engine, err);
    ol_engine_free(engine);
    return code;
  };
  const auto organization = [this](ol_str name, ol_str external_ref, ol_str country,
                                   ol_error* err) {
    ol_organization_options options = Sized<ol_organization_options>();
    options.external_ref = external_ref;
    options.country = country;
    ol_workspace* ws = nullptr;
    const int32_t code = ol_organization_create(engine_, name, &options, &ws, err);
    ol_workspace_free(ws);
    return code;
  };
  std::vector<Argument> all = {
      {"path",
       [=](ol_str text, ol_error* err) { return open(text, Sized<ol_engine_options>(), err); }},
      {"profile",
       [=, this](ol_str text, ol_error* err) {
         ol_engine_options options = Sized<ol_engine_options>();
         options.profile = text;
         return open(S(path_), options, err);
       }},
      {"name", [=](ol_str text, ol_error* err) { return organization(text, {}, {}, err); }},
      {"external_ref",
       [=](ol_str text, ol_error* err) { return organization(S("B"), text, {}, err); }},
      {"country", [=](ol_str text, ol_error* err) { return organization(S("B"), {}, text, err); }},
      {"name",
       [this](ol_str text, ol_error* err) { return ol_member_add(ws_, text, {}, &id_, err); }},
      {"email",
       [this](ol_str text, ol_error* err) { return ol_member_add(ws_, S("B"), text, &id_, err); }},
      SenderText("name", &ol_sender_options::name),
      SenderText("provider", &ol_sender_options::provider),
      SenderText("account_id", &ol_sender_options::account_id),
      SenderText("base_url", &ol_sender_options::base_url),
      SenderText("api_key", &ol_sender_options::api_key),
      SenderText("webhook_secret", &ol_sender_options::webhook_secret),
      SenderText("webhook_header", &ol_sender_options::webhook_header),
      SenderText("zone", &ol_sender_options::zone),
      {"path",
       [this](ol_str text, ol_error* err) {
         ol_import_options options = Sized<ol_import_options>();
         options.source = S("a list");
         options.lawful_basis = S("legitimate_interests");
         ol_import_report report = Sized<ol_import_report>();
         return ol_prospects_import_csv(ws_, text, &options, &report, err);
       }},
      ImportText("source", &ol_import_options::source),
      ImportText("lawful_basis", &ol_import_options::lawful_basis),
      ImportText("mapping", &ol_import_options::mapping_json),
      ImportText("on_existing", &ol_import_options::on_existing),
      Page("path",
           [this](ol_str text, ol_error* err) { return ol_csv_preview(text, 5, &rows_, err); }),
      Page("token",
           [this](ol_str text, ol_error* err) {
             return ol_import_rejects(ws_, id_, text, 0, &rows_, err);
           }),
      {"email",
       [this](ol_str text, ol_error* err) { return ol_prospects_find(ws_, text, {}, &id_, err); }},
      {"linkedin",
       [this](ol_str text, ol_error* err) { return ol_prospects_find(ws_, {}, text, &id_, err); }},
      Page("token", [this](ol_str text,
                           ol_error* err) { return ol_prospects_list(ws_, text, 0, &rows_, err); }),
      {"spec_json",
       [this](ol_str text, ol_error* err) { return ol_campaign_create(ws_, text, {}, &id_, err); }},
      {"external_ref",
       [this](ol_str text, ol_error* err) {
         return ol_campaign_create(ws_, S("{}"), text, &id_, err);
       }},
      Page("token",
           [this](ol_str text, ol_error* err) {
             return ol_campaign_enrollments(ws_, id_, text, 0, &rows_, err);
           }),
      {"scorecard_json",
       [this](ol_str text, ol_error* err) { return ol_scoring_run(ws_, text, &number_, err); }},
      Page("token", [this](ol_str text,
                           ol_error* err) { return ol_outbox_list(ws_, text, 0, &rows_, err); }),
      Page("identifier",
           [this](ol_str text, ol_error* err) { return ol_ledger_find(ws_, text, &rows_, err); }),
      Page("token",
           [this](ol_str text, ol_error* err) { return ol_inbox_list(ws_, text, 0, &rows_, err); }),
      Page("token",
           [this](ol_str text, ol_error* err) { return ol_audit_list(ws_, text, 0, &rows_, err); }),
      Page("facts_json",
           [this](ol_str text, ol_error* err) { return ol_policy_evaluate(text, &rows_, err); }),
      Ingest("provider",
             [](ol_str text, ol_str* provider, ol_header*, ol_str*) { *provider = text; }),
      Ingest("body", [](ol_str text, ol_str*, ol_header*, ol_str* body) { *body = text; })};
  AddContracts(&all);
  return all;
}

std::vector<std::string> HostileStrings::Counts() {
  std::vector<std::string> counts;
  ol_error err;
  const auto count = [&](const auto& call) {
    ol_rows* rows = nullptr;
    EXPECT_EQ(call(&rows), OL_OK) << err.message;
    counts.push_back(std::to_string(ol_rows_count(rows)));
    ol_rows_free(rows);
  };
  count([&](ol_rows** out) { return ol_organization_list(engine_, out, &err); });
  count([&](ol_rows** out) { return ol_sender_list(ws_, out, &err); });
  count([&](ol_rows** out) { return ol_campaign_list(ws_, out, &err); });
  count([&](ol_rows** out) { return ol_prospects_list(ws_, {}, 0, out, &err); });
  count([&](ol_rows** out) { return ol_audit_list(ws_, {}, 0, out, &err); });
  count([&](ol_rows** out) { return ol_mandate_list(ws_, {}, 0, out, &err); });
  count([&](ol_rows** out) { return ol_usage_list(ws_, {}, 0, out, &err); });
  count([&](ol_rows** out) { return ol_signals_list(ws_, person_, {}, 0, out, &err); });
  count([&](ol_rows** out) { return ol_hold_list(ws_, {}, 0, out, &err); });
  return counts;
}

TEST_F(HostileStrings, WhatIsNotUtf8IsRefusedByNameAndWritesNothing) {
  const std::vector<std::string> before = Counts();
  const std::string texts[] = {"\xff",         "a\0b"s,
                               "\0"s,          "ab\xc3",
                               "\xed\xa0\x80", "\xed\xa0\xbd\xed\xb8\x80",
                               "\xc0\x80",     "\xf4\x90\x80\x80",
                               "\xe2\x82",     "\x80 tail",
                               "\xfe\xff\0a"s};
  int calls = 0;
  for (const Argument& argument : Arguments()) {
    for (const std::string& text : texts) {
      ol_error err;
      const int32_t code = argument.call(S(text), &err);
      EXPECT_EQ(OL_PRIMARY(code), OL_INVALID_ARGUMENT) << argument.name << ": " << err.message;
      EXPECT_NE(std::string(err.message).find(argument.name), std::string::npos)
          << argument.name << ": " << err.message;
      EXPECT_EQ(std::string(err.message).find(text), std::string::npos);
      ++calls;
    }
  }
  EXPECT_EQ(calls, 59 * 11);
  EXPECT_EQ(Counts(), before);
}

TEST_F(HostileStrings, OnesOfTwoMegabytesAreRefusedAndWriteNothing) {
  const std::vector<std::string> before = Counts();
  for (const char fill : {'x', '{', ' '}) {
    const std::string text(2 * 1024 * 1024, fill);
    for (const Argument& argument : Arguments()) {
      ol_error err;
      EXPECT_NE(argument.call(S(text), &err), OL_OK) << argument.name << " of " << fill;
      EXPECT_NE(err.code, OL_INTERNAL) << argument.name << ": " << err.message;
    }
  }
  EXPECT_EQ(Counts(), before);
}

TEST_F(HostileStrings, ASizeWithoutDataIsRefusedByName) {
  for (const Argument& argument : Arguments()) {
    ol_error err;
    EXPECT_EQ(OL_PRIMARY(argument.call({nullptr, 5}, &err)), OL_INVALID_ARGUMENT);
    EXPECT_NE(std::string(err.message).find(argument.name), std::string::npos) << err.message;
  }
}

TEST_F(HostileStrings, OnlyNamesOfTheZoneDataAreZones) {
  ASSERT_EQ(::mkfifo(dir_.path("pipe").c_str(), 0600), 0);
  for (const std::string& zone :
       {"Europe/Nowhere"s, "europe"s, "../../../../etc/passwd"s, "/etc/localtime"s,
        "/usr/share/zoneinfo/Europe/Berlin"s, "../zoneinfo/Europe/Berlin"s, dir_.path("pipe"),
        "/dev/zero"s, "libc:localtime"s, "Europe/Berlin\n"s, " UTC"s, ":UTC"s, "CET-1CEST"s,
        "Fixed/UTC+99:99:99"s, "posixrules/"s, "."s, "Europe"s, std::string(300, 'z')}) {
    ol_sender_options options = Sender();
    options.zone = S(zone);
    ol_error err;
    EXPECT_EQ(ol_sender_connect(ws_, &options, &id_, &err), OL_TIME_ZONE) << zone;
    EXPECT_NE(std::string(err.message).find("zone"), std::string::npos) << err.message;
  }
  ol_sender_options options = Sender();
  options.zone = S("America/Argentina/ComodRivadavia");
  ol_error err;
  EXPECT_EQ(ol_sender_connect(ws_, &options, &id_, &err), OL_OK) << err.message;
}

TEST_F(HostileStrings, OnlyAssignedCodesAreCountries) {
  for (const char* country : {"XX", "ZZ", "UK", "gb", "G", "GBR", "G B", "  ", "12", "É"}) {
    ol_organization_options options = Sized<ol_organization_options>();
    options.country = S(country);
    ol_workspace* ws = nullptr;
    ol_error err;
    EXPECT_EQ(ol_organization_create(engine_, S("B"), &options, &ws, &err), OL_INVALID_ARGUMENT)
        << country;
    EXPECT_NE(std::string(err.message).find("country"), std::string::npos) << err.message;
    EXPECT_EQ(ws, nullptr);
  }
}

TEST_F(HostileStrings, IdsOfNobodyOrOfAnotherOrganizationFindNothing) {
  ol_error err;
  ol_workspace* other = nullptr;
  ASSERT_EQ(ol_organization_create(engine_, S("Another Ltd"), nullptr, &other, &err), OL_OK);
  ol_sender_options options = Sender();
  ol_id sender;
  ASSERT_EQ(ol_sender_connect(ws_, &options, &sender, &err), OL_OK) << err.message;
  ol_id nil{}, ones;
  std::fill(std::begin(ones.bytes), std::end(ones.bytes), 0xff);
  for (const ol_id& id : {nil, ones, sender, member_}) {
    ol_rows* rows = nullptr;
    int32_t answer = 0;
    EXPECT_EQ(ol_sender_disconnect(other, id, &rows, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_sender_resume(other, id, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_sender_release(other, id, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_prospects_get(other, id, &rows, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_prospects_object(other, id, &rows, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_prospects_erase(other, id, &rows, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_import_rejects(other, id, {}, 0, &rows, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_campaign_enroll(other, id, &id, 1, &rows, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_outbox_cancel(other, id, &answer, &err), OL_NOT_FOUND);
    EXPECT_EQ(ol_relation_add(other, id, id, &err), OL_NOT_FOUND);
    EXPECT_NE(std::string(err.message).find("id"), std::string::npos) << err.message;
    ol_workspace* none = nullptr;
    EXPECT_EQ(ol_workspace_open(engine_, id, &none, &err), OL_NOT_FOUND);
  }
  ol_workspace_free(other);
}

}  // namespace
}  // namespace onlyleads::tests
