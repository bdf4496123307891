// The CSV reader against csv-spectrum, a collection of encodings, and the damage that files of
// strangers come with.
#include <gtest/gtest.h>

#include <filesystem>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/limits.h"
#include "src/domain/import/preview.h"
#include "tests/import_support.h"

namespace onlyleads {
namespace {

using domain::MakePreview;
using domain::Preview;
using domain::csv::Dialect;
using domain::csv::Encoding;
using domain::csv::Position;
using domain::csv::Problem;
using domain::csv::ReadAt;
using domain::csv::Record;
using domain::csv::RecordReader;
using tests::DataPath;
using tests::FromString;
using tests::ReadFile;
using Rows = std::vector<std::vector<std::string>>;

Preview PreviewOf(const std::string& text) {
  auto preview = MakePreview(FromString(text), std::nullopt, {});
  EXPECT_TRUE(preview.ok()) << preview.status();
  return preview.ok() ? *std::move(preview) : Preview{};
}

struct Kept {
  Position begin, end;
  Problem problem = Problem::kNone;
  std::optional<size_t> invalid_cell;
  std::vector<std::string> cells;

  bool operator==(const Kept& o) const {
    return begin.offset == o.begin.offset && begin.line == o.begin.line &&
           end.offset == o.end.offset && end.line == o.end.line && problem == o.problem &&
           invalid_cell == o.invalid_cell && cells == o.cells;
  }
};

std::vector<Kept> ReadAll(const ReadAt& source, const Dialect& dialect, Position start = {},
                          size_t chunk_bytes = 64 * 1024) {
  std::vector<Kept> kept;
  RecordReader reader(source, dialect, start, chunk_bytes);
  Record record;
  while (*reader.Next(&record)) {
    kept.push_back({record.begin,
                    record.end,
                    record.problem,
                    record.invalid_cell,
                    {record.cells.begin(), record.cells.end()}});
  }
  return kept;
}

Rows CellsOf(const std::string& text, const Dialect& dialect = {}) {
  Rows rows;
  for (Kept& kept : ReadAll(FromString(text), dialect)) rows.push_back(std::move(kept.cells));
  return rows;
}

std::vector<std::string> Strings(base::JsonValue list) {
  std::vector<std::string> out;
  for (size_t i = 0; i < list.size(); ++i) out.emplace_back(*list.at(i).AsString());
  return out;
}

std::string Utf16(std::u16string_view text, bool little, bool bom) {
  std::string out;
  const auto put = [&](char16_t unit) {
    const char low = static_cast<char>(unit & 0xff), high = static_cast<char>(unit >> 8);
    out += little ? std::string{low, high} : std::string{high, low};
  };
  if (bom) put(0xfeff);
  for (char16_t unit : text) put(unit);
  return out;
}

TEST(CsvSpectrum, EveryPairReadsAsItsJsonSays) {
  int pairs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DataPath("csv-spectrum/csvs"))) {
    const std::string name = entry.path().stem().string();
    SCOPED_TRACE(name);
    const Preview preview = PreviewOf(ReadFile(entry.path().string()));
    auto json =
        base::JsonDocument::Parse(ReadFile(DataPath("csv-spectrum/json/" + name + ".json")));
    ASSERT_TRUE(json.ok()) << json.status();
    ASSERT_EQ(preview.rows.size(), json->root().size());
    for (size_t i = 0; i < preview.rows.size(); ++i) {
      std::vector<std::string> header, cells;
      json->root().at(i).ForEachMember([&](std::string_view key, base::JsonValue value) {
        header.emplace_back(key);
        cells.emplace_back(*value.AsString());
      });
      EXPECT_EQ(preview.header, header);
      EXPECT_EQ(preview.rows[i], cells);
    }
    ++pairs;
  }
  EXPECT_EQ(pairs, 12);
}

