#include "src/engine/organizations.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/domain/egress.h"
#include "src/domain/import/countries.h"
#include "src/domain/organizations.h"
#include "src/engine/audit.h"
#include "src/engine/listing.h"
#include "src/engine/mandates.h"
#include "src/storage/ledger_store.h"
#include "src/storage/organization_store.h"
#include "src/storage/retention_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;

std::string StateOf(const storage::SenderRow& row) {
  if (!row.active) return "disconnected";
  if (!row.stop_reason.empty()) return "stopped";
  return row.reconcile_from_us ? "reconcile_only" : "active";
}

absl::Status CheckText(std::string_view argument, std::string_view value, bool required) {
  if (required && base::Trim(value).empty()) {
    return Error(ErrorCode::kInvalidArgument, absl::StrCat(std::string(argument), ": is empty"));
  }
  if (value.size() > base::kMaxNameBytes) {
    return Error(ErrorCode::kLimit,
                 absl::StrCat(std::string(argument), ": longer than kMaxNameBytes"));
  }
  if (!base::IsStorableUtf8(value)) {
    return Error(ErrorCode::kInvalidUtf8, absl::StrCat(std::string(argument), ": is not UTF-8"));
  }
  return absl::OkStatus();
}

// What a request line and a header can carry; anything else would fail at each send.
bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// host, [IPv6] or either with a port.
bool IsAuthority(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon != text.npos && text.find(']', colon) == text.npos) {
    int port = 0;
    if (!absl::SimpleAtoi(base::ToAbsl(text.substr(colon + 1)), &port) || port < 1 ||
        port > 65535) {
      return false;
    }
    text = text.substr(0, colon);
  }
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           (bracketed ? c == ':' || c == '.' : c == '.' || c == '-' || c == '_');
  });
}

// Where requests are sent: no credentials, no query, nothing that would be cut off or sent along.
absl::Status CheckBaseUrl(std::string_view url) {
  const bool scheme = absl::StartsWith(base::ToAbsl(url), "http://") ||
                      absl::StartsWith(base::ToAbsl(url), "https://");
  if (!scheme) {
    return Error(ErrorCode::kInvalidArgument, "base_url: must begin with http:// or https://");
  }
  const std::string_view rest = url.substr(url.find("://") + 3);
  if (!IsVisible(url) || !IsAuthority(rest.substr(0, rest.find('/')))) {
    return Error(ErrorCode::kInvalidArgument,
                 "base_url: is no address of a host, with a port and a path at most");
  }
  if (url.find_first_of("?#\\") != url.npos) {
    return Error(ErrorCode::kInvalidArgument, "base_url: holds more than host, port and path");
  }
  const std::string folders = absl::StrCat(base::ToAbsl(url), "/");
  if (absl::StrContains(folders, "/./") || absl::StrContains(folders, "/../")) {
    return Error(ErrorCode::kInvalidArgument, "base_url: has a path with . or .. in it");
  }
  return absl::OkStatus();
}

bool SameAddress(std::string_view a, std::string_view b) {
  while (a.ends_with('/')) a.remove_suffix(1);
  while (b.ends_with('/')) b.remove_suffix(1);
  return base::Lower(a) == base::Lower(b);
}

// RFC 9110, 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || kMarks.find(c) != kMarks.npos;
  });
}

