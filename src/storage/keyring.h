// The keys of one installation: a master secret per generation, from the host or from a 0600 file
// beside the database. Match keys digest identifiers, seal keys encrypt secrets, the audit key
// signs chain heads, the ledger key the frames outside the database. A stored check value makes a
// wrong key an error instead of a forgotten suppression.
#ifndef ONLYLEADS_SRC_STORAGE_KEYRING_H_
#define ONLYLEADS_SRC_STORAGE_KEYRING_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/crypto.h"
#include "src/storage/connection.h"

namespace onlyleads::storage {

class Keyring {
 public:
  struct Generation {
    int32_t number;
    base::Digest match;
    base::Digest seal;
    base::Digest audit;
    base::Digest ledger;
  };

  // The newest generation, under which everything new is written.
  const Generation& current() const { return generations_.back(); }
  // All of them, oldest first; a look-up asks under each.
  const std::vector<Generation>& all() const { return generations_; }

  // Digest of a normalised identifier under one generation.
  static base::Digest Match(const Generation& generation, int kind, std::string_view value);

  // `secret` is the host's key (at least 16 bytes) or empty for the file `path`.key. Verifies
  // against key_generations, or records the first generation when the database is `fresh`.
  static absl::StatusOr<Keyring> Open(Connection* connection, std::string_view secret,
                                      const std::string& path, bool fresh, int64_t now_us);

 private:
  std::vector<Generation> generations_;
};

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_KEYRING_H_