TEST(CsvEncodings, EveryFileReadsAsPythonReadsItWhenToldTheDialect) {
  auto expected = base::JsonDocument::Parse(ReadFile(DataPath("csv-encodings/expected.json")));
  ASSERT_TRUE(expected.ok()) << expected.status();
  int files = 0;
  expected->root().ForEachMember([&](std::string_view name, base::JsonValue want) {
    SCOPED_TRACE(name);
    const Preview preview = PreviewOf(ReadFile(DataPath("csv-encodings/" + std::string(name))));
    EXPECT_EQ(preview.encoding, *want["encoding"].AsString());
    EXPECT_EQ(preview.delimiter, *want["delimiter"].AsString());
    EXPECT_EQ(preview.header, Strings(want["header"]));
    EXPECT_EQ(static_cast<int64_t>(preview.header_row), *want["header_row"].AsInt());
    if (want.Has("row_count")) {
      ASSERT_EQ(static_cast<int64_t>(preview.rows.size()), *want["row_count"].AsInt());
      EXPECT_EQ(preview.rows.back(), Strings(want["last"]));
    } else {
      Rows rows;
      for (size_t i = 0; i < want["rows"].size(); ++i) rows.push_back(Strings(want["rows"].at(i)));
      EXPECT_EQ(preview.rows, rows);
    }
    ++files;
  });
  EXPECT_EQ(files, 40);
}

TEST(CsvParser, EndsRecordsAtEachKindOfLineEndMixed) {
  const auto kept = ReadAll(FromString("a,b\r\nc,d\re,f\n\n \t\ng,h"), {});
  ASSERT_EQ(kept.size(), 4u);
  EXPECT_EQ(kept[1].begin.line, 2u);
  EXPECT_EQ(kept[2].begin.line, 3u);
  EXPECT_EQ(kept[3].begin.line, 6u);
  EXPECT_EQ(kept[3].cells, (std::vector<std::string>{"g", "h"}));
  EXPECT_EQ(kept[0].end.offset, 5u) << "a line feed after a carriage return is the same line end";
}

TEST(CsvParser, HalvesOfACharacterInTwoCellsAreDamageInBoth) {
  const std::vector<Kept> records = ReadAll(FromString("a,\xca,\xa4,b\n"), {});
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].invalid_cell, 1u);
  EXPECT_EQ(records[0].cells, (std::vector<std::string>{"a", "\ufffd", "\ufffd", "b"}));
}

TEST(CsvParser, TakesALineOfOnlySeparatorsAsARecordAndABlankOneAsNone) {
  EXPECT_EQ(CellsOf("a,b\n,\n\n\"\"\n"), (Rows{{"a", "b"}, {"", ""}, {""}}));
}

TEST(CsvParser, TakesQuotesInsideAnUnquotedCellAsText) {
  EXPECT_EQ(CellsOf("5\" pipe,a\"b\"c\n\"x\"y,\"q\"\"q\"\n"),
            (Rows{{"5\" pipe", "a\"b\"c"}, {"xy", "q\"q"}}));
}

TEST(CsvParser, CountsPhysicalLinesInsideQuotedCells) {
  const auto kept = ReadAll(FromString("\"one\r\ntwo\rthree\nfour\",x\nnext,y\n"), {});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].cells[0], "one\r\ntwo\rthree\nfour");
  EXPECT_EQ(kept[1].begin.line, 5u);
}

TEST(CsvParser, LosesOneLineNotTheFileToAQuoteThatNeverCloses) {
  for (size_t chunk : {size_t{1}, size_t{3}, size_t{4096}}) {
    const auto kept =
        ReadAll(FromString("a,b\r\n1,\"open\r\n2,x\r\n3,y\r\n"), {}, Position{}, chunk);
    ASSERT_EQ(kept.size(), 4u);
    EXPECT_EQ(kept[1].problem, Problem::kUnclosedQuote);
    EXPECT_EQ(kept[1].begin.line, 2u);
    EXPECT_EQ(kept[2].cells, (std::vector<std::string>{"2", "x"}));
    EXPECT_EQ(kept[2].begin.line, 3u);
    EXPECT_EQ(kept[3].cells, (std::vector<std::string>{"3", "y"}));
  }
  const auto last = ReadAll(FromString("a,b\n1,\"open"), {});
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[1].problem, Problem::kUnclosedQuote);
}

TEST(CsvParser, AQuoteThatSwallowedWholeLinesIsGivenUp) {
  Dialect dialect;
  dialect.columns = 4;
  const std::string swallowed =
      "1,a,b,c\n2,\"a,b,c\n3,a,b,yes\n4,a\",b,c\n5,\"x\ny,z\",b,c\n6,a,b,c\n";
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}}) {
    const auto kept = ReadAll(FromString(swallowed), dialect, {}, chunk);
    ASSERT_EQ(kept.size(), 6u) << chunk;
    EXPECT_EQ(kept[1].problem, Problem::kUnclosedQuote);
    EXPECT_EQ(kept[2].cells, (std::vector<std::string>{"3", "a", "b", "yes"}));
    EXPECT_EQ(kept[3].cells, (std::vector<std::string>{"4", "a\"", "b", "c"}));
    EXPECT_EQ(kept[4].cells, (std::vector<std::string>{"5", "x\ny,z", "b", "c"}));
    EXPECT_EQ(kept[5].begin.line, 7u);
  }
  // Without a header nobody knows better than the quotes.
  EXPECT_EQ(ReadAll(FromString(swallowed), {}).size(), 4u);
  const std::string wide = Utf16(std::u16string(swallowed.begin(), swallowed.end()), true, false);
  dialect.encoding = Encoding::kUtf16Le;
  EXPECT_EQ(ReadAll(FromString(wide), dialect).size(), 6u);
}

