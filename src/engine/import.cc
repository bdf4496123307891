// The loop of an import: a batch of rows is parsed without the lock, written in one transaction
// together with the position behind it, and between two batches the host is told.
#include "src/engine/import.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/domain/import/preview.h"
#include "src/engine/audit.h"
#include "src/engine/import_file.h"
#include "src/engine/import_rows.h"
#include "src/engine/organizations.h"
#include "src/engine/paging.h"
#include "src/storage/import_store.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;

absl::StatusOr<domain::ExplicitMapping> ParseMapping(const std::string& json) {
  domain::ExplicitMapping mapping;
  if (json.empty()) return mapping;
  const auto document = base::JsonDocument::Parse(json);
  if (!document.ok()) {
    return Error(base::CodeOf(document.status()),
                 absl::StrCat("mapping_json: ", document.status().message()));
  }
  bool strings = document->root().IsObject();
  document->root().ForEachMember([&](std::string_view header, base::JsonValue field) {
    const auto text = field.AsString();
    strings &= text.has_value();
    if (text) mapping.emplace(header, *text);
  });
  if (strings) return mapping;
  return Error(ErrorCode::kInvalidArgument, "mapping_json: must be an object of strings");
}

absl::Status CheckSource(std::string_view source) {
  if (!base::IsStorableUtf8(source)) {
    return Error(ErrorCode::kInvalidUtf8, "source: is no UTF-8 text");
  }
  if (base::Trim(source).empty()) return Error(ErrorCode::kInvalidArgument, "source: is required");
  if (source.size() > base::kMaxNameBytes) return Error(ErrorCode::kLimit, "source: kMaxNameBytes");
  return absl::OkStatus();
}

absl::Status CheckLawfulBasis(std::string_view id) {
  const auto& known = domain::kLawfulBasisNames;
  if (id.empty()) return Error(ErrorCode::kInvalidArgument, "lawful_basis: is required");
  if (std::find(known.begin(), known.end(), id) != known.end()) return absl::OkStatus();
  return Error(ErrorCode::kInvalidArgument, "lawful_basis: is none of the rules' lawful bases");
}

// What makes two imports of one file the same import.
base::Digest DigestOf(const RowContext& context, const domain::ExplicitMapping& mapping) {
  std::string text;
  const auto append = [&](std::string_view field) {
    absl::StrAppend(&text, field.size(), ":", base::ToAbsl(field), ";");
  };
  append(context.source);
  append(context.lawful_basis);
  append(absl::StrCat(static_cast<int>(context.on_existing)));
  for (const auto& [header, field] : mapping) {
    append(header);
    append(field);
  }
  return base::Sha256(text);
}

// Names of columns are stored with attributes and rejects.
absl::Status CheckLayout(const domain::ImportLayout& layout) {
  if (layout.csv.header_line == 0) {
    return Error(ErrorCode::kMappingMissing, "path: the file has no header");
  }
  OL_RETURN_IF_ERROR(RequireIdentifier(layout.mapping));
  for (size_t i = 0; i < layout.mapping.names.size(); ++i) {
    if (layout.mapping.names[i].size() > base::kMaxFieldBytes) {
      return Error(ErrorCode::kLimit, absl::StrCat("header of column ", i + 1, ": kMaxFieldBytes"));
    }
    if (!base::IsStorableUtf8(layout.mapping.names[i])) {
      return Error(ErrorCode::kInvalidUtf8,
                   absl::StrCat("header of column ", i + 1, ": is no text"));
    }
  }
  return absl::OkStatus();
}

std::string CountsJson(const storage::ImportCounts& counts) {
  base::JsonWriter json;
  json.BeginObject()
      .Field("rows", counts.rows)
      .Field("created", counts.created)
      .Field("updated", counts.updated)
      .Field("unchanged", counts.unchanged)
      .Field("suppressed", counts.suppressed)
      .Field("rejected", counts.rejected)
      .Field("opt_outs", counts.opt_outs)
      .EndObject();
  return json.Take();
}

class Importer {
 public:
  Importer(Engine* engine, const ImportOptions* options, ImportFile* file, RowContext context)
      : engine_(*engine), options_(*options), file_(*file), context_(std::move(context)) {}

