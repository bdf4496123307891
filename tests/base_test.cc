#include <gtest/gtest.h>

#include "src/base/crypto.h"
#include "src/base/error.h"
#include "src/base/id.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/base/time.h"

namespace onlyleads::base {
namespace {

TEST(Error, CarriesItsExtendedCodeAndFlags) {
  const ErrorInfo info = InfoOf(Error(ErrorCode::kInvalidUtf8, "x"));
  EXPECT_EQ(info.code, ErrorCode::kInvalidUtf8);
  EXPECT_EQ(info.flags, kCallersFault);
  EXPECT_EQ(InfoOf(Error(ErrorCode::kOutcomeUnknown, "x")).flags, kOutcomeUnknownFlag);
}

TEST(Id, RoundTripsAndOrdersByTime) {
  const Id a = MakeId(1'000'000, {1, 2, 3});
  const Id b = MakeId(2'000'000, {0});
  EXPECT_LT(a, b);
  EXPECT_EQ(ParseId(ToString(a)), a);
  EXPECT_EQ(ToString(a)[14], '7');
  EXPECT_FALSE(ParseId("zz"));
}

TEST(Text, LowersAndTrimsUnicode) {
  EXPECT_EQ(Lower("JOSÉ-Ł"), "josé-ł");
  EXPECT_EQ(Lower("W\u030a"), "\u1e98");
  EXPECT_EQ(Lower("JOSE\xCC\x81"), "josé");
  EXPECT_EQ(Trim("\xC2\xA0 a b\xE2\x80\x8B\t"), "a b");
  EXPECT_EQ(Trim(" \n "), "");
}

TEST(Text, CountsUtf16Units) {
  EXPECT_EQ(Utf16Length("aé"), 2u);
  EXPECT_EQ(Utf16Length("😀"), 2u);
}

TEST(Text, RefusesInvalidAndNul) {
  EXPECT_FALSE(IsStorableUtf8("\xff"));
  EXPECT_FALSE(IsStorableUtf8(std::string_view("a\0b", 3)));
  EXPECT_FALSE(IsStorableUtf8("\xED\xA0\x80"));
}

TEST(Text, NormalisesLineEnds) { EXPECT_EQ(NormalizeMessageText(" a\r\nb\rc\n"), "a\nb\nc"); }

TEST(Text, AFormulaIsGuardedByOneApostropheThatIsUndoneAgain) {
  for (const std::string formula : {"=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''@x"}) {
    EXPECT_EQ(GuardFormula(formula), "'" + formula);
    EXPECT_EQ(UndoFormulaGuard(GuardFormula(formula)), formula);
  }
  for (const std::string plain : {"", "'", "''", "'Ndrangheta", "a=b", " =1", "5", "\n=1", "'a"}) {
    EXPECT_EQ(GuardFormula(plain), plain);
    EXPECT_EQ(UndoFormulaGuard(plain), plain);
  }
}

TEST(Text, PercentCodes) {
  EXPECT_EQ(PercentDecode("jos%C3%A9"), "josé");
  EXPECT_FALSE(PercentDecode("%C3"));
  EXPECT_FALSE(PercentDecode("%4"));
  EXPECT_EQ(PercentEncode("josé/x"), "jos%C3%A9%2Fx");
}

TEST(Text, EncodesInternationalDomains) {
  EXPECT_EQ(DomainToAscii("Müller.example"), "xn--mller-kva.example");
  EXPECT_EQ(DomainToAscii("a.example"), "a.example");
}

TEST(Json, RefusesDeepHugeRepeatedAndBrokenText) {
  EXPECT_FALSE(JsonDocument::Parse(std::string(100, '[')).ok());
  EXPECT_FALSE(JsonDocument::Parse("{\"a\":1,\"a\":2}").ok());
  EXPECT_FALSE(JsonDocument::Parse("\"\\ud800\"").ok());
  EXPECT_FALSE(JsonDocument::Parse("\"\\udc00\"").ok());
  EXPECT_FALSE(JsonDocument::Parse("\"\\u0000\\udc00\"").ok());
  EXPECT_FALSE(JsonDocument::Parse("\"\xff\"").ok());
  EXPECT_FALSE(JsonDocument::Parse("").ok());
  EXPECT_EQ(CodeOf(JsonDocument::Parse("[1,2]", 3).status()), ErrorCode::kLimit);
}

TEST(Json, ReadsLeniently) {
  auto doc = JsonDocument::Parse(R"({"a":{"b":[1,true,"x",null]},"n":1})");
  ASSERT_TRUE(doc.ok());
  const JsonValue list = doc->root()["a"]["b"];
  EXPECT_EQ(list.size(), 4u);
  EXPECT_EQ(list.at(0).AsInt(), 1);
  EXPECT_EQ(doc->root()["n"].AsBool(), true);
  EXPECT_TRUE(doc->root()["missing"]["deeper"].IsNull());
  EXPECT_EQ(list.Dump(), R"([1,true,"x",null])");
}

TEST(Json, NumbersAreExactAndStayTheSameWhenWrittenAndReadAgain) {
  for (const char* number :
       {"0.1", "5e-324", "1e-324", "0e100", "2.2250738585072011e-308", "8.98846567431158e307",
        "1.7976931348623157e308", "123456789.12345679", "-1.5E+3", "18446744073709551616"}) {
    const auto doc = JsonDocument::Parse(number);
    ASSERT_TRUE(doc.ok()) << number;
    EXPECT_EQ(doc->root().AsDouble(), std::strtod(number, nullptr)) << number;
    EXPECT_EQ(JsonDocument::Parse(doc->root().Dump())->root().AsDouble(), doc->root().AsDouble());
  }
  EXPECT_EQ(JsonDocument::Parse("9223372036854775807")->root().AsInt(), INT64_MAX);
  EXPECT_EQ(JsonDocument::Parse("9223372036854775808")->root().AsInt(), std::nullopt);
  EXPECT_EQ(JsonDocument::Parse("1.0")->root().AsInt(), std::nullopt);
  for (const char* number : {"1e309", "-1e309", "01", "1.", ".5", "+1", "0x1", "Infinity", "nan"}) {
    EXPECT_EQ(CodeOf(JsonDocument::Parse(number).status()), ErrorCode::kInvalidJson) << number;
  }
}

TEST(Json, WriterReplacesInvalidBytes) {
  JsonWriter w;
  w.BeginObject().Field("k", std::string_view("a\xff z")).EndObject();
  EXPECT_EQ(w.Take(), "{\"k\":\"a\xEF\xBF\xBD z\"}");
}

TEST(Time, FormatsMillisecondsAndParsesBack) {
  EXPECT_EQ(FormatIsoMs(1'700'000'000'123'000), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(ParseIso("2023-11-14T22:13:20.123Z"), 1'700'000'000'123'000);
  EXPECT_FALSE(ParseIso("yesterday"));
  EXPECT_FALSE(LoadZone("Europe/Nowhere").ok());
}

TEST(Crypto, SealsToItsContextOnly) {
  const Digest key = Sha256("k");
  auto sealed = Seal(key, "org1", "secret");
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(*Unseal(key, "org1", *sealed), "secret");
  EXPECT_EQ(CodeOf(Unseal(key, "org2", *sealed).status()), ErrorCode::kKeyMismatch);
  EXPECT_FALSE(Unseal(key, "org1", "short").ok());
}

}  // namespace
}  // namespace onlyleads::base