TEST(CsvParser, ALineInQuotesIsALine) {
  Dialect dialect;
  dialect.columns = 3;
  EXPECT_EQ(CellsOf("\"1,a,\"\"b,c\"\"\"\n\"1,a\"\n\"x\"\n", dialect),
            (Rows{{"1", "a", "b,c"}, {"1,a"}, {"x"}}));
  dialect.columns = 2;
  EXPECT_EQ(CellsOf("\"Doe, Ann\"\n", dialect), (Rows{{"Doe, Ann"}})) << "a name";
}

TEST(CsvParser, NamesTheLimitAndGoesOnBehindAnOversizedRecord) {
  const std::string big(base::kMaxCellBytes + 1, 'x');
  auto kept = ReadAll(FromString("a,b\n" + big + ",1\n2,3\n"), {});
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept[1].problem, Problem::kCellTooLong);
  EXPECT_EQ(domain::csv::LimitName(kept[1].problem), "kMaxCellBytes");
  EXPECT_EQ(kept[2].cells, (std::vector<std::string>{"2", "3"}));
  kept = ReadAll(FromString(std::string(base::kMaxColumns, ',') + "\n2,3\n"), {});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].problem, Problem::kTooManyColumns);
  kept = ReadAll(FromString(std::string(base::kMaxColumns - 1, ',') + "\n"), {});
  EXPECT_EQ(kept[0].cells.size(), base::kMaxColumns);
  const std::string part(base::kMaxCellBytes - 1, 'x');
  kept =
      ReadAll(FromString(part + "," + part + "," + part + "," + part + "," + part + "\n1\n"), {});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].problem, Problem::kRowTooLong);
}

TEST(CsvParser, MarksTheCellWhoseBytesAreNoText) {
  const auto utf8 = ReadAll(FromString("a,b\nx,\xff\ny,z\n"), {});
  ASSERT_EQ(utf8.size(), 3u);
  EXPECT_EQ(utf8[1].invalid_cell, 1u);
  EXPECT_EQ(utf8[1].cells[1], "\xef\xbf\xbd");
  EXPECT_EQ(utf8[2].invalid_cell, std::nullopt);
  const auto nul = ReadAll(FromString(std::string("a\0,b\n", 5)), {});
  EXPECT_EQ(nul[0].invalid_cell, 0u);
  const char16_t lone[] = {'a', ',', 0xd800, 'x', '\n', 'b', ',', 'c', '\n'};
  const auto wide =
      ReadAll(FromString(Utf16({lone, 9}, true, false) + "z"), {Encoding::kUtf16Le, ','});
  ASSERT_EQ(wide.size(), 3u);
  EXPECT_EQ(wide[0].invalid_cell, 1u);
  EXPECT_EQ(wide[0].cells[1], "\xef\xbf\xbdx");
  EXPECT_EQ(wide[2].invalid_cell, 0u) << "half a unit at the end";
}

TEST(CsvLayout, KnowsUtf16WithAndWithoutByteOrderMark) {
  const std::u16string text = u"name,email\r\nZoë 😀,zoe@a.example\r\n";
  for (bool little : {true, false}) {
    for (bool bom : {true, false}) {
      const Preview preview = PreviewOf(Utf16(text, little, bom));
      EXPECT_EQ(preview.encoding, little ? "utf-16-le" : "utf-16-be");
      EXPECT_EQ(preview.rows, (Rows{{"Zoë 😀", "zoe@a.example"}}));
    }
  }
}

TEST(CsvLayout, SeesACp1252ByteFarBelowTheHead) {
  std::string text = "name,email\n";
  while (text.size() < 2 * base::kSniffBytes) text += "Ann Example,ann@a.example\n";
  text += "Zo\xeb \x80,zoe@a.example\n";
  const Preview preview = PreviewOf(text);
  EXPECT_EQ(preview.encoding, "cp1252");
  EXPECT_EQ(preview.rows.back()[0], "Zoë €");
}

