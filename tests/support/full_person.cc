#include "tests/support/full_person.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "src/base/abseil.h"
#include "src/base/crypto.h"
#include "src/base/time.h"

namespace onlyleads::tests {
namespace {

// Columns without a rare value, and why. "*" stands for any name; a whole table may only be listed
// when its rows belong to no person, which WhyNotFilled checks by the register.
struct Reason {
  std::string_view table, columns, why;  // columns: parted by blanks
};
constexpr Reason kReasons[] = {
    {"*", "org_id", "the engine's id of the customer"},
    {"*", "prospect_id", "the engine's id of the person, which stays in audit and decisions"},
    {"*", "sender_id campaign_id", "the engine's id of what is the customer's"},
    {"identifiers", "kind", "part of the keyed digest: it stays in tombstones"},
    {"signals", "kind", "the schema lists its values"},
    {"person_facts", "objected_at_us restricted_at_us",
     "the instant of a refusal stays in the ledger, so that no older copy forgets it"},
    // Kept by an erasure, on purpose: what accounts for it, and what keeps the person from being
    // written to again. Ids, digests, instants of the engine, and codes that it chose itself; what
    // goes into the digests is searched for in the clear.
    {"suppressions",
     "kind digest channel key_generation normalisation_version reason created_at_us",
     "a keyed digest that keeps the person from being written to"},
    {"restrictions", "kind digest key_generation normalisation_version restricted_at_us",
     "a keyed digest that keeps a restriction when the person comes back"},
    {"tombstones", "kind digest key_generation normalisation_version erased_at_us",
     "a keyed digest that keeps the person from coming back"},
    {"send_ledger",
     "person_digest step channel message_id key_generation normalisation_version outcome "
     "recorded_at_us",
     "a keyed digest that keeps a step from being sent twice"},
    {"ledger_pending",
     "pending_id kind message_id digest number key_generation normalisation_version channel code "
     "at_us",
     "what goes to the ledger: ids, digests, codes"},
    {"enrollments", "state step due_at_us reason enrolled_at_us updated_at_us",
     "a place in a sequence, and codes"},
    {"decisions",
     "decision_id step channel purpose allowed reason lawful_basis profile pack_version "
     "facts_version stage decided_at_us",
     "accounts for what was sent: ids, codes"},
    {"outbox",
     "message_id step channel purpose decision_id allowed state body_digest due_at_us attempts "
     "fencing_token lease_end_us started_at_us looks cancelled outcome sent_at_us created_at_us",
     "accounts for what was sent: ids, codes, instants, a digest of the text"},
    {"disclosures", "disclosure_id sub_processor_id purpose data_categories disclosed_at_us",
     "accounts for what left: ids, codes"},
    {"holds", "hold_id reason placed_at_us until_us released_at_us",
     "accounts for what was kept: a code"},
    {"audit_entries", "entry_id at_us actor verb subject_id detail seq hash",
     "the audit's chain: ids, codes, counts"},
    {"deleted_identifiers", "kind digest key_generation",
     "a keyed digest that becomes a tombstone when the deleted person asks for it"},
    // No person's rows.
    {"installation", "*", "of the installation"},
    {"key_generations", "*", "of the installation"},
    {"sub_processors", "*", "of the installation"},
    {"migrations", "*", "of the installation"},
    {"residue", "*", "of the installation"},
    {"ledger_lineage", "*", "of the installation"},
    {"ledger_frames", "*", "signed records of ids, digests and codes"},
    {"installation_suppressions", "*", "keyed digests"},
    {"webhook_events", "*", "keyed digests"},
    {"external_accounts", "*", "of the customer's people"},
    {"account_uses", "*", "counts uses of an account"},
    {"organizations", "*", "of the customer"},
    {"org_due", "*", "of the customer"},
    {"retention_due", "*", "of the customer"},
    {"members", "*", "of the customer's people"},
    {"senders", "*", "of the customer's people"},
    {"mandates", "*", "of the customer's people"},
    {"mandate_channels", "*", "of the customer's people"},
    {"usage_log", "*", "of the customer's people"},
    {"campaigns", "*", "of the customer"},
    {"imports", "*", "counts, codes, digests of a file"},
    {"import_rejects", "*", "a line's number and codes"},
    {"audit_heads", "*", "the audit's chain"},
    {"audit_anchors", "*", "the audit's chain"},
};

// Their rows begin when a person is deleted.
constexpr std::string_view kOfTheDeleted[] = {"deleted_prospects", "deleted_identifiers"};

bool IsOfTheDeleted(std::string_view table) {
  return std::find(std::begin(kOfTheDeleted), std::end(kOfTheDeleted), table) !=
         std::end(kOfTheDeleted);
}

// Found by the person's id or by a digest of theirs.
bool BelongsToPeople(std::string_view table) {
  const auto& tables = storage::PersonTables();
  return std::any_of(tables.begin(), tables.end(),
                     [&](const storage::PersonTable& t) { return t.table == table; });
}

bool Fits(const Reason& reason, const storage::Column& column) {
  if (reason.table != "*" && reason.table != column.table) return false;
  if (reason.columns == "*") {
    return !BelongsToPeople(column.table) && !storage::IsPersonal(column);
  }
  return absl::StrContains(absl::StrCat(" ", base::ToAbsl(reason.columns), " "),
                           absl::StrCat(" ", base::ToAbsl(column.column), " "));
}

// Of before the tests' clock, so that no instant of the engine is one.
int64_t RareNumber(const std::string& name) {
  const base::Digest digest = base::Sha256(name);
  uint64_t bits = 0;
  std::memcpy(&bits, digest.data(), sizeof bits);
  return 1'600'000'000'000'000 + static_cast<int64_t>(bits % 150'000'000'000'000);
}

double RareReal(const std::string& name) {
  return static_cast<double>(RareNumber(name)) / 1'750'000'000'000'000.0;
}

// The six bytes at the low end in either order: those above are the same in many numbers.
void AddBytes(uint64_t bits, std::vector<std::string>* forms) {
  std::string bytes;
  for (int i = 0; i < 6; ++i) bytes += static_cast<char>(bits >> (8 * i));
  forms->push_back(bytes);
  forms->emplace_back(bytes.rbegin(), bytes.rend());
}

void AddDigits(const std::string& digits, std::vector<std::string>* forms) {
  forms->push_back(digits);
  std::string wide;
  for (const char digit : digits) wide += {digit, '\0'};
  wide.pop_back();  // UTF-16 in either order
  forms->push_back(wide);
}

struct Cell {
  std::string name, type;
};

std::string Hex(std::string_view bytes) {
  return absl::StrCat("x'", absl::BytesToHexString(base::ToAbsl(bytes)), "'");
}

class Filler {
 public:
  Filler(storage::Connection* db, const base::Id& org_id, const base::Id& prospect_id,
         const base::Id& sender_id)
      : db_(db), org_id_(org_id), prospect_id_(prospect_id), sender_id_(sender_id) {}

