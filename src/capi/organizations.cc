// The C ABI of organizations.h: workspaces, members and senders.
#include "onlyleads/organizations.h"

#include "src/capi/neck.h"
#include "src/engine/contract_end.h"
#include "src/engine/organizations.h"

namespace onlyleads::capi {
namespace {

absl::StatusOr<engine::NewOrganization> InputFromC(ol_str name, const ol_organization_options* in) {
  OL_ASSIGN_OR_RETURN(const ol_organization_options given, ReadStruct(in, "options"));
  OL_RETURN_IF_ERROR(RequireZero(given.reserved0, "options.reserved0"));
  OL_RETURN_IF_ERROR(RequireZero(static_cast<uint32_t>(given.reserved1), "options.reserved1"));
  engine::NewOrganization input;
  OL_ASSIGN_OR_RETURN(input.name, Text(name, "name"));
  OL_ASSIGN_OR_RETURN(input.external_ref, Text(given.external_ref, "options.external_ref"));
  OL_ASSIGN_OR_RETURN(std::string country, Text(given.country, "options.country"));
  if (!country.empty()) input.country = std::move(country);
  OL_ASSIGN_OR_RETURN(const bool dpa_missing, Flag(given.dpa_missing, "options.dpa_missing"));
  input.dpa_active = !dpa_missing;
  return input;
}

// Text that replaces the default unless it is empty.
absl::Status TakeText(ol_str given, std::string_view name, std::string* value) {
  OL_ASSIGN_OR_RETURN(std::string text, Text(given, name));
  if (!text.empty()) *value = std::move(text);
  return absl::OkStatus();
}

// A number that replaces the default unless it is 0.
void TakeNumber(int32_t given, int* value) {
  if (given != 0) *value = given;
}

// What the numbers may be is the engine's to judge.
void TakeNumbers(const ol_sender_options& given, engine::NewSender* sender) {
  if (given.work_start_min != 0 || given.work_end_min != 0) {
    sender->work_start_min = given.work_start_min;
    sender->work_end_min = given.work_end_min;
  }
  if (given.work_days != 0) sender->work_days = given.work_days;
  TakeNumber(given.invitations_per_day, &sender->invitations_per_day);
  TakeNumber(given.invitations_per_week, &sender->invitations_per_week);
  TakeNumber(given.messages_per_day, &sender->messages_per_day);
  TakeNumber(given.messages_per_week, &sender->messages_per_week);
  TakeNumber(given.profiles_per_day, &sender->profiles_per_day);
  TakeNumber(given.profiles_per_week, &sender->profiles_per_week);
  if (given.min_gap_s == OL_NO_GAP) {
    sender->min_gap_us = 0;
  } else if (given.min_gap_s != 0) {
    sender->min_gap_us = int64_t{given.min_gap_s} * 1'000'000;
  }
}

absl::StatusOr<engine::NewSender> InputFromC(const ol_sender_options* in) {
  if (in == nullptr) return BadArgument("options", "must not be NULL");
  OL_ASSIGN_OR_RETURN(const ol_sender_options given, ReadStruct(in, "options"));
  OL_RETURN_IF_ERROR(RequireZero(static_cast<uint32_t>(given.reserved0), "options.reserved0"));
  OL_RETURN_IF_ERROR(RequireZero(static_cast<uint32_t>(given.reserved1), "options.reserved1"));
  engine::NewSender sender;
  sender.member_id = FromC(given.member_id);
  OL_ASSIGN_OR_RETURN(sender.premium, Flag(given.premium, "options.premium"));
  OL_RETURN_IF_ERROR(TakeText(given.name, "options.name", &sender.name));
  OL_RETURN_IF_ERROR(TakeText(given.provider, "options.provider", &sender.provider));
  OL_RETURN_IF_ERROR(TakeText(given.account_id, "options.account_id", &sender.account_id));
  OL_RETURN_IF_ERROR(TakeText(given.base_url, "options.base_url", &sender.base_url));
  OL_RETURN_IF_ERROR(TakeText(given.api_key, "options.api_key", &sender.api_key));
  OL_RETURN_IF_ERROR(
      TakeText(given.webhook_secret, "options.webhook_secret", &sender.webhook_secret));
  OL_RETURN_IF_ERROR(
      TakeText(given.webhook_header, "options.webhook_header", &sender.webhook_header));
  OL_RETURN_IF_ERROR(TakeText(given.zone, "options.zone", &sender.zone));
  OL_RETURN_IF_ERROR(TakeText(given.mandate_scope, "options.mandate_scope", &sender.mandate_scope));
  OL_RETURN_IF_ERROR(
      TakeText(given.mandate_version, "options.mandate_version", &sender.mandate_version));
  OL_RETURN_IF_ERROR(
      TakeText(given.mandate_digest, "options.mandate_digest", &sender.mandate_digest));
  OL_RETURN_IF_ERROR(
      TakeText(given.mandate_evidence, "options.mandate_evidence", &sender.mandate_evidence));
  TakeNumbers(given, &sender);
  return sender;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;

int32_t ol_organization_create(ol_engine* handle, ol_str name,
                               const ol_organization_options* options, ol_workspace** out,
                               ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Clear(out));
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(const engine::NewOrganization input, capi::InputFromC(name, options));
    OL_ASSIGN_OR_RETURN(const capi::Held held, capi::Held::Take(handle->engine));
    capi::Place<ol_workspace*> place;
    return place.Give(
        held.shared(),
        capi::Recorded(*held, [&] { return engine::CreateOrganization(*held, input); }), out);
  });
}