TEST(CsvLayout, RefusesUtf32) {
  const auto preview =
      MakePreview(FromString(std::string("\xff\xfe\0\0a\0\0\0", 8)), std::nullopt, {});
  EXPECT_EQ(base::CodeOf(preview.status()), base::ErrorCode::kInvalidArgument);
}

TEST(CsvLayout, FindsTheHeaderBelowAPreambleOfAnyShape) {
  const Preview known = PreviewOf(
      "Exported, on Monday, by nobody, at all\n\n\"a, quoted\nnote\"\nFirst Name;Last "
      "Name;Email\nAnn;Example;ann@a.example\n");
  EXPECT_EQ(known.delimiter, ";");
  EXPECT_EQ(known.header_row, 5u);
  EXPECT_EQ(known.rows.size(), 1u);
  const Preview single = PreviewOf("Our people\n\nE-Mail\nann@a.example\n");
  EXPECT_EQ(single.header_row, 3u);
  const Preview unknown = PreviewOf("some text\nalpha\tbeta\tgamma\n1\t2\t3\n4\t5\t6\n");
  EXPECT_EQ(unknown.delimiter, "\t");
  EXPECT_EQ(unknown.header_row, 2u);
}

TEST(CsvLayout, ObeysExcelsSepLine) {
  const Preview preview = PreviewOf("\xef\xbb\xbfsep=;\r\na,b;c\r\n1,2;3\r\n");
  EXPECT_EQ(preview.delimiter, ";");
  EXPECT_EQ(preview.header, (std::vector<std::string>{"a,b", "c"}));
  EXPECT_EQ(preview.header_row, 2u);
}

TEST(CsvLayout, ReadsPipesAndLeavesASingleColumnWhole) {
  EXPECT_EQ(PreviewOf("a|b\n1|2\n3|4\n").delimiter, "|");
  const Preview single = PreviewOf("note\nx\ny\nz;1\nq\n");
  EXPECT_EQ(single.header, (std::vector<std::string>{"note"}));
  EXPECT_EQ(single.rows[2], (std::vector<std::string>{"z;1"}));
}

TEST(CsvLayout, SeesApostrophesAsQuotesAndBackslashesAsEscapesOnClearEvidence) {
  const Rows rows = {{"x, y", "it's"}};
  EXPECT_EQ(PreviewOf("'a','b'\n'x, y','it''s'\n").rows, rows);
  EXPECT_EQ(PreviewOf("a,b\n\"say \\\"hi\\\", ok\",C:\\x\n").rows,
            (Rows{{"say \"hi\", ok", "C:\\x"}}));
  EXPECT_EQ(PreviewOf("a,b\n\"C:\\dir\\\",1\n").rows, (Rows{{"C:\\dir\\", "1"}}));
  EXPECT_EQ(PreviewOf("a,b\n'=1+1,x\n'y',z\n").rows, (Rows{{"'=1+1", "x"}, {"'y'", "z"}}));
}

TEST(CsvLayout, SeesQuotesAroundSomeCellsAlone) {
  EXPECT_EQ(PreviewOf("a, b\n1, \"x, y\"\n2, \"z, z\"\n3, w\n").rows,
            (Rows{{"1", "x, y"}, {"2", "z, z"}, {"3", " w"}}));
  EXPECT_EQ(PreviewOf("a,b\n1,'x, y'\n2,'z, z'\n3,it's\n").rows,
            (Rows{{"1", "x, y"}, {"2", "z, z"}, {"3", "it's"}}));
  // An apostrophe that ends nothing is text, and so is a quote behind blanks.
  EXPECT_EQ(PreviewOf("a,b\n1,'t Hooft\n2,'s Jacob\n").rows,
            (Rows{{"1", "'t Hooft"}, {"2", "'s Jacob"}}));
  EXPECT_EQ(PreviewOf("a,b\n1, \"x\" y\n2, \"z\" w\n").rows,
            (Rows{{"1", " \"x\" y"}, {"2", " \"z\" w"}}));
}

TEST(CsvLayout, TakesARareDelimiterForAHeaderThatItKnows) {
  for (const char* delimiter : {" ", "^", "#", "~", ":", "&", "/", "\x1f", "\x01"}) {
    const std::string d = delimiter;
    const Preview preview = PreviewOf("Email" + d + "Company\na@x.example" + d + "North\n");
    EXPECT_EQ(preview.delimiter, d);
    EXPECT_EQ(preview.rows, (Rows{{"a@x.example", "North"}}));
  }
  EXPECT_EQ(PreviewOf("Company Name and Title\nNorth Ltd\nSouth\n").delimiter, ",");
}

