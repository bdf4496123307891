#include "tests/support/full_person.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "src/base/abseil.h"
#include "src/base/crypto.h"
#include "src/storage/registry.h"

namespace onlyleads::tests {
namespace {

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

  std::map<std::string, std::string> Fill() {
    for (const storage::PersonTable& table : storage::PersonTables()) {
      const bool personal =
          std::any_of(table.columns.begin(), table.columns.end(),
                      [](const storage::Column* column) { return storage::IsPersonal(*column); });
      if (table.key == "prospect_id" && personal) FillTable(table);
    }
    return words_;
  }

 private:
  void FillTable(const storage::PersonTable& table) {
    const std::string name(table.table);
    const std::vector<Cell> cells = CellsOf(name);
    if (Count(name) == 0) Insert(name, cells);
    for (const storage::Column* column : table.columns) {
      const auto cell = std::find_if(cells.begin(), cells.end(),
                                     [&](const Cell& c) { return c.name == column->column; });
      ASSERT_NE(cell, cells.end()) << name << "." << column->column;
      if (cell->type != "TEXT" || !storage::IsPersonal(*column)) continue;
      if (!AllowedValue(name, cell->name).empty()) continue;
      const std::string word = RareWord(name + "." + cell->name);
      // The two documents must stay JSON.
      std::string value = word;
      if (name == "prospects" && cell->name == "attributes") value = "{\"" + word + "\":\"a\"}";
      if (name == "scores" && cell->name == "factors") value = "[{\"name\":\"" + word + "\"}]";
      const absl::Status updated =
          db_->Run(absl::StrCat("UPDATE ", name, " SET ", cell->name,
                                " = $3 WHERE org_id = $1 AND prospect_id = $2"),
                   {org_id_, prospect_id_, value})
              .status();
      ASSERT_TRUE(updated.ok()) << name << "." << cell->name << ": " << updated;
      words_[name + "." + cell->name] = word;
    }
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
  std::map<std::string, std::string> words_;
};

}  // namespace

std::string RareWord(const std::string& name) {
  const base::Digest digest = base::Sha256(name);
  std::string word;
  for (int i = 0; i < 12; ++i) word += "qxzj"[digest[static_cast<size_t>(i)] & 3];
  return word;
}

std::map<std::string, std::string> FillEveryColumn(storage::Connection* db, const base::Id& org_id,
                                                   const base::Id& prospect_id,
                                                   const base::Id& sender_id) {
  return Filler(db, org_id, prospect_id, sender_id).Fill();
}

}  // namespace onlyleads::tests