int32_t ol_organization_list(ol_engine* handle, ol_rows** out, ol_error* err) {
  return capi::EngineVerb(handle, out, err,
                          [](engine::Engine& e) { return engine::ListOrganizations(e); });
}

int32_t ol_organization_set_subscription(ol_engine* handle, ol_id org_id, int64_t active_until_us,
                                         ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(const capi::Held held, capi::Held::Take(handle->engine));
    std::optional<int64_t> until;
    if (active_until_us != OL_NEVER) until = active_until_us;
    return capi::Recorded(
        *held, [&] { return engine::SetSubscription(*held, capi::FromC(org_id), until); });
  });
}

int32_t ol_organization_export(ol_engine* handle, ol_id org_id, ol_str path,
                               const ol_work_options* options, int64_t* out_rows, ol_error* err) {
  return capi::EngineVerb(handle, out_rows, err, [&](engine::Engine& e) -> absl::StatusOr<int64_t> {
    OL_ASSIGN_OR_RETURN(const std::string file, capi::Text(path, "path"));
    OL_ASSIGN_OR_RETURN(const auto progress, capi::ProgressFromC(options));
    return engine::ExportOrganization(e, capi::FromC(org_id), file, progress);
  });
}

int32_t ol_organization_delete(ol_engine* handle, ol_id org_id, const ol_work_options* options,
                               int64_t* out_rows, ol_error* err) {
  return capi::EngineVerb(handle, out_rows, err, [&](engine::Engine& e) -> absl::StatusOr<int64_t> {
    OL_ASSIGN_OR_RETURN(const auto progress, capi::ProgressFromC(options));
    return engine::DeleteOrganization(e, capi::FromC(org_id), progress);
  });
}

int32_t ol_workspace_open(ol_engine* handle, ol_id org_id, ol_workspace** out, ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Clear(out));
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(const capi::Held held, capi::Held::Take(handle->engine));
    const Id id = capi::FromC(org_id);
    OL_RETURN_IF_ERROR(engine::RequireOrganization(*held, id));
    return capi::Place<ol_workspace*>().Give(held.shared(), id, out);
  });
}

void ol_workspace_free(ol_workspace* workspace) {
  capi::FreeHandle(workspace, capi::kWorkspaceMark);
}

ol_id ol_workspace_org_id(const ol_workspace* workspace) {
  return capi::IsAlive(workspace) ? capi::ToC(workspace->org_id) : ol_id{};
}

int32_t ol_member_add(ol_workspace* workspace, ol_str name, ol_str email, ol_id* out,
                      ol_error* err) {
  return capi::Verb(
      workspace, out, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Id> {
        OL_ASSIGN_OR_RETURN(const std::string member_name, capi::Text(name, "name"));
        OL_ASSIGN_OR_RETURN(const std::string member_email, capi::Text(email, "email"));
        return engine::AddMember(e, org, member_name, member_email);
      });
}

int32_t ol_sender_connect(ol_workspace* workspace, const ol_sender_options* options, ol_id* out,
                          ol_error* err) {
  return capi::Verb(workspace, out, err,
                    [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Id> {
                      OL_ASSIGN_OR_RETURN(const auto sender, capi::InputFromC(options));
                      return engine::ConnectSender(e, org, sender);
                    });
}

int32_t ol_sender_list(ol_workspace* workspace, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err, engine::ListSenders);
}

int32_t ol_sender_disconnect(ol_workspace* workspace, ol_id sender_id, ol_rows** out,
                             ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::DisconnectSender(e, org, capi::FromC(sender_id));
  });
}

int32_t ol_sender_resume(ol_workspace* workspace, ol_id sender_id, ol_error* err) {
  return capi::Verb(workspace, err, [&](engine::Engine& e, const Id& org) {
    return engine::ResumeSender(e, org, capi::FromC(sender_id));
  });
}

int32_t ol_sender_release(ol_workspace* workspace, ol_id sender_id, ol_error* err) {
  return capi::Verb(workspace, err, [&](engine::Engine& e, const Id& org) {
    return engine::ReleaseSender(e, org, capi::FromC(sender_id));
  });
}
