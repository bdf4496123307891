#include "src/domain/ledger.h"

#include <algorithm>
#include <array>

namespace onlyleads::domain {
namespace {

// Header: magic, payload size, place, previous MAC, and a digest of these 48 bytes, so that a
// damaged length is told from a frame that was cut off.
constexpr std::string_view kMagic = "OLL1";
constexpr size_t kChecked = 48;
constexpr size_t kCheckBytes = kLedgerHeaderBytes - kChecked;

void PutInt(int64_t value, std::string* out) {
  for (int i = 0; i < 8; ++i) {
    out->push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i)));
  }
}

int64_t GetInt(std::string_view bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i)
    value = value << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  return static_cast<int64_t>(value);
}

void PutField(std::string_view field, std::string* out) {
  const size_t size = std::min<size_t>(field.size(), 255);
  out->push_back(static_cast<char>(size));
  out->append(field.substr(0, size));
}

void PutId(const base::Id& id, std::string* out) {
  PutField(id.is_nil() ? std::string_view() : id.view(), out);
}

void PutRecord(const LedgerRecord& record, std::string* out) {
  PutField(record.kind, out);
  for (const base::Id& id : {record.org_id, record.prospect_id, record.message_id,
                             record.campaign_id, record.sender_id}) {
    PutId(id, out);
  }
  PutField(record.digest, out);
  PutField(record.channel, out);
  PutField(record.code, out);
  for (int64_t number :
       {record.number, record.key_generation, record.normalisation_version, record.at_us}) {
    PutInt(number, out);
  }
}

// Takes fields off the front; empty and false once it ran past the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }
  std::string_view Take(size_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::string_view Field() {
    const std::string_view size = Take(1);
    return ok_ ? Take(static_cast<uint8_t>(size[0])) : std::string_view();
  }
  int64_t Int() {
    const std::string_view bytes = Take(8);
    return ok_ ? GetInt(bytes) : 0;
  }
  base::Id Id() {
    const std::string_view field = Field();
    if (field.empty()) return {};
    const auto id = base::IdFromBytes(field);
    ok_ = ok_ && id.has_value();
    return id.value_or(base::Id{});
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

LedgerRecord TakeRecord(Reader* in) {
  LedgerRecord record;
  record.kind = in->Field();
  for (base::Id* id : {&record.org_id, &record.prospect_id, &record.message_id, &record.campaign_id,
                       &record.sender_id}) {
    *id = in->Id();
  }
  record.digest = in->Field();
  record.channel = in->Field();
  record.code = in->Field();
  for (int64_t* number :
       {&record.number, &record.key_generation, &record.normalisation_version, &record.at_us}) {
    *number = in->Int();
  }
  return record;
}

std::string Check(std::string_view header) {
  const base::Digest digest = base::Sha256(header.substr(0, kChecked));
  return std::string(base::AsView(digest).substr(0, kCheckBytes));
}

}  // namespace

std::string EncodeLedgerFrame(const base::Digest& key, int64_t seq, std::string_view previous_mac,
                              const std::vector<LedgerRecord>& records) {
  std::string payload;
  for (const LedgerRecord& record : records) PutRecord(record, &payload);
  std::string frame(kMagic);
  for (int i = 0; i < 4; ++i) frame.push_back(static_cast<char>(payload.size() >> (8 * i)));
  PutInt(seq, &frame);
  std::string previous(previous_mac);
  previous.resize(kLedgerMacBytes, '\0');
  frame += previous;
  frame += Check(frame);
  frame += payload;
  const base::Digest mac = base::KeyedDigest(base::AsView(key), frame);
  frame += base::AsView(mac);
  return frame;
}

std::optional<LedgerFrame> DecodeLedgerFrame(const base::Digest& key, std::string_view bytes) {
  size_t size = 0;
  if (ReadLedgerHead(bytes, &size) != LedgerHead::kWhole || size != bytes.size()) {
    return std::nullopt;
  }
  const size_t body = bytes.size() - kLedgerMacBytes;
  const base::Digest mac = base::KeyedDigest(base::AsView(key), bytes.substr(0, body));
  if (!base::ConstantTimeEquals(base::AsView(mac), bytes.substr(body))) return std::nullopt;
  LedgerFrame frame;
  frame.seq = GetInt(bytes.substr(8, 8));
  frame.previous_mac = bytes.substr(16, kLedgerMacBytes);
  frame.mac = bytes.substr(body);
  Reader reader(bytes.substr(kLedgerHeaderBytes, body - kLedgerHeaderBytes));
  while (reader.ok() && !reader.done()) frame.records.push_back(TakeRecord(&reader));
  if (!reader.ok()) return std::nullopt;
  return frame;
}

std::string_view LedgerMac(std::string_view frame) {
  return frame.size() < kLedgerMacBytes ? std::string_view()
                                        : frame.substr(frame.size() - kLedgerMacBytes);
}

LedgerHead ReadLedgerHead(std::string_view bytes, size_t* size) {
  // Space that a crash left allocated but unwritten reads as zeros.
  const bool blank = std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
  if (blank) return LedgerHead::kTorn;
  if (bytes.size() < kLedgerHeaderBytes) return LedgerHead::kTorn;
  if (bytes.substr(0, kMagic.size()) != kMagic ||
      bytes.substr(kChecked, kCheckBytes) != Check(bytes)) {
    return LedgerHead::kDamaged;
  }
  size_t payload = 0;
  for (size_t i = 4; i > 0; --i) payload = payload << 8 | static_cast<uint8_t>(bytes[3 + i]);
  *size = kLedgerHeaderBytes + payload + kLedgerMacBytes;
  if (*size > kMaxLedgerFrameBytes) return LedgerHead::kDamaged;
  return bytes.size() < *size ? LedgerHead::kTorn : LedgerHead::kWhole;
}

}  // namespace onlyleads::domain