// What arrives as it was sent: blanks inside stay, those around are cut off on the way.
bool IsHeaderValue(std::string_view text) {
  return base::Trim(text) == text &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

absl::Status CheckLimits(const NewSender& input) {
  const std::pair<std::string_view, int> limits[] = {
      {"invitations_per_day", input.invitations_per_day},
      {"invitations_per_week", input.invitations_per_week},
      {"messages_per_day", input.messages_per_day},
      {"messages_per_week", input.messages_per_week},
      {"profiles_per_day", input.profiles_per_day},
      {"profiles_per_week", input.profiles_per_week}};
  for (const auto& [name, limit] : limits) {
    if (limit > 0 && limit <= 10'000) continue;
    return Error(ErrorCode::kInvalidArgument,
                 absl::StrCat(base::ToAbsl(name), ": must be 1 to 10000"));
  }
  return absl::OkStatus();
}

absl::Status CheckSender(const NewSender& input) {
  const std::pair<std::string_view, const std::string*> required[] = {
      {"provider", &input.provider},
      {"account_id", &input.account_id},
      {"base_url", &input.base_url},
      {"api_key", &input.api_key},
      {"zone", &input.zone},
      {"webhook_header", &input.webhook_header},
      {"webhook_secret", &input.webhook_secret}};
  for (const auto& [name, value] : required) OL_RETURN_IF_ERROR(CheckText(name, *value, true));
  OL_RETURN_IF_ERROR(CheckText("name", input.name, false));
  if (input.provider != "unipile") {
    return Error(ErrorCode::kInvalidArgument, "provider: only unipile is known");
  }
  OL_RETURN_IF_ERROR(CheckBaseUrl(input.base_url));
  if (!IsVisible(input.api_key)) {
    return Error(ErrorCode::kInvalidArgument, "api_key: holds what no header can carry");
  }
  if (!IsVisible(input.account_id)) {
    return Error(ErrorCode::kInvalidArgument, "account_id: holds what no id has");
  }
  if (!IsToken(input.webhook_header)) {
    return Error(ErrorCode::kInvalidArgument, "webhook_header: is no name of a header");
  }
  if (!IsHeaderValue(input.webhook_secret)) {
    return Error(ErrorCode::kInvalidArgument, "webhook_secret: holds what no header can carry");
  }
  if (input.work_start_min < 0 || input.work_start_min >= input.work_end_min ||
      input.work_end_min > 24 * 60) {
    return Error(ErrorCode::kInvalidArgument, "work_start_min, work_end_min: no span of a day");
  }
  if ((input.work_days & ~0x7fu) != 0 || input.work_days == 0) {
    return Error(ErrorCode::kInvalidArgument, "work_days: needs bits 0 (Monday) to 6");
  }
  OL_RETURN_IF_ERROR(CheckLimits(input));
  if (input.min_gap_us < 0 || input.min_gap_us > base::kDayUs) {
    return Error(ErrorCode::kInvalidArgument, "min_gap_s: must be 0 seconds to a day");
  }
  return base::LoadZone(input.zone).status();
}

// One more column, computed: how long account data may be kept.
Table WithAccountDataUntil(const Table& table) {
  Table result({{"org_id", ColumnType::kId},
                {"name", ColumnType::kText},
                {"country", ColumnType::kText},
                {"external_ref", ColumnType::kText},
                {"created_at_us", ColumnType::kInt},
                {"active_until_us", ColumnType::kInt},
                {"account_data_until_us", ColumnType::kInt}});
  const int last = static_cast<int>(table.columns().size()) - 1;
  for (int64_t row = 0; row < table.rows(); ++row) {
    std::vector<Table::Cell> cells;
    for (int column = 0; column <= last; ++column) cells.push_back(table.at(row, column));
    const int64_t* until = std::get_if<int64_t>(&table.at(row, last));
    cells.push_back(until ? Table::Cell(domain::AccountDataUntilUs(*until)) : Table::Cell());
    result.Add(std::move(cells));
  }
  return result;
}

}  // namespace

absl::StatusOr<base::Id> CreateOrganization(Engine& engine, const NewOrganization& input) {
  OL_RETURN_IF_ERROR(CheckText("name", input.name, true));
  OL_RETURN_IF_ERROR(CheckText("external_ref", input.external_ref, false));
  if (domain::CountryCode(input.country) != input.country) {
    return Error(ErrorCode::kInvalidArgument, "country: must be an ISO 3166-1 alpha-2 code");
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  if (!input.external_ref.empty()) {
    OL_ASSIGN_OR_RETURN(const auto existing,
                        storage::FindOrganizationByRef(session.db(), input.external_ref));
    if (existing) return *existing;
  }
  const storage::OrganizationRow row{session.NewId(), input.name, input.country, input.dpa_active};
  OL_RETURN_IF_ERROR(
      storage::InsertOrganization(session.db(), row, input.external_ref, session.now_us()));
  OL_RETURN_IF_ERROR(WriteAudit(session, row.org_id, "system", "organization.create", {}));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return row.org_id;
}

absl::StatusOr<Table> ListOrganizations(Engine& engine) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT org_id, name, country, external_ref, created_at_us, active_until_us FROM "
      "organizations ORDER BY org_id",
      {});
  Table table({{"org_id", ColumnType::kId},
               {"name", ColumnType::kText},
               {"country", ColumnType::kText},
               {"external_ref", ColumnType::kText},
               {"created_at_us", ColumnType::kInt},
               {"active_until_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  return WithAccountDataUntil(table);
}

absl::Status SetSubscription(Engine& engine, const base::Id& org_id,
                             std::optional<int64_t> active_until_us) {
  if (active_until_us && (*active_until_us <= 0 || *active_until_us > base::kLatestInstantUs)) {
    return Error(ErrorCode::kInvalidArgument, "active_until_us: is no instant of 1970 to 9000");
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const bool known, storage::SetActiveUntil(db, org_id, active_until_us));
  if (!known) return Error(ErrorCode::kNotFound, "org_id: no such organization");
  OL_RETURN_IF_ERROR(storage::TouchDue(db, org_id, session.now_us()));
  if (active_until_us) {
    OL_RETURN_IF_ERROR(
        storage::TouchRetentionDue(db, org_id, domain::AccountDataUntilUs(*active_until_us)));
  }
  const std::string until = active_until_us
                                ? absl::StrCat("{\"active_until_us\":", *active_until_us, "}")
                                : "{\"active_until_us\":null}";
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "organization.subscription", {}, until));
  return transaction.Commit();
}

absl::Status RequireOrganization(Engine& engine, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto row, storage::LoadOrganization(session.db(), org_id));
  if (!row) return Error(ErrorCode::kNotFound, "org_id: no such organization");
  return absl::OkStatus();
}

