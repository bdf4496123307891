// Two threads write one variable without a lock. Built under ThreadSanitizer alone, where its
// report is what the test demands: a build that lost the sanitizer would otherwise pass every other
// test. The race needs no luck: nothing orders the two threads, whichever comes first.
#include <thread>

int main() {
  int written = 0;
  std::thread left([&written] { written = 1; });
  std::thread right([&written] { written = 2; });
  left.join();
  right.join();
  return written == 0 ? 1 : 0;
}
