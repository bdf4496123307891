// The one place that changes the world; see store.h. A live clock follows the system's with an
// offset, a set clock stands still between commands.
#include "store.h"

#include <algorithm>

#include "clock.h"

namespace onlyleads_sandbox {

std::string Store::Open(const std::string& directory, std::optional<int64_t> now_us) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::string error = log_.Open(directory, [this](const JsonValue& record) { Restore(record); });
  if (!error.empty()) return error;
  const bool fresh = world_.now() == 0;
  if (!now_us && !fresh) return "";
  const int64_t wanted = now_us ? *now_us : SystemNowUs();
  const std::string record = Json()
                                 .Begin()
                                 .Field("op", "clock")
                                 .Field("now_us", std::max(wanted, world_.now()))
                                 .Field("live", !now_us)
                                 .Field("offset_us", 0)
                                 .End()
                                 .Take();
  return Commit(LogFile::kJournal, record) ? "" : directory + ": cannot be written";
}

int64_t Store::Now() {
  if (world_.live()) world_.AdvanceTo(SystemNowUs() + world_.live_offset());
  return world_.now();
}

bool Store::SetClock(int64_t now_us) {
  if (now_us < Now()) return false;
  return Commit(LogFile::kJournal, Json()
                                       .Begin()
                                       .Field("op", "clock")
                                       .Field("now_us", now_us)
                                       .Field("live", world_.live())
                                       .Field("offset_us", now_us - SystemNowUs())
                                       .End()
                                       .Take());
}

bool Store::Commit(LogFile file, const std::string& object) {
  const std::string stamped = "{\"at_us\":" + std::to_string(world_.now()) + "," + object.substr(1);
  const std::string line = log_.Append(file, stamped);
  rapidjson::Document record;
  if (line.empty() || !ParseJson(line, &record)) return false;
  world_.Apply(record);
  changed_.notify_all();
  return true;
}

void Store::Restore(const JsonValue& record) {
  world_.Apply(record);
  if (Find(record, "kind") != nullptr || GetString(record, "op") == "request") {
    requests_.Restore(record);
  }
}

}  // namespace onlyleads_sandbox