  // The columns of one type, or of all.
  std::vector<RareValue> Fill(bool deleted, std::string_view type = {}) {
    for (const storage::PersonTable& table : storage::PersonTables()) {
      const bool open =
          std::any_of(table.columns.begin(), table.columns.end(),
                      [](const storage::Column* c) { return WhyNotFilled(*c).empty(); });
      if (!open || IsOfTheDeleted(table.table) != deleted) continue;
      // Of tables that know a digest alone nothing can be filled: each column must be listed.
      EXPECT_EQ(table.key, "prospect_id") << table.table << ": a column is not listed";
      if (table.key == "prospect_id") FillTable(table, type);
    }
    return std::move(values_);
  }

 private:
  void FillTable(const storage::PersonTable& table, std::string_view type) {
    const std::string name(table.table);
    const std::vector<Cell> cells = CellsOf(name);
    if (Count(name) == 0) Insert(name, cells);
    for (const storage::Column* column : table.columns) {
      const auto cell = std::find_if(cells.begin(), cells.end(),
                                     [&](const Cell& c) { return c.name == column->column; });
      ASSERT_NE(cell, cells.end()) << name << "." << column->column;
      if (!type.empty() && cell->type != type) continue;
      if (WhyNotFilled(*column).empty()) FillCell(name, *cell);
    }
  }

  void FillCell(const std::string& table, const Cell& cell) {
    RareValue rare{absl::StrCat(table, ".", cell.name), {}, {}, {}};
    absl::Status updated;
    if (cell.type == "TEXT") {
      rare.cell = rare.word = RareWord(rare.column);
      // The two documents must stay JSON.
      std::string text = rare.word;
      if (rare.column == "prospects.attributes") text = "{\"" + rare.word + "\":\"a\"}";
      if (rare.column == "scores.factors") text = "[{\"name\":\"" + rare.word + "\"}]";
      updated = Update(table, cell.name, text);
    } else if (cell.type == "BLOB") {
      rare.cell = rare.word = RareWord(rare.column, 16);  // as long as an id
      updated = Update(table, cell.name, storage::Blob{rare.word});
    } else if (cell.type == "INTEGER") {
      const int64_t number = RareNumber(rare.column);
      rare.cell = absl::StrCat(number);
      // The next one too: a version is counted up before the person goes.
      for (const int64_t n : {number, number + 1}) {
        AddBytes(static_cast<uint64_t>(n), &rare.forms);
        AddDigits(absl::StrCat(n), &rare.forms);
      }
      rare.forms.push_back(base::FormatIsoMs(number));
      updated = Update(table, cell.name, number);
    } else {
      ASSERT_EQ(cell.type, "REAL") << rare.column;
      const double number = RareReal(rare.column);
      uint64_t bits = 0;
      std::memcpy(&bits, &number, sizeof bits);
      rare.cell = absl::StrFormat("%.17g", number).substr(0, 12);
      AddBytes(bits, &rare.forms);
      AddDigits(rare.cell, &rare.forms);
      updated = Update(table, cell.name, number);
    }
    ASSERT_TRUE(updated.ok()) << rare.column
                              << " can neither be filled nor is it listed: " << updated;
    values_.push_back(std::move(rare));
  }

