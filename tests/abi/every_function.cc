// The table itself: one entry for each exported function, grouped by header as exports.txt is.
#include "tests/abi/every_function.h"

#include <fstream>

namespace onlyleads::tests {
namespace {

constexpr char kScorecard[] =
    R"({"factors": [{"name": "role", "field": "title", "points": 3, "any_of": ["head of"]}]})";

// "a, b?, c" as names.
std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> names;
  for (size_t at = 0; at < list.size();) {
    const size_t end = std::min(list.find(", ", at), list.size());
    names.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  return names;
}

// Something that was not used before.
std::string Fresh(const std::string& stem) {
  static int number = 0;
  return stem + "-" + std::to_string(++number);
}

class Builder {
 public:
  template <typename R, typename... P>
  void Add(const char* name, R (*f)(P...), const char* parameters,
           typename FunctionOf<R, P...>::Make make) {
    table_.push_back(
        std::make_unique<FunctionOf<R, P...>>(name, f, Split(parameters), std::move(make)));
  }
  Table Take() { return std::move(table_); }

 private:
  Table table_;
};

#define OL_ADD(function, parameters, ...)                            \
  b.Add(#function, &function, parameters, [](World& w, Scratch& s) { \
    (void)w;                                                         \
    (void)s;                                                         \
    return std::tuple(__VA_ARGS__);                                  \
  })

using Rows = ol_rows*;

void AddValues(Builder& b) {
  OL_ADD(ol_id_to_text, "id?, out?", s.Keep(w.person),
         static_cast<char*>(s.Block(OL_ID_TEXT_SIZE)));
  OL_ADD(ol_id_from_text, "text, out", s.Text(w.IdText(w.person)), s.Out<ol_id>());
  OL_ADD(ol_version, "");
  OL_ADD(ol_live_handles, "");
  OL_ADD(ol_code_name, "code", OL_BUSY);
  OL_ADD(ol_rows_count, "rows?", w.rows);
  OL_ADD(ol_rows_columns, "rows?", w.rows);
  OL_ADD(ol_rows_column_name, "rows?, column", w.rows, 1);
  OL_ADD(ol_rows_column_type, "rows?, column", w.rows, 1);
  OL_ADD(ol_rows_is_null, "rows, row, column", w.rows, 0, 1);
  OL_ADD(ol_rows_text, "rows, row, column, out", w.rows, 0, 1, s.Out<ol_str>());
  OL_ADD(ol_rows_int, "rows, row, column, out", w.rows, 0, 1, s.Out<int64_t>());
  OL_ADD(ol_rows_double, "rows, row, column, out", w.rows, 0, 1, s.Out<double>());
  OL_ADD(ol_rows_id, "rows, row, column, out", w.rows, 0, 0, s.Out<ol_id>());
  OL_ADD(ol_rows_next_page, "rows?", w.rows);
  b.Add("ol_rows_to_arrow", &ol_rows_to_arrow, "rows, out, err?", [](World& w, Scratch& s) {
    ArrowArrayStream* stream = s.Keep(ArrowArrayStream{});
    s.AtEnd([stream] {
      if (stream->release != nullptr) stream->release(stream);
    });
    return std::tuple(w.rows, stream, s.Out<ol_error>());
  });
  b.Add("ol_rows_free", &ol_rows_free, "rows?", [](World& w, Scratch& s) {
    ol_rows* page = nullptr;
    ol_organization_list(w.engine, &page, nullptr);
    s.AtEnd([page] { ol_rows_free(page); });
    return std::tuple(page);
  });
}

void AddEngine(Builder& b) {
  OL_ADD(ol_engine_open, "path, options?, out, err?", s.Text(w.dir.path(Fresh("open.db"))),
         s.Struct(ol_engine_options{}), s.Out<ol_engine*>(), s.Out<ol_error>());
  b.Add("ol_engine_close", &ol_engine_close, "engine, err?", [](World& w, Scratch& s) {
    ol_engine* ends = w.close_main ? w.engine : w.OpenEngine();
    if (!w.close_main) s.AtEnd([ends] { ol_engine_free(ends); });
    return std::tuple(ends, s.Out<ol_error>());
  });
  b.Add("ol_engine_free", &ol_engine_free, "engine?", [](World& w, Scratch& s) {
    ol_engine* ends = w.OpenEngine();
    s.AtEnd([ends] { ol_engine_free(ends); });
    return std::tuple(ends);
  });
  b.Add("ol_engine_run", &ol_engine_run, "engine, options?, report?, err?",
        [](World& w, Scratch& s) {
          ol_run_options* options = s.Struct(ol_run_options{});
          options->max_ms = 2000;
          return std::tuple(w.engine, options, s.Report<ol_run_report>(), s.Out<ol_error>());
        });
  OL_ADD(ol_engine_cancel, "engine?", w.engine);
  OL_ADD(ol_engine_last_instant, "engine, out, err?", w.engine, s.Out<int64_t>(),
         s.Out<ol_error>());
  OL_ADD(ol_engine_lineage, "engine, out, err?", w.engine, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_engine_sub_processors, "engine, out, err?", w.engine, s.Out<Rows>(), s.Out<ol_error>());
}

// An organization that nothing else in the world hangs on.
ol_id FreshOrganization(World& w) {
  ol_workspace* workspace = nullptr;
  ol_organization_create(w.engine, {"Gone", 4}, nullptr, &workspace, nullptr);
  const ol_id id = ol_workspace_org_id(workspace);
  ol_workspace_free(workspace);
  return id;
}

// With people.
ol_id FilledOrganization(World& w) {
  const ol_id id = FreshOrganization(w);
  ol_workspace* workspace = nullptr;
  ol_workspace_open(w.engine, id, &workspace, nullptr);
  const std::string file = w.WriteCsv(2), source = "test", basis = "legitimate_interests";
  ol_import_options options{};
  options.struct_size = sizeof(options);
  options.source = Str(source);
  options.lawful_basis = Str(basis);
  (void)ol_prospects_import_csv(workspace, Str(file), &options, nullptr, nullptr);
  ol_workspace_free(workspace);
  return id;
}

void AddOrganizations(Builder& b) {
  OL_ADD(ol_organization_create, "engine, name, options?, out, err?", w.engine, s.Text("Other"),
         s.Struct(ol_organization_options{}), s.Out<ol_workspace*>(), s.Out<ol_error>());
  OL_ADD(ol_organization_list, "engine, out, err?", w.engine, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_workspace_open, "engine, org_id, out, err?", w.engine, w.org, s.Out<ol_workspace*>(),
         s.Out<ol_error>());
  b.Add("ol_workspace_free", &ol_workspace_free, "workspace?", [](World& w, Scratch& s) {
    ol_workspace* ends = w.OpenWorkspace(w.engine);
    s.AtEnd([ends] { ol_workspace_free(ends); });
    return std::tuple(ends);
  });
  OL_ADD(ol_workspace_org_id, "workspace?", w.workspace);
  OL_ADD(ol_member_add, "workspace, name, email, out, err?", w.workspace, s.Text("Bob"),
         s.Text("bob@acme.example"), s.Out<ol_id>(), s.Out<ol_error>());
  b.Add("ol_sender_connect", &ol_sender_connect, "workspace, options, out, err?",
        [](World& w, Scratch& s) {
          const std::string* account = s.Keep(Fresh("account"));
          return std::tuple(w.workspace, s.Struct(w.SenderOptions(*account)), s.Out<ol_id>(),
                            s.Out<ol_error>());
        });
  OL_ADD(ol_sender_list, "workspace, out, err?", w.workspace, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_sender_disconnect, "workspace, sender_id, out, err?", w.workspace, w.sender,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_sender_resume, "workspace, sender_id, err?", w.workspace, w.sender, s.Out<ol_error>());
  OL_ADD(ol_sender_release, "workspace, sender_id, err?", w.workspace, w.sender, s.Out<ol_error>());
}

void AddContracts(Builder& b) {
  OL_ADD(ol_organization_set_subscription, "engine, org_id, active_until_us, err?", w.engine,
         FreshOrganization(w), OL_NEVER, s.Out<ol_error>());
  OL_ADD(ol_organization_export, "engine, org_id, path, options?, out, err?", w.engine, w.org,
         s.Text(w.dir.path(Fresh("export.jsonl"))), s.Struct(ol_work_options{}), s.Out<int64_t>(),
         s.Out<ol_error>());
  OL_ADD(ol_organization_delete, "engine, org_id, options?, out, err?", w.engine,
         FilledOrganization(w), s.Struct(ol_work_options{}), s.Out<int64_t>(), s.Out<ol_error>());
  b.Add("ol_mandate_record", &ol_mandate_record, "workspace, options, out, err?",
        [](World& w, Scratch& s) {
          ol_mandate_options* options = s.Struct(ol_mandate_options{});
          options->member_id = w.member;
          options->sender_id = w.sender;
          options->text_version = s.Text("2026-11");
          options->text_digest = s.Text(std::string(64, 'a'));
          return std::tuple(w.workspace, options, s.Out<ol_id>(), s.Out<ol_error>());
        });
  b.Add("ol_mandate_revoke", &ol_mandate_revoke, "workspace, mandate_id, out, err?",
        [](World& w, Scratch& s) {
          const std::string version = "2026-11", digest(64, 'a');
          ol_mandate_options options{};
          options.struct_size = sizeof(options);
          options.member_id = w.member;
          options.sender_id = w.sender;
          options.text_version = Str(version);
          options.text_digest = Str(digest);
          ol_id id{};
          ol_mandate_record(w.workspace, &options, &id, nullptr);
          return std::tuple(w.workspace, id, s.Out<Rows>(), s.Out<ol_error>());
        });
  OL_ADD(ol_mandate_list, "workspace, page_token, limit, out, err?", w.workspace, s.Text(""), 0,
         s.Out<Rows>(), s.Out<ol_error>());
  b.Add("ol_usage_record", &ol_usage_record, "workspace, usage, usage, row_size, out, err?",
        [](World& w, Scratch& s) {
          ol_usage* usage = s.Keep(ol_usage{});
          usage->member_id = w.member;
          usage->ip = s.Text("192.0.2.1");
          return std::tuple(w.workspace, usage, 1, sizeof(ol_usage), s.Out<int64_t>(),
                            s.Out<ol_error>());
        });
  OL_ADD(ol_usage_list, "workspace, page_token, limit, out, err?", w.workspace, s.Text(""), 0,
         s.Out<Rows>(), s.Out<ol_error>());
}

void AddProspects(Builder& b) {
  b.Add("ol_prospects_import_csv", &ol_prospects_import_csv,
        "workspace, path, options, report, err?", [](World& w, Scratch& s) {
          ol_import_options* options = s.Struct(ol_import_options{});
          options->source = s.Text("test");
          options->lawful_basis = s.Text("legitimate_interests");
          return std::tuple(w.workspace, s.Text(w.WriteCsv(3)), options,
                            s.Report<ol_import_report>(), s.Out<ol_error>());
        });
  OL_ADD(ol_prospects_export_csv, "workspace, path, options?, out, err?", w.workspace,
         s.Text(w.dir.path(Fresh("people.csv"))), s.Struct(ol_work_options{}), s.Out<int64_t>(),
         s.Out<ol_error>());
  OL_ADD(ol_import_rejects, "workspace, import_id, page_token, limit, out, err?", w.workspace,
         w.import, s.Text(""), 0, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_csv_preview, "path, limit, out, err?", s.Text(w.WriteCsv(3)), 2, s.Out<Rows>(),
         s.Out<ol_error>());
  OL_ADD(ol_prospects_count, "workspace, out, err?", w.workspace, s.Out<int64_t>(),
         s.Out<ol_error>());
  OL_ADD(ol_prospects_find, "workspace, email, linkedin, out, err?", w.workspace,
         s.Text("p0@company.example"), s.Text(""), s.Out<ol_id>(), s.Out<ol_error>());
  OL_ADD(ol_prospects_get, "workspace, prospect_id, out, err?", w.workspace, w.person,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_prospects_list, "workspace, page_token, limit, out, err?", w.workspace, s.Text(""), 0,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_prospects_object, "workspace, prospect_id, out, err?", w.workspace, w.AddPerson(),
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_prospects_erase, "workspace, prospect_id, out, err?", w.workspace, w.AddPerson(),
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_prospects_delete, "workspace, prospect_id, out, err?", w.workspace, w.AddPerson(),
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_prospects_restrict, "workspace, prospect_id, out, err?", w.workspace, w.AddPerson(),
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_prospects_lift_restriction, "workspace, prospect_id, err?", w.workspace, w.AddPerson(),
         s.Out<ol_error>());
  b.Add("ol_signals_record", &ol_signals_record, "workspace, signals, signals, row_size, out, err?",
        [](World& w, Scratch& s) {
          ol_signal* signal = s.Keep(ol_signal{});
          signal->prospect_id = w.person;
          signal->kind = s.Text("visit");
          signal->source = s.Text("test");
          return std::tuple(w.workspace, signal, 1, sizeof(ol_signal), s.Out<Rows>(),
                            s.Out<ol_error>());
        });
  OL_ADD(ol_signals_list, "workspace, prospect_id, page_token, limit, out, err?", w.workspace,
         w.person, s.Text(""), 0, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_scoring_run, "workspace, scorecard_json, out, err?", w.workspace, s.Text(kScorecard),
         s.Out<int64_t>(), s.Out<ol_error>());
  OL_ADD(ol_scoring_top, "workspace, limit, with_linkedin, out, err?", w.workspace, 5, 1,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_policy_evaluate, "facts_json, out, err?", s.Text(R"({"channel": "email"})"),
         s.Out<Rows>(), s.Out<ol_error>());
}

// The token of a plan made now.
std::string PlanToken(World& w) {
  Rows plan = nullptr;
  ol_retention_plan(w.workspace, 0, &plan, nullptr);
  std::string token;
  for (int32_t i = 0; i < ol_rows_columns(plan); ++i) {
    const ol_str name = ol_rows_column_name(plan, i);
    ol_str value{};
    if (std::string(name.data, name.size) == "plan_token") ol_rows_text(plan, 0, i, &value);
    if (value.size > 0) token.assign(value.data, value.size);
  }
  ol_rows_free(plan);
  return token;
}

ol_id Hold(World& w) {
  ol_id id{};
  ol_hold_place(w.workspace, w.AddPerson(), {"legal_claim", 11}, OL_NEVER, &id, nullptr);
  return id;
}

void AddRights(Builder& b) {
  OL_ADD(ol_rights_access, "workspace, prospect_id, out, err?", w.workspace, w.person,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_rights_residue, "engine, out_pending, out_since_us, err?", w.engine, s.Out<int64_t>(),
         s.Out<int64_t>(), s.Out<ol_error>());
  OL_ADD(ol_retention_plan, "workspace, inactive_days, out, err?", w.workspace, 0, s.Out<Rows>(),
         s.Out<ol_error>());
  OL_ADD(ol_retention_run, "workspace, plan_token, options?, report?, err?", w.workspace,
         s.Text(PlanToken(w)), s.Struct(ol_retention_options{}), s.Report<ol_retention_report>(),
         s.Out<ol_error>());
  OL_ADD(ol_hold_place, "workspace, prospect_id, reason, until_us, out, err?", w.workspace,
         w.AddPerson(), s.Text("legal_claim"), OL_NEVER, s.Out<ol_id>(), s.Out<ol_error>());
  OL_ADD(ol_hold_release, "workspace, hold_id, err?", w.workspace, Hold(w), s.Out<ol_error>());
  OL_ADD(ol_hold_list, "workspace, page_token, limit, out, err?", w.workspace, s.Text(""), 0,
         s.Out<Rows>(), s.Out<ol_error>());
}

void AddCampaigns(Builder& b) {
  OL_ADD(ol_campaign_create, "workspace, spec_json, external_ref, out, err?", w.workspace,
         s.Text(w.CampaignJson()), s.Text(Fresh("campaign")), s.Out<ol_id>(), s.Out<ol_error>());
  OL_ADD(ol_campaign_list, "workspace, out, err?", w.workspace, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_campaign_enroll, "workspace, campaign_id, prospect_ids, count, out, err?", w.workspace,
         w.campaign, s.Keep(w.AddPerson()), 1, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_campaign_enrollments, "workspace, campaign_id, page_token, limit, out, err?",
         w.workspace, w.campaign, s.Text(""), 0, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_campaign_render, "workspace, campaign_id, prospect_id, step, out, err?", w.workspace,
         w.campaign, w.person, 0, s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_relation_add, "workspace, sender_id, prospect_id, err?", w.workspace, w.sender,
         w.AddPerson(), s.Out<ol_error>());
}

void AddSending(Builder& b) {
  OL_ADD(ol_outbox_list, "workspace, page_token, limit, out, err?", w.workspace, s.Text(""), 0,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_outbox_cancel, "workspace, message_id, out, err?", w.workspace, w.QueueMessage(),
         s.Out<int32_t>(), s.Out<ol_error>());
  OL_ADD(ol_ledger_find, "workspace, identifier, out, err?", w.workspace,
         s.Text("p0@company.example"), s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_decision_list, "workspace, prospect_id, out, err?", w.workspace, w.person,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_disclosure_list, "workspace, prospect_id, out, err?", w.workspace, w.person,
         s.Out<Rows>(), s.Out<ol_error>());
  b.Add("ol_inbox_ingest", &ol_inbox_ingest,
        "engine, provider, headers, header_count, body, report?, err?", [](World& w, Scratch& s) {
          ol_header* header = s.Keep(ol_header{s.Text("Unipile-Auth"), s.Text("webhook-secret")});
          return std::tuple(w.engine, s.Text("unipile"), header, 1, s.Text(w.OptOutEvent()),
                            s.Report<ol_inbox_report>(), s.Out<ol_error>());
        });
  OL_ADD(ol_inbox_list, "workspace, page_token, limit, out, err?", w.workspace, s.Text(""), 0,
         s.Out<Rows>(), s.Out<ol_error>());
  OL_ADD(ol_audit_verify, "engine, report, err?", w.engine, s.Report<ol_audit_report>(),
         s.Out<ol_error>());
  OL_ADD(ol_audit_list, "workspace, page_token, limit, out, err?", w.workspace, s.Text(""), 0,
         s.Out<Rows>(), s.Out<ol_error>());
}

#undef OL_ADD

}  // namespace

const Table& EveryFunction() {
  static const Table* const kTable = [] {
    Builder b;
    AddValues(b);
    AddEngine(b);
    AddOrganizations(b);
    AddContracts(b);
    AddProspects(b);
    AddRights(b);
    AddCampaigns(b);
    AddSending(b);
    return new Table(b.Take());
  }();
  return *kTable;
}

std::vector<std::string> ExportedFunctions() {
  std::vector<std::string> names;
  std::ifstream list(ONLYLEADS_EXPORTS);
  for (std::string line; std::getline(list, line);) {
    if (line.rfind("ol_", 0) == 0) names.push_back(line);
  }
  return names;
}

}  // namespace onlyleads::tests