absl::StatusOr<base::Id> AddMember(Engine& engine, const base::Id& org_id, const std::string& name,
                                   const std::string& email) {
  OL_RETURN_IF_ERROR(CheckText("name", name, true));
  OL_RETURN_IF_ERROR(CheckText("email", email, false));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  const base::Id member_id = session.NewId();
  OL_RETURN_IF_ERROR(
      session.db()
          ->Run("INSERT INTO members (org_id, member_id, name, email, created_at_us) VALUES ($1, "
                "$2, $3, $4, $5)",
                {org_id, member_id, name, email, session.now_us()})
          .status());
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "member.add", member_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return member_id;
}

absl::StatusOr<base::Id> ConnectSender(Engine& engine, const base::Id& org_id,
                                       const NewSender& input) {
  OL_RETURN_IF_ERROR(CheckSender(input));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(storage::Cursor member,
                      db->Query("SELECT name FROM members WHERE org_id = $1 AND member_id = $2",
                                {org_id, input.member_id}));
  OL_ASSIGN_OR_RETURN(const bool known, member.Next());
  if (!known) return Error(ErrorCode::kNotFound, "member_id: no such member");
  storage::SenderRow row;
  row.sender_id = session.NewId();
  row.member_id = input.member_id;
  row.name = input.name.empty() ? std::string(member.Text(0)) : input.name;
  OL_ASSIGN_OR_RETURN(row.account_ref, storage::EnsureAccount(db, input.provider, input.account_id,
                                                              session.NewId()));
  // An account is one at its provider. At another address it would be another's, and what that says
  // would stop this one.
  OL_ASSIGN_OR_RETURN(const std::vector<std::string> elsewhere,
                      storage::LoadAddressesElsewhere(db, row.account_ref, org_id));
  for (const std::string& address : elsewhere) {
    if (SameAddress(address, input.base_url)) continue;
    return Error(ErrorCode::kConflict,
                 "account_id: another organization has connected it at another base_url");
  }
  OL_ASSIGN_OR_RETURN(const auto before, storage::FindSenderOfAccount(db, org_id, row.account_ref));
  if (before) {
    if (before->active && before->stop_reason.empty()) {
      return Error(ErrorCode::kAlreadyExists, "account_id: is connected in this organization");
    }
    row.sender_id = before->sender_id;  // its campaigns and open messages go on
  }
  row.base_url = input.base_url;
  const base::Digest& seal_key = session.keys().current().seal;
  OL_ASSIGN_OR_RETURN(row.api_key_sealed,
                      base::Seal(seal_key, row.sender_id.view(), input.api_key));
  row.webhook_header = input.webhook_header;
  OL_ASSIGN_OR_RETURN(row.webhook_secret_sealed,
                      base::Seal(seal_key, row.sender_id.view(), input.webhook_secret));
  row.premium = input.premium;
  row.zone = input.zone;
  row.work_start_min = input.work_start_min;
  row.work_end_min = input.work_end_min;
  row.work_days = input.work_days;
  row.invitations_per_day = input.invitations_per_day;
  row.invitations_per_week = input.invitations_per_week;
  row.messages_per_day = input.messages_per_day;
  row.messages_per_week = input.messages_per_week;
  row.profiles_per_day = input.profiles_per_day;
  row.profiles_per_week = input.profiles_per_week;
  row.min_gap_us = input.min_gap_us;
  OL_RETURN_IF_ERROR(storage::PutSender(db, org_id, row, session.now_us()));
  OL_RETURN_IF_ERROR(storage::StartAccount(db, row.account_ref, session.now_us()));
  OL_RETURN_IF_ERROR(RecordConnectionMandate(session, org_id,
                                             {.member_id = input.member_id,
                                              .sender_id = row.sender_id,
                                              .scope = input.mandate_scope,
                                              .text_version = input.mandate_version,
                                              .text_digest = input.mandate_digest,
                                              .evidence_ref = input.mandate_evidence}));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "sender.connect", row.sender_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return row.sender_id;
}

