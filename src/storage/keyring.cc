#include "src/storage/keyring.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/text.h"

namespace onlyleads::storage {
namespace {

using base::Digest;
using base::Error;
using base::ErrorCode;

constexpr size_t kMinSecretBytes = 16;
constexpr size_t kFileSecretBytes = 32;

Keyring::Generation Derive(int32_t number, std::string_view secret) {
  return {number, base::KeyedDigest(secret, "onlyleads match 1"),
          base::KeyedDigest(secret, "onlyleads seal 1"),
          base::KeyedDigest(secret, "onlyleads audit 1"),
          base::KeyedDigest(secret, "onlyleads ledger 1")};
}

Digest CheckValue(const Keyring::Generation& generation) {
  return base::KeyedDigest(base::AsView(generation.match), "onlyleads key check");
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  std::string secret(kFileSecretBytes + 1, '\0');  // before there is a file to close
  // A pipe without a writer would be waited for; what is no file is found out below.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno != ENOENT) {
    return Error(ErrorCode::kIo, "the key file of this database cannot be read");
  }
  if (fd < 0) return Error(ErrorCode::kKeyMismatch, "the key file of this database is missing");
  struct stat info;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (info.st_mode & 077) != 0) {
    ::close(fd);
    return Error(
        ErrorCode::kKeyMismatch,
        "the key file of this database is open to others than its owner: find out who read "
        "it, then set its mode to 0600");
  }
  const ssize_t n = ::read(fd, secret.data(), secret.size());
  ::close(fd);
  if (n != static_cast<ssize_t>(kFileSecretBytes)) {
    return Error(ErrorCode::kKeyMismatch, "the key file of this database is damaged");
  }
  secret.resize(kFileSecretBytes);
  return secret;
}

// A database whose key was lost with the power is lost too: the name must be on disk before it.
bool SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  return synced;
}

// Written under another name and linked, so that of two processes one wins and both read the
// winner's.
absl::StatusOr<std::string> MakeKeyFile(const std::string& path) {
  std::string secret(kFileSecretBytes, '\0');
  OL_RETURN_IF_ERROR(base::OsRandom(secret.data(), secret.size()));
  const std::string temporary = absl::StrCat(path, ".", ::getpid());
  ::unlink(temporary.c_str());  // of a process that died with the same number
  const int fd =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return Error(ErrorCode::kIo, "the key file cannot be made beside the database");
  const bool written =
      ::write(fd, secret.data(), secret.size()) == static_cast<ssize_t>(secret.size()) &&
      ::fsync(fd) == 0;
  ::close(fd);
  const bool linked = written && (::link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(temporary.c_str());
  if (!linked || !SyncFolderOf(path)) {
    return Error(ErrorCode::kIo, "the key file cannot be written beside the database");
  }
  return ReadKeyFile(path);
}

absl::Status Record(Connection* connection, const Keyring::Generation& generation, int64_t now_us) {
  const Digest check = CheckValue(generation);
  return connection
      ->Run(
          "INSERT INTO key_generations (generation, check_value, normalisation_version, "
          "created_at_us) VALUES ($1, $2, $3, $4)",
          {static_cast<int64_t>(generation.number), Blob{base::AsView(check)},
           base::kNormalisationVersion, now_us})
      .status();
}

}  // namespace

Digest Keyring::Match(const Generation& generation, int kind, std::string_view value) {
  return base::KeyedDigest(base::AsView(generation.match),
                           absl::StrCat(kind, ":", base::ToAbsl(value)));
}

absl::StatusOr<Keyring> Keyring::Open(Connection* connection, std::string_view secret,
                                      const std::string& path, bool fresh, int64_t now_us) {
  OL_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(connection));
  OL_ASSIGN_OR_RETURN(const std::optional<int64_t> known,
                      QueryInt(connection, "SELECT count(*) FROM key_generations", {}));
  std::string from_file;
  if (secret.empty()) {
    const std::string key_path = absl::StrCat(path, ".key");
    const bool may_make = fresh || known.value_or(0) == 0;
    OL_ASSIGN_OR_RETURN(from_file, may_make && ::access(key_path.c_str(), F_OK) != 0
                                       ? MakeKeyFile(key_path)
                                       : ReadKeyFile(key_path));
    secret = from_file;
  } else if (secret.size() < kMinSecretBytes) {
    return Error(ErrorCode::kInvalidArgument, "key: needs at least 16 bytes");
  }
  Keyring ring;
  ring.generations_.push_back(Derive(1, secret));
  if (known.value_or(0) == 0) {
    OL_RETURN_IF_ERROR(Record(connection, ring.current(), now_us));
    OL_RETURN_IF_ERROR(transaction.Commit());
    return ring;
  }
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      connection->Query("SELECT check_value FROM key_generations WHERE generation = $1", {1}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  const Digest check = CheckValue(ring.current());
  if (!row || !base::ConstantTimeEquals(cursor.Bytes(0), base::AsView(check))) {
    return Error(ErrorCode::kKeyMismatch, "the key is not the one this database was made with");
  }
  return ring;
}

}  // namespace onlyleads::storage
