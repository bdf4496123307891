// The C ABI of prospects.h: importing, finding, objecting, erasing.
#include "onlyleads/prospects.h"

#include "src/capi/neck.h"
#include "src/engine/import.h"
#include "src/engine/prospects.h"
#include "src/engine/prospects_export.h"
#include "src/engine/rights.h"

namespace onlyleads::capi {
namespace {

absl::StatusOr<engine::ImportOptions> OptionsFromC(const ol_import_options* in) {
  if (in == nullptr) return BadArgument("options", "must not be NULL");
  OL_ASSIGN_OR_RETURN(const ol_import_options given, ReadStruct(in, "options"));
  OL_RETURN_IF_ERROR(RequireZero(given.reserved0, "options.reserved0"));
  engine::ImportOptions options;
  OL_ASSIGN_OR_RETURN(options.source, Text(given.source, "options.source"));
  OL_ASSIGN_OR_RETURN(options.lawful_basis, Text(given.lawful_basis, "options.lawful_basis"));
  OL_ASSIGN_OR_RETURN(options.mapping_json, Text(given.mapping_json, "options.mapping_json"));
  OL_ASSIGN_OR_RETURN(std::string on_existing, Text(given.on_existing, "options.on_existing"));
  if (!on_existing.empty()) options.on_existing = std::move(on_existing);
  if (given.progress != nullptr) {
    options.progress = [given](int64_t rows, int64_t bytes, int64_t total_bytes) {
      return given.progress(given.progress_ctx, rows, bytes, total_bytes) == 0;
    };
  }
  return options;
}

ol_import_report ReportToC(const engine::ImportReport& report) {
  ol_import_report result{};
  result.resumed = report.resumed ? 1 : 0;
  result.import_id = ToC(report.import_id);
  result.rows = report.rows;
  result.created = report.created;
  result.updated = report.updated;
  result.unchanged = report.unchanged;
  result.suppressed = report.suppressed;
  result.rejected = report.rejected;
  result.opt_outs = report.opt_outs;
  return result;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;
using onlyleads::base::Table;

int32_t ol_prospects_import_csv(ol_workspace* workspace, ol_str path,
                                const ol_import_options* options, ol_import_report* report,
                                ol_error* err) {
  using Report = absl::StatusOr<ol_import_report>;
  return capi::ReportVerb(workspace, report, err, [&](engine::Engine& e, const Id& org) -> Report {
    if (report == nullptr) return capi::BadArgument("report", "must not be NULL");
    OL_ASSIGN_OR_RETURN(const std::string file, capi::Text(path, "path"));
    OL_ASSIGN_OR_RETURN(const engine::ImportOptions import, capi::OptionsFromC(options));
    OL_ASSIGN_OR_RETURN(const auto done, engine::ImportCsv(e, org, file, import));
    return capi::ReportToC(done);
  });
}

int32_t ol_prospects_export_csv(ol_workspace* workspace, ol_str path,
                                const ol_work_options* options, int64_t* out_rows, ol_error* err) {
  return capi::Verb(workspace, out_rows, err,
                    [&](engine::Engine& e, const Id& org) -> absl::StatusOr<int64_t> {
                      OL_ASSIGN_OR_RETURN(const std::string file, capi::Text(path, "path"));
                      OL_ASSIGN_OR_RETURN(const auto progress, capi::ProgressFromC(options));
                      return engine::ExportProspectsCsv(e, org, file, progress);
                    });
}

int32_t ol_import_rejects(ol_workspace* workspace, ol_id import_id, ol_str page_token,
                          int32_t limit, ol_rows** out, ol_error* err) {
  return capi::Verb(
      workspace, out, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Table> {
        OL_ASSIGN_OR_RETURN(const std::string token, capi::Text(page_token, "page_token"));
        OL_ASSIGN_OR_RETURN(const int rows, capi::PageLimit(limit));
        return engine::ImportRejects(e, org, capi::FromC(import_id), token, rows);
      });
}

int32_t ol_csv_preview(ol_str path, int64_t limit, ol_rows** out, ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Clear(out));
    OL_ASSIGN_OR_RETURN(const std::string file, capi::Text(path, "path"));
    if (limit < OL_PREVIEW_ALL) return capi::BadArgument("limit", "is below OL_PREVIEW_ALL");
    OL_ASSIGN_OR_RETURN(std::string document, engine::PreviewCsv(file, limit));
    return capi::Place<ol_rows*>().Give(Table::Json(std::move(document)), out);
  });
}

int32_t ol_prospects_count(ol_workspace* workspace, int64_t* out, ol_error* err) {
  return capi::Verb(workspace, out, err, engine::CountProspects);
}

int32_t ol_prospects_find(ol_workspace* workspace, ol_str email, ol_str linkedin, ol_id* out,
                          ol_error* err) {
  return capi::Verb(
      workspace, out, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Id> {
        OL_ASSIGN_OR_RETURN(const std::string address, capi::Text(email, "email"));
        OL_ASSIGN_OR_RETURN(const std::string profile, capi::Text(linkedin, "linkedin"));
        return engine::FindProspect(e, org, address, profile);
      });
}

int32_t ol_prospects_get(ol_workspace* workspace, ol_id prospect_id, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::GetProspect(e, org, capi::FromC(prospect_id));
  });
}

int32_t ol_prospects_list(ol_workspace* workspace, ol_str page_token, int32_t limit, ol_rows** out,
                          ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err, engine::ListProspects);
}

int32_t ol_prospects_object(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                            ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::ObjectProspect(e, org, capi::FromC(prospect_id));
  });
}

int32_t ol_prospects_delete(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                            ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::DeleteProspect(e, org, capi::FromC(prospect_id));
  });
}

int32_t ol_prospects_restrict(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                              ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::RestrictProspect(e, org, capi::FromC(prospect_id));
  });
}

int32_t ol_prospects_lift_restriction(ol_workspace* workspace, ol_id prospect_id, ol_error* err) {
  return capi::Verb(workspace, err, [&](engine::Engine& e, const Id& org) {
    return engine::LiftRestriction(e, org, capi::FromC(prospect_id));
  });
}

int32_t ol_prospects_erase(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                           ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::EraseProspect(e, org, capi::FromC(prospect_id));
  });
}
