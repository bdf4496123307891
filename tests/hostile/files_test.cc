// Paths that are given to import and preview, and what lies there: each is refused with a message
// that names the argument and tells nothing of the path, and leaves nothing behind.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/hostile/hostile.h"

namespace onlyleads::tests {
namespace {

constexpr char kPeople[] = "Email,First Name\nann@x.example,Ann\nbea@x.example,Bea\n";

class HostileFiles : public Hostile {
 protected:
  void ExpectRefused(int32_t code, const std::string& path) {
    ExpectFailure(code, "path", [&] { Import(path); });
    const Failure preview = FailureOf([&] { preview_csv(path, 5); });
    EXPECT_EQ(preview.code, code) << preview.message;
    EXPECT_NE(preview.message.find("path"), std::string::npos) << preview.message;
    EXPECT_EQ(preview.message.find(dir_.path()), std::string::npos) << preview.message;
    EXPECT_EQ(ws_.prospects().count(), 0);
  }
};

TEST_F(HostileFiles, MissingOnesDirectoriesPipesAndDevicesAreRefused) {
  ExpectRefused(OL_IO, dir_.path("missing.csv"));
  ExpectRefused(OL_IO, dir_.path("missing/people.csv"));
  ExpectRefused(OL_IO, dir_.path());
  ExpectRefused(OL_IO, "/dev/zero");
  ExpectRefused(OL_IO, "/dev/null");
  ASSERT_EQ(::mkfifo(dir_.path("pipe").c_str(), 0600), 0);
  ExpectRefused(OL_IO, dir_.path("pipe"));
  const int writer = ::open(dir_.path("pipe").c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_EQ(::write(writer, kPeople, sizeof kPeople - 1), ssize_t{sizeof kPeople - 1});
  ExpectRefused(OL_IO, dir_.path("pipe"));
  ::close(writer);

  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  dir_.path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ExpectRefused(OL_IO, dir_.path("socket"));
  ::close(listener);
}

TEST_F(HostileFiles, PathsThatNoFileCanHaveAreRefused) {
  ExpectRefused(OL_INVALID_ARGUMENT, "");
  ExpectRefused(OL_INVALID_UTF8, Write(kPeople) + std::string("\0.csv", 5));
  ExpectRefused(OL_INVALID_UTF8, dir_.path("\xff\xfe.csv"));
  ExpectRefused(OL_IO, dir_.path(std::string(300, 'n')));
  ExpectRefused(OL_IO, "/" + std::string(100'000, 'n'));
  std::filesystem::create_symlink(dir_.path("loop"), dir_.path("loop"));
  ExpectRefused(OL_IO, dir_.path("loop"));
}

TEST_F(HostileFiles, UnusualNamesAndLinksAreRead) {
  EXPECT_EQ(Import(Write(kPeople, "two\nlines.csv")).created, 2);
  EXPECT_EQ(Import(Write(kPeople, "Präsident für \xe2\x82\xac ✓.csv")).unchanged, 2);
  std::filesystem::create_symlink(Write(kPeople), dir_.path("link.csv"));
  EXPECT_EQ(Import(dir_.path("link.csv")).unchanged, 2);
}

// Root reads everything, so a child without its rights asks.
TEST_F(HostileFiles, OneThatMayNotBeReadIsRefused) {
  const std::string path = Write(kPeople);
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    const Failure failure = FailureOf([&] { preview_csv(path, 5); });
    const bool clear = failure.code == OL_IO && failure.message.find("path") != std::string::npos;
    ::_exit(clear ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(HostileFiles, OnesWithoutAHeaderOrAnybodyToFindAreRefused) {
  for (const std::string& text :
       {std::string(), std::string("\n\r\n  \n"), std::string("\xef\xbb\xbf"),
        std::string("\xff\xfe"), std::string("First Name,Company\nAnn,X\n"),
        std::string("ann@x.example,Ann\nbea@x.example,Bea\n"), std::string(4096, '\0')}) {
    ExpectFailure(OL_MAPPING_MISSING, "path: ", [&] { ImportText(text); });
    EXPECT_EQ(ws_.prospects().count(), 0);
  }
  EXPECT_EQ(ImportText("Email,First Name\n").rows, 0);
  EXPECT_EQ(ImportText("Email,First Name").rows, 0);
  ExpectFailure(OL_INVALID_ARGUMENT, "path",
                [&] { ImportText(std::string("\xff\xfe\0\0E\0\0\0", 8)); });
}

// A file is named by its bytes: what changes under an import is another file.
TEST_F(HostileFiles, OneThatChangesWhileItIsReadStopsTheImportAtABatch) {
  std::string rows = "Email,First Name\n";
  for (int i = 0; i < 6000; ++i) rows += "p" + std::to_string(i) + "@x.example,P\n";
  using Harm = void (*)(const std::string& path);
  const std::pair<Harm, int64_t> harms[] = {
      {[](const std::string& path) { std::ofstream(path, std::ios::app) << "z@x.example,Z\n"; },
       2000},
      {[](const std::string& path) { std::filesystem::resize_file(path, 100); }, 2000},
      {[](const std::string& path) { std::ofstream(path, std::ios::trunc) << ""; }, 2000}};
  for (const auto& [harm, committed] : harms) {
    Workspace ws = engine_.create_organization("Another Ltd");
    const std::string path = Write(rows);
    ImportOptions how = How();
    bool harmed = false;
    how.progress = [&, harm = harm](int64_t, int64_t, int64_t) {
      if (!harmed) harm(path);
      return harmed = true;
    };
    ExpectFailure(OL_CONFLICT, "path: the file changed",
                  [&] { ws.prospects().import_csv(path, how); });
    EXPECT_EQ(ws.prospects().count(), committed);
    EXPECT_FALSE(ws.prospects().find_by_email("z@x.example"));
    const ImportReport again = ws.prospects().import_csv(Write(rows), How());
    EXPECT_TRUE(again.resumed);
    EXPECT_EQ(again.created, 6000);
    EXPECT_EQ(ws.prospects().count(), 6000);
  }
}

// An open file outlives its name.
TEST_F(HostileFiles, OneThatIsDeletedWhileItIsReadIsReadToItsEnd) {
  std::string rows = "Email,First Name\n";
  for (int i = 0; i < 5000; ++i) rows += "p" + std::to_string(i) + "@x.example,P\n";
  const std::string path = Write(rows);
  ImportOptions how = How();
  how.progress = [&](int64_t, int64_t, int64_t) {
    std::filesystem::remove(path);
    return true;
  };
  EXPECT_EQ(ws_.prospects().import_csv(path, how).created, 5000);
}

}  // namespace
}  // namespace onlyleads::tests