  // Where a person has two rows of a table and the column is in its key, one of them remains.
  absl::Status Update(const std::string& table, const std::string& column,
                      const storage::Value& value) {
    return db_
        ->Run(absl::StrCat("UPDATE OR REPLACE ", table, " SET ", column,
                           " = $3 WHERE org_id = $1 AND prospect_id = $2"),
              {org_id_, prospect_id_, value})
        .status();
  }

  std::vector<Cell> CellsOf(const std::string& table) {
    auto c = db_->Query("SELECT name, type FROM pragma_table_info($1)", {table});
    std::vector<Cell> cells;
    while (*c->Next()) cells.push_back({std::string(c->Text(0)), std::string(c->Text(1))});
    return cells;
  }

  int64_t Count(const std::string& table) {
    return storage::QueryInt(
               db_, "SELECT count(*) FROM " + table + " WHERE org_id = $1 AND prospect_id = $2",
               {org_id_, prospect_id_})
        ->value_or(0);
  }

  // The first of the values that the schema allows, or nothing when it allows all.
  std::string AllowedValue(const std::string& table, const std::string& column) {
    auto c =
        db_->Query("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = $1", {table});
    EXPECT_TRUE(*c->Next()) << table;
    const std::string sql =
        absl::StrReplaceAll(base::ToAbsl(c->Text(0)), {{"\n", " "}, {"    ", ""}});
    const std::string check = absl::StrCat("CHECK (", column, " IN ('");
    const size_t at = sql.find(check);
    if (at == std::string::npos) return "";
    const size_t begin = at + check.size();
    return sql.substr(begin, sql.find('\'', begin) - begin);
  }

  std::string Value(const std::string& table, const Cell& cell) {
    if (cell.name == "org_id") return Hex(org_id_.view());
    if (cell.name == "prospect_id") return Hex(prospect_id_.view());
    if (cell.name == "sender_id") return Hex(sender_id_.view());
    if (cell.type == "BLOB") return Hex(std::string(16, '\x07'));
    if (cell.type == "REAL") return "1.5";
    if (cell.type == "INTEGER") return "1";
    return absl::StrCat("'", AllowedValue(table, cell.name), "'");
  }

  void Insert(const std::string& table, const std::vector<Cell>& cells) {
    std::string values;
    for (const Cell& cell : cells) {
      absl::StrAppend(&values, values.empty() ? "" : ", ", Value(table, cell));
    }
    const absl::Status inserted =
        db_->Script(absl::StrCat("INSERT INTO ", table, " VALUES (", values, ")"));
    ASSERT_TRUE(inserted.ok()) << table << ": " << inserted;
  }

  storage::Connection* db_;
  const base::Id org_id_, prospect_id_, sender_id_;
  std::vector<RareValue> values_;
};

}  // namespace

std::string RareWord(const std::string& name, size_t letters) {
  const base::Digest digest = base::Sha256(name);
  std::string word;
  for (size_t i = 0; i < letters; ++i) word += "qxzj"[digest[i] & 3];
  return word;
}

std::string WhyNotFilled(const storage::Column& column) {
  for (const Reason& reason : kReasons) {
    if (Fits(reason, column)) return std::string(reason.why);
  }
  return "";
}

std::vector<std::string> StaleReasons() {
  std::vector<std::string> stale;
  for (const Reason& reason : kReasons) {
    const auto columns = storage::Registry();
    for (const absl::string_view name : absl::StrSplit(base::ToAbsl(reason.columns), ' ')) {
      const Reason one{reason.table, {name.data(), name.size()}, {}};
      if (std::none_of(columns.begin(), columns.end(),
                       [&](const storage::Column& column) { return Fits(one, column); })) {
        stale.push_back(absl::StrCat(base::ToAbsl(reason.table), ".", name));
      }
    }
  }
  return stale;
}

std::vector<RareValue> FillLivePerson(storage::Connection* db, const base::Id& org_id,
                                      const base::Id& prospect_id, const base::Id& sender_id) {
  return Filler(db, org_id, prospect_id, sender_id).Fill(false);
}

std::vector<RareValue> FillDeletedPerson(storage::Connection* db, const base::Id& org_id,
                                         const base::Id& prospect_id) {
  return Filler(db, org_id, prospect_id, base::Id{}).Fill(true);
}

std::map<std::string, std::string> FillEveryColumn(storage::Connection* db, const base::Id& org_id,
                                                   const base::Id& prospect_id,
                                                   const base::Id& sender_id) {
  std::map<std::string, std::string> words;
  for (const RareValue& value : Filler(db, org_id, prospect_id, sender_id).Fill(false, "TEXT")) {
    words[value.column] = value.word;
  }
  return words;
}

}  // namespace onlyleads::tests
