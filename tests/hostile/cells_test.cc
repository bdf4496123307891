// Bytes of an imported file that are meant to break a reader: damaged text, line ends of every
// kind, quotes that never close, records beyond every bound. A row that cannot be read is rejected
// with its line, column and reason; its neighbours are read; memory stays bounded.
#include <cstdlib>

#include "tests/hostile/hostile.h"

#if defined(__SANITIZE_ADDRESS__)
// Freed memory goes back, so that the bounds on memory can be measured here too.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "quarantine_size_mb=4:thread_local_quarantine_size_kb=64";
}
#endif

namespace onlyleads::tests {
namespace {

using namespace std::string_literals;

constexpr int64_t kMiB = 1024 * 1024;

std::string Utf16(std::string_view ascii, bool little) {
  std::string bytes;
  for (const char c : ascii) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
  return bytes;
}

class HostileCells : public Hostile {
 protected:
  // Everybody of `emails` is there, and the rejects read as `rejects`.
  void Expect(std::string_view bytes, const std::vector<std::string>& emails,
              const std::string& rejects) {
    const ImportReport report = ImportText(bytes);
    EXPECT_EQ(Rejects(report), rejects);
    EXPECT_EQ(report.rows, report.created + report.updated + report.unchanged + report.suppressed +
                               report.rejected);
    for (const std::string& email : emails) EXPECT_TRUE(Person(email)) << email;
    EXPECT_EQ(ws_.prospects().count(), static_cast<int64_t>(emails.size()));
    // The same file again tells nothing new.
    const ImportReport again = ImportText(bytes);
    EXPECT_EQ(again.created + again.updated, 0);
    EXPECT_EQ(Rejects(again), rejects);
  }
};

TEST_F(HostileCells, ZeroBytesRejectTheirRowAndNoOther) {
  Expect("Email,Note\na@x.example,one\nb@x.example,t\0wo\nc@x.example,three\n\0,\0\n"s,
         {"a@x.example", "c@x.example"}, "3 Note invalid_text\n5 Email invalid_text\n");
}

TEST_F(HostileCells, CutUtf8RejectsItsRowAndNoOther) {
  Expect(
      "Email,Note\na@x.example,Zoë\nb@x.example,Zo\xc3\nc@x.example,\xe2\x82\nd@x.example,Zoë\n"
      "e@x.example,Zoë\xed\xa0\x80\nf@x.example,\xc3\xa9\xc3\xa9 \xf0\x9f\x99\x82",
      {"a@x.example", "d@x.example", "f@x.example"},
      "3 Note invalid_text\n4 Note invalid_text\n6 Note invalid_text\n");
}

TEST_F(HostileCells, Utf16WithoutAMarkIsReadInEitherOrder) {
  for (const bool little : {true, false}) {
    Workspace ws = engine_.create_organization("Another Ltd");
    const std::string path = Write(Utf16("Email,First Name\r\nann@x.example,Ann\r\n", little));
    EXPECT_EQ(ws.prospects().import_csv(path, How()).created, 1);
    EXPECT_EQ(ws.prospects().find_by_email("ann@x.example")->first_name, "Ann");
  }
}

TEST_F(HostileCells, LoneSurrogatesAndHalfUnitsRejectTheirRowAndNoOther) {
  const std::string lone("\x00\xd8", 2);
  const std::string low("\x37\xdc", 2);
  std::string bytes = "\xff\xfe" + Utf16("Email,Note\na@x.example,", true) + lone +
                      Utf16("\nb@x.example,fine\nc@x.example,", true) + low + lone +
                      Utf16("\nd@x.example,ok", true) + "x";
  Expect(bytes, {"b@x.example"}, "2 Note invalid_text\n4 Note invalid_text\n5 Note invalid_text\n");
}

TEST_F(HostileCells, LineEndsOfEveryKindMayBeMixedAlsoInsideQuotes) {
  Expect(
      "Email,Note\ra@x.example,\"one\rtwo\r\nthree\nfour\"\r\nb@x.example,x\nc@x.example,y\r"
      "d@x.example\r\n\r\r\ne@x.example,\"\r\n\"",
      {"a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example"}, "");
  EXPECT_NE(Person("a@x.example")->attributes_json.find(R"(one\rtwo\r\nthree\nfour)"),
            std::string::npos);
}

TEST_F(HostileCells, AQuoteThatNeverClosesLosesItsLine) {
  Expect("Email,Note\na@x.example,one\nb@x.example,\"two\nc@x.example,three\nd@x.example,four\n",
         {"a@x.example", "c@x.example", "d@x.example"}, "3  unclosed_quote\n");
}

TEST_F(HostileCells, AHeaderThatComesTwiceIsNobody) {
  Expect("Email,Note\na@x.example,one\nEmail,Note\nb@x.example,two\n",
         {"a@x.example", "b@x.example"}, "3 Email invalid_email\n");
}

TEST_F(HostileCells, ColumnsOfOneNameKeepAllTheirCells) {
  Expect("Email,Email,Note,Note,Note\na@x.example,b@x.example,1,2,3\n", {"a@x.example"}, "");
  const Prospect person = *Person("b@x.example");
  EXPECT_EQ(person.attributes_json, R"j({"Note":"1","Note (2)":"2","Note (3)":"3"})j");
}

TEST_F(HostileCells, ThousandsOfColumnsOfOneNameAreNumberedInTime) {
  std::string header = "Email", row = "a@x.example";
  for (int i = 0; i < 16'000; ++i) {
    header += ",Note";
    row += i % 4000 == 0 ? ",x" : ",";
  }
  EXPECT_EQ(ImportText(header + "\n" + row + "\n").created, 1);
  EXPECT_NE(Person("a@x.example")->attributes_json.find(R"j("Note (12001)":"x")j"),
            std::string::npos);
}

TEST_F(HostileCells, AMillionColumnsAreOneRejectedRowOrARefusedHeader) {
  const std::string commas(1'000'000, ',');
  Expect("Email,Note\na@x.example,1\nb@x.example" + commas + "\nc@x.example,3\n",
         {"a@x.example", "c@x.example"}, "3  too_many_columns\n");
  ExpectFailure(OL_LIMIT, "kMaxColumns", [&] { ImportText("Email" + commas + "\nz@x.example\n"); });
  ExpectFailure(OL_LIMIT, "kMaxColumns", [&] { preview_csv(Write("Email" + commas + "\n"), 5); });
  EXPECT_EQ(ws_.prospects().count(), 2);
}

TEST_F(HostileCells, ACellOfTenMegabytesIsRejectedByNameUnlessItsColumnIsLeftOut) {
  const std::string big(10 * kMiB, 'x');
  Expect("Email,Note\na@x.example,1\nb@x.example,\"" + big + "\"\nc@x.example,3\n",
         {"a@x.example", "c@x.example"}, "3 Note value_too_long\n");
  Expect("Email,Note\na@x.example,1\n" + big + ",2\nc@x.example,3\n",
         {"a@x.example", "c@x.example"}, "3 Email value_too_long\n");
  ImportOptions how = How();
  how.mapping_json = R"({"Note": ""})";
  const std::string path = Write("Email,Note\nb@x.example," + big + "\n");
  EXPECT_EQ(ws_.prospects().import_csv(path, how).created, 1);
  // As a header it is no name.
  ExpectFailure(OL_LIMIT, "kMaxFieldBytes",
                [&] { ImportText("Email," + big + "\nq@x.example\n"); });
}

TEST_F(HostileCells, ALineOf200MegabytesIsRejectedInBoundedMemory) {
  const std::string path = dir_.path("long.csv");
  {
    const std::string block(kMiB, 'y');
    std::ofstream file(path, std::ios::binary);
    file << "Email,Note\na@x.example,1\nb@x.example,";
    for (int i = 0; i < 200; ++i) file << block;
    file << "\nc@x.example,3\n";
  }
  const int64_t before = PeakBytes();
  const ImportReport report = Import(path);
  EXPECT_EQ(Rejects(report), "3  cell_too_long\n");
  EXPECT_EQ(report.created, 2);
  EXPECT_LT(PeakBytes() - before, 96 * kMiB);
}

TEST_F(HostileCells, AFileOfOneLineIsRefusedInBoundedMemory) {
  const std::string path = dir_.path("line.csv");
  {
    const std::string block(kMiB, 'y');
    std::ofstream file(path, std::ios::binary);
    for (int i = 0; i < 100; ++i) file << block;
  }
  const int64_t before = PeakBytes();
  ExpectFailure(OL_LIMIT, "kMaxCellBytes", [&] { Import(path); });
  EXPECT_LT(PeakBytes() - before, 96 * kMiB);
}

TEST_F(HostileCells, APreviewOfZeroBytesTakesTimeInProportion) {
  const std::string zeros(4 * kMiB, '\0');
  const std::string json = preview_csv(Write("Email,Note\na@x.example," + zeros + "x\n"), 5);
  EXPECT_GT(json.size(), zeros.size());
}

TEST_F(HostileCells, OneApostropheBeforeAFormulaIsUndone) {
  ImportText("Email,First Name,Note,'=Sum\na@x.example,'=1+1,''-x,'@y\n");
  const Prospect person = *Person("a@x.example");
  EXPECT_EQ(person.first_name, "=1+1");
  EXPECT_EQ(person.attributes_json, R"({"Note":"'-x","=Sum":"@y"})");
  ImportText("Email,First Name\nb@x.example,'Ndrangheta\n");
  EXPECT_EQ(Person("b@x.example")->first_name, "'Ndrangheta");
}

// 30,000 rows by default; ONLYLEADS_HOSTILE_ROWS=10000000 is the figure of docs/reliability.md.
TEST_F(HostileCells, MillionsOfRowsTakeNoMoreMemoryThanThousands) {
  const char* wanted = std::getenv("ONLYLEADS_HOSTILE_ROWS");
  const int64_t rows = wanted == nullptr ? 30'000 : std::atoll(wanted);
  const auto write = [&](int64_t count) {
    std::ofstream file(dir_.path("many.csv"), std::ios::binary);
    file << "Email,First Name,Company\n";
    for (int64_t i = 0; i < count; ++i) {
      file << "p" << i % 5000 << "@x.example,P,Company " << i % 5000 << "\n";
    }
  };
  write(10'000);
  EXPECT_EQ(Import(dir_.path("many.csv")).created, 5000);
  const int64_t before = PeakBytes();
  write(rows);
  const ImportReport report = Import(dir_.path("many.csv"));
  EXPECT_EQ(report.rows, rows);
  EXPECT_EQ(report.unchanged, rows);
  const int64_t grown = PeakBytes() - before;
  RecordProperty("peak_growth_bytes", std::to_string(grown));
  EXPECT_LT(grown, 16 * kMiB);
}

}  // namespace
}  // namespace onlyleads::tests
