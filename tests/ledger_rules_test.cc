// The frames of the ledger: what is written is read, and nothing else.
#include <gtest/gtest.h>

#include "src/domain/ledger.h"

namespace onlyleads::domain {
namespace {

const base::Digest kKey = base::Sha256("key");

std::string Frame(int notes) {
  std::vector<LedgerRecord> records;
  for (int i = 0; i < notes; ++i) {
    LedgerRecord record;
    record.kind = "send";
    record.message_id.bytes[0] = static_cast<uint8_t>(i + 1);
    record.digest = std::string(base::AsView(base::Sha256(std::to_string(i))));
    record.number = i;
    record.channel = "linkedin_message";
    record.code = "intent";
    record.at_us = -i;
    records.push_back(record);
  }
  return EncodeLedgerFrame(kKey, 7, std::string(32, 'p'), records);
}

TEST(LedgerFrame, GivesBackWhatWasWritten) {
  const auto frame = DecodeLedgerFrame(kKey, Frame(3));
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->seq, 7);
  EXPECT_EQ(frame->previous_mac, std::string(32, 'p'));
  EXPECT_EQ(frame->mac, LedgerMac(Frame(3)));
  ASSERT_EQ(frame->records.size(), 3u);
  EXPECT_EQ(frame->records[2].number, 2);
  EXPECT_EQ(frame->records[2].at_us, -2);
  EXPECT_EQ(frame->records[2].message_id.bytes[0], 3);
  EXPECT_TRUE(frame->records[2].org_id.is_nil());
  EXPECT_EQ(frame->records[2].digest, base::AsView(base::Sha256("2")));
  EXPECT_EQ(frame->records[2].channel, "linkedin_message");
}

TEST(LedgerFrame, EveryChangedBitIsNoticed) {
  const std::string whole = Frame(2);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    EXPECT_FALSE(DecodeLedgerFrame(kKey, changed).has_value()) << i;
  }
  EXPECT_FALSE(DecodeLedgerFrame(base::Sha256("another"), whole).has_value());
}

TEST(LedgerFrame, EveryCutIsTornAndNeverDamaged) {
  const std::string whole = Frame(2);
  size_t size = 0;
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_EQ(ReadLedgerHead(std::string_view(whole).substr(0, n), &size), LedgerHead::kTorn) << n;
  }
  EXPECT_EQ(ReadLedgerHead(whole + "more", &size), LedgerHead::kWhole);
  EXPECT_EQ(size, whole.size());
  EXPECT_EQ(ReadLedgerHead(std::string(500, '\0'), &size), LedgerHead::kTorn);
  EXPECT_EQ(ReadLedgerHead(std::string(500, 'x'), &size), LedgerHead::kDamaged);
}

TEST(LedgerFrame, AFullFrameKeepsToItsBound) {
  EXPECT_LT(Frame(kLedgerFrameNotes).size(), kMaxLedgerFrameBytes);
}

}  // namespace
}  // namespace onlyleads::domain