absl::StatusOr<Table> ListSenders(Engine& engine, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto senders, storage::LoadSenders(session.db(), org_id));
  Table table({{"sender_id", ColumnType::kId},
               {"member_id", ColumnType::kId},
               {"name", ColumnType::kText},
               {"account_id", ColumnType::kText},
               {"base_url", ColumnType::kText},
               {"premium", ColumnType::kInt},
               {"zone", ColumnType::kText},
               {"state", ColumnType::kText},
               {"paused_until_us", ColumnType::kInt},
               {"stop_reason", ColumnType::kText},
               {"invitations_per_day", ColumnType::kInt},
               {"invitations_per_week", ColumnType::kInt},
               {"messages_per_day", ColumnType::kInt},
               {"messages_per_week", ColumnType::kInt},
               {"profiles_per_day", ColumnType::kInt},
               {"profiles_per_week", ColumnType::kInt}});
  for (const storage::SenderRow& row : senders) {
    table.Add(
        {row.sender_id, row.member_id, row.name, row.account_id, row.base_url,
         static_cast<int64_t>(row.premium), row.zone, StateOf(row), row.paused_until_us,
         row.stop_reason, static_cast<int64_t>(row.invitations_per_day),
         static_cast<int64_t>(row.invitations_per_week), static_cast<int64_t>(row.messages_per_day),
         static_cast<int64_t>(row.messages_per_week), static_cast<int64_t>(row.profiles_per_day),
         static_cast<int64_t>(row.profiles_per_week)});
  }
  return table;
}

absl::StatusOr<Table> DisconnectSender(Engine& engine, const base::Id& org_id,
                                       const base::Id& sender_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(const int64_t changed,
                      session.db()->Run("UPDATE senders SET state = 'disconnected' WHERE org_id = "
                                        "$1 AND sender_id = $2",
                                        {org_id, sender_id}));
  if (changed == 0) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
  OL_ASSIGN_OR_RETURN(Table on_their_way, OnTheirWay(session, org_id, sender_id, false));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "sender.disconnect", sender_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return on_their_way;
}

absl::Status ResumeSender(Engine& engine, const base::Id& org_id, const base::Id& sender_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const auto sender, storage::LoadSender(db, org_id, sender_id));
  if (!sender) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
  OL_RETURN_IF_ERROR(storage::ActivateSender(db, org_id, sender_id));
  OL_RETURN_IF_ERROR(storage::StartAccount(db, sender->account_ref, session.now_us()));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "sender.resume", sender_id));
  return transaction.Commit();
}

absl::Status ReleaseSender(Engine& engine, const base::Id& org_id, const base::Id& sender_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const auto sender, storage::LoadSender(db, org_id, sender_id));
  if (!sender) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
  if (!sender->reconcile_from_us) return absl::OkStatus();
  OL_RETURN_IF_ERROR(storage::ReleaseSender(db, org_id, sender_id));
  OL_RETURN_IF_ERROR(storage::TouchDue(db, org_id, session.now_us()));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "sender.release", sender_id));
  return transaction.Commit();
}

absl::StatusOr<Table> ListSubProcessors(Engine& engine) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(
      storage::Cursor row,
      session.db()->Query("SELECT sub_processor_id, name, region, safeguard, transfer_record, "
                          "purposes, data_categories, no_training, authorised_from_us, active "
                          "FROM sub_processors ORDER BY sub_processor_id",
                          {}));
  Table table({{"sub_processor_id", ColumnType::kText},
               {"name", ColumnType::kText},
               {"region", ColumnType::kText},
               {"safeguard", ColumnType::kText},
               {"transfer_record", ColumnType::kText},
               {"purposes", ColumnType::kText},
               {"data_categories", ColumnType::kText},
               {"no_training", ColumnType::kInt},
               {"authorised_from_us", ColumnType::kInt},
               {"active", ColumnType::kInt}});
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) break;
    const auto bits = [&](int column) { return static_cast<uint32_t>(row.Int(column)); };
    table.Add({std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2)),
               std::string(row.Text(3)), std::string(row.Text(4)),
               NameList(domain::PurposeNames(domain::PurposeSet::FromBits(bits(5)))),
               NameList(domain::CategoryNames(domain::DataCategorySet::FromBits(bits(6)))),
               row.Int(7), row.Int(8), row.Int(9)});
  }
  return table;
}

}  // namespace onlyleads::engine