  absl::StatusOr<ImportReport> Run(const domain::ExplicitMapping& wanted) {
    OL_ASSIGN_OR_RETURN(layout_, domain::DetectImportLayout(file_.reader(), wanted));
    OL_RETURN_IF_ERROR(CheckLayout(layout_));
    OL_ASSIGN_OR_RETURN(const base::Digest digest, file_.Digest());
    OL_RETURN_IF_ERROR(file_.CheckUnchanged());
    OL_RETURN_IF_ERROR(Start(digest, DigestOf(context_, wanted)));
    const domain::csv::Position from{static_cast<uint64_t>(state_.byte_offset),
                                     static_cast<uint64_t>(state_.next_line)};
    domain::csv::RecordReader reader(file_.reader(), layout_.csv.dialect, from);
    while (state_.running) {
      if (engine_.IsCancelled()) return Cancelled();
      OL_RETURN_IF_ERROR(ReadBatch(&reader));
      OL_RETURN_IF_ERROR(CommitBatch());
      // Never after the last commit: whoever is killed in here gets the whole report next time.
      if (state_.running && !TellHost()) return Cancelled();
    }
    const storage::ImportCounts& counts = state_.counts;
    return ImportReport{state_.import_id,  resumed_,        counts.rows,
                        counts.created,    counts.updated,  counts.unchanged,
                        counts.suppressed, counts.rejected, counts.opt_outs};
  }

 private:
  static absl::Status Cancelled() {
    return Error(ErrorCode::kCancelled, "the import was cancelled; started again it goes on");
  }

  absl::Status Start(const base::Digest& file_digest, const base::Digest& options_digest) {
    OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
    const absl::TimeZone utc = absl::UTCTimeZone();
    today_ = absl::ToCivilDay(absl::FromUnixMicros(session.now_us()), utc);
    storage::Connection* db = session.db();
    const base::Id& org_id = context_.org_id;
    OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
    OL_ASSIGN_OR_RETURN(const auto found,
                        storage::FindRunningImport(db, org_id, file_digest, options_digest));
    resumed_ = found.has_value();
    if (resumed_) {
      state_ = *found;
    } else {
      state_.import_id = session.NewId();
      state_.running = true;
      state_.byte_offset = static_cast<int64_t>(layout_.csv.data.offset);
      state_.next_line = static_cast<int64_t>(layout_.csv.data.line);
      const storage::NewImport input{file_digest, options_digest, context_.source,
                                     context_.lawful_basis};
      OL_RETURN_IF_ERROR(storage::InsertImport(db, org_id, input, state_, session.now_us()));
      OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "import.start", state_.import_id));
    }
    context_.import_id = state_.import_id;
    return transaction.Commit();
  }

  absl::Status ReadBatch(domain::csv::RecordReader* reader) {
    batch_.clear();
    next_ = state_;
    const auto begin = static_cast<uint64_t>(state_.byte_offset);
    domain::csv::Record record;
    for (int i = 0; i < options_.batch_rows && !at_end_; ++i) {
      OL_ASSIGN_OR_RETURN(const bool more, reader->Next(&record));
      at_end_ = !more;
      if (at_end_) break;
      batch_.push_back(BuildRow(record, layout_.mapping, today_));
      next_.byte_offset = static_cast<int64_t>(record.end.offset);
      next_.next_line = static_cast<int64_t>(record.end.line);
      if (record.end.offset - begin >= base::kImportBatchBytes) break;
    }
    // The import ends with a transaction of its own, behind the last rows'.
    next_.running = !batch_.empty();
    return absl::OkStatus();
  }

  absl::Status CommitBatch() {
    OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
    storage::Connection* db = session.db();
    OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
    OL_ASSIGN_OR_RETURN(const auto stored,
                        storage::LoadImport(db, context_.org_id, context_.import_id));
    if (!stored || !stored->running || stored->byte_offset != state_.byte_offset) {
      return Error(ErrorCode::kConflict, "path: the same import is running elsewhere");
    }
    OL_ASSIGN_OR_RETURN(RowWriter writer, RowWriter::Begin(&session, &context_));
    for (const domain::ProspectRow& row : batch_) {
      OL_RETURN_IF_ERROR(writer.Apply(row, &next_.counts));
    }
    OL_RETURN_IF_ERROR(storage::SaveImport(db, context_.org_id, next_, session.now_us()));
    if (!next_.running) {
      OL_RETURN_IF_ERROR(WriteAudit(session, context_.org_id, "system", "import.finish",
                                    context_.import_id, CountsJson(next_.counts)));
    }
    // Last, so that no row of a file that changed meanwhile is committed as one of this file.
    OL_RETURN_IF_ERROR(file_.CheckUnchanged());
    OL_RETURN_IF_ERROR(transaction.Commit());
    state_ = next_;
    return absl::OkStatus();
  }

  bool TellHost() {
    if (!options_.progress) return true;
    return engine_.CallHost([&] {
      const int64_t bytes = at_end_ ? file_.size() : state_.byte_offset;
      return options_.progress(state_.counts.rows, bytes, file_.size());
    });
  }

  Engine& engine_;
  const ImportOptions& options_;
  ImportFile& file_;
  RowContext context_;
  domain::ImportLayout layout_;
  absl::CivilDay today_;
  bool resumed_ = false;
  bool at_end_ = false;       // the reader has no more records
  storage::ImportRow state_;  // as committed
  storage::ImportRow next_;   // behind the batch
  std::vector<domain::ProspectRow> batch_;
};

