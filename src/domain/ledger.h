// The frames of the ledger that is kept outside the database: records of what must survive the
// restore of an older copy, as keyed digests, ids and codes. A frame names its place and the frame
// before it and is authenticated as a whole, so that a changed, moved or missing one is noticed.
// Pure; knows neither where frames lie nor what a record does to a database.
#ifndef ONLYLEADS_SRC_DOMAIN_LEDGER_H_
#define ONLYLEADS_SRC_DOMAIN_LEDGER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/crypto.h"
#include "src/base/id.h"

namespace onlyleads::domain {

// One note. What a field means is the kind's; fields that do not apply are empty.
struct LedgerRecord {
  std::string kind;
  base::Id org_id;
  base::Id prospect_id;
  base::Id message_id;
  base::Id campaign_id;
  base::Id sender_id;
  std::string digest;
  int64_t number = 0;  // kind of an identifier, step of a campaign, place in a chain
  int64_t key_generation = 0;
  int64_t normalisation_version = 0;
  std::string channel;
  std::string code;
  int64_t at_us = 0;
};

inline constexpr size_t kLedgerHeaderBytes = 64;
inline constexpr size_t kLedgerMacBytes = 32;
// Notes of one frame; at most about 512 KiB.
inline constexpr int kLedgerFrameNotes = 2000;
inline constexpr size_t kMaxLedgerFrameBytes = 4 * 1024 * 1024;

struct LedgerFrame {
  int64_t seq = 0;           // 1 is the first
  std::string previous_mac;  // of the frame before; zeros before the first
  std::string mac;
  std::vector<LedgerRecord> records;
};

std::string EncodeLedgerFrame(const base::Digest& key, int64_t seq, std::string_view previous_mac,
                              const std::vector<LedgerRecord>& records);
// nullopt when the bytes are no whole frame under this key.
std::optional<LedgerFrame> DecodeLedgerFrame(const base::Digest& key, std::string_view bytes);

// The last bytes of a frame, which the next one names.
std::string_view LedgerMac(std::string_view frame);

// What a header says of its frame's length.
enum class LedgerHead { kWhole, kTorn, kDamaged };
// `bytes` begin at a frame and may end anywhere. kWhole: `*size` bytes are the frame. kTorn: they
// end inside it, as after a crash while it was written. kDamaged: no frame begins so.
LedgerHead ReadLedgerHead(std::string_view bytes, size_t* size);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_LEDGER_H_