TEST(CsvLayout, TakesNoHeaderFromBelowAPerson) {
  const Preview twice = PreviewOf(
      "Email,First Name\na@x.example,Ann\n\nEmail,First Name,Last Name\nc@x.example,Cy,Coe\n");
  EXPECT_EQ(twice.header_row, 1u);
  const Preview words =
      PreviewOf("Email,Segment\na@x.example,Alpha\nb@x.example,Mail\nMail,Email\n");
  EXPECT_EQ(words.header_row, 1u);
  EXPECT_EQ(PreviewOf("From: a@x.example\nEmail,Company\nb@x.example,North\n").header_row, 2u);
}

TEST(CsvParser, GivesUpAQuoteAfterAThousandLines) {
  std::string text = "a,\"x\n";
  for (int i = 0; i < 3000; ++i) text += "b,y\n";
  const Rows rows = CellsOf(text + "c,z\"\n");
  ASSERT_EQ(rows.size(), 3002u);
  EXPECT_TRUE(rows[0].empty());
  EXPECT_EQ(rows[1], (std::vector<std::string>{"b", "y"}));
}

TEST(CsvLayout, DoesNotBelieveASepLineThatLeavesNoKnownName) {
  const Preview preview = PreviewOf("sep=;\nEmail,Company\na@x.example,North\n");
  EXPECT_EQ(preview.delimiter, ",");
  EXPECT_EQ(preview.header_row, 2u);
}

TEST(CsvLayout, HasNoHeaderInAnEmptyFileAndNoRowsBelowALoneHeader) {
  EXPECT_EQ(PreviewOf("").header_row, 0u);
  EXPECT_EQ(PreviewOf("\n\n").header_row, 0u);
  EXPECT_TRUE(PreviewOf("a,b").rows.empty());
}

TEST(CsvLayout, KeepsDuplicateAndEmptyHeaderNames) {
  const Preview preview = PreviewOf("a,,a\n1,2,3\n");
  EXPECT_EQ(preview.header, (std::vector<std::string>{"a", "", "a"}));
  EXPECT_EQ(preview.rows, (Rows{{"1", "2", "3"}}));
}

TEST(CsvLayout, NamesTheLimitThatAHeaderBreaks) {
  for (const std::string& text :
       {std::string(1'000'000, ','), std::string(base::kMaxCellBytes + 9, 'x')}) {
    const auto preview = MakePreview(FromString(text), std::nullopt, {});
    EXPECT_EQ(base::CodeOf(preview.status()), base::ErrorCode::kLimit);
    EXPECT_NE(preview.status().message().find("kMax"), absl::string_view::npos);
  }
}

TEST(CsvReader, GivesTheSameRecordsInEveryChunkSizeAndFromEveryResumePoint) {
  std::vector<std::string> files;
  for (const char* folder : {"exports", "csv-encodings", "csv-spectrum/csvs"}) {
    for (const auto& entry : std::filesystem::directory_iterator(DataPath(folder))) {
      const auto extension = entry.path().extension();
      if (extension == ".csv" || extension == ".txt") files.push_back(entry.path().string());
    }
  }
  ASSERT_EQ(files.size(), 62u);
  for (const std::string& path : files) {
    SCOPED_TRACE(path);
    const std::string text = ReadFile(path);
    const ReadAt source = FromString(text);
    const auto layout = domain::DetectImportLayout(source, {});
    ASSERT_TRUE(layout.ok());
    const Dialect dialect = layout->csv.dialect;
    const Position start = layout->csv.data;
    const auto whole = ReadAll(source, dialect, start);
    for (size_t chunk : {size_t{1}, size_t{7}}) {
      if (chunk == 1 && text.size() > 100'000) continue;
      EXPECT_EQ(ReadAll(source, dialect, start, chunk), whole);
    }
    const size_t step = std::max<size_t>(1, whole.size() / 16);
    for (size_t i = 0; i < whole.size(); i += step) {
      const std::vector<Kept> rest(whole.begin() + static_cast<std::ptrdiff_t>(i) + 1, whole.end());
      ASSERT_EQ(ReadAll(source, dialect, whole[i].end), rest) << "after record " << i;
    }
  }
}

}  // namespace
}  // namespace onlyleads