absl::StatusOr<int64_t> ParseLine(const std::string& token) {
  int64_t line = 0;
  if (token.empty()) return line;
  const char* end = token.data() + token.size();
  const auto [parsed, error] = std::from_chars(token.data(), end, line);
  if (error == std::errc() && parsed == end && line >= 0) return line;
  return Error(ErrorCode::kInvalidArgument, "page_token: is none of ours");
}

}  // namespace

absl::StatusOr<ImportReport> ImportCsv(Engine& engine, const base::Id& org_id,
                                       const std::string& path, const ImportOptions& options) {
  const CallScope call(engine);
  OL_RETURN_IF_ERROR(CheckSource(options.source));
  OL_RETURN_IF_ERROR(CheckLawfulBasis(options.lawful_basis));
  const auto on_existing =
      domain::OnExistingFromName(options.on_existing.empty() ? "fill" : options.on_existing);
  if (!on_existing) {
    return Error(ErrorCode::kInvalidArgument, "on_existing: must be fill, skip or overwrite");
  }
  if (options.batch_rows < 1 || options.batch_rows > base::kImportBatchRows) {
    return Error(ErrorCode::kLimit, "batch_rows: kImportBatchRows");
  }
  OL_ASSIGN_OR_RETURN(const domain::ExplicitMapping mapping, ParseMapping(options.mapping_json));
  OL_RETURN_IF_ERROR(RequireOrganization(engine, org_id));
  OL_ASSIGN_OR_RETURN(const std::unique_ptr<ImportFile> file, ImportFile::Open(path));
  RowContext context{org_id, {}, options.source, options.lawful_basis, *on_existing};
  return Importer(&engine, &options, file.get(), std::move(context)).Run(mapping);
}

absl::StatusOr<base::Table> ImportRejects(Engine& engine, const base::Id& org_id,
                                          const base::Id& import_id, const std::string& page_token,
                                          int limit) {
  OL_ASSIGN_OR_RETURN(const int64_t after, ParseLine(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto import, storage::LoadImport(session.db(), org_id, import_id));
  if (!import) return Error(ErrorCode::kNotFound, "import_id: no such import");
  OL_ASSIGN_OR_RETURN(const auto rows,
                      storage::LoadRejects(session.db(), org_id, import_id, after, size));
  base::Table table({{"line", base::ColumnType::kInt},
                     {"column", base::ColumnType::kText},
                     {"reason", base::ColumnType::kText}});
  for (const storage::RejectRow& row : rows) table.Add({row.line, row.column, row.reason});
  if (static_cast<int>(rows.size()) == size) table.set_next_page(absl::StrCat(rows.back().line));
  return table;
}

absl::StatusOr<std::string> PreviewCsv(const std::string& path, int64_t limit) {
  OL_ASSIGN_OR_RETURN(const std::unique_ptr<ImportFile> file, ImportFile::Open(path));
  const auto rows = limit < 0 ? std::nullopt : std::optional(static_cast<uint64_t>(limit));
  OL_ASSIGN_OR_RETURN(const domain::Preview preview, domain::MakePreview(file->reader(), rows, {}));
  base::JsonWriter json;
  const auto list = [&](const std::vector<std::string>& texts) {
    json.BeginArray();
    for (const std::string& text : texts) json.String(text);
    json.EndArray();
  };
  json.BeginObject()
      .Field("encoding", preview.encoding)
      .Field("delimiter", preview.delimiter)
      .Field("header_row", static_cast<int64_t>(preview.header_row))
      .Key("header");
  list(preview.header);
  json.Key("rows").BeginArray();
  for (const auto& row : preview.rows) list(row);
  json.EndArray().Key("mapping");
  list(preview.mapping);
  json.EndObject();
  return json.Take();
}

}  // namespace onlyleads::engine
