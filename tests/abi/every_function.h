// Every exported function with arguments that are right, so that a sweep can make them wrong one at
// a time. The table has an entry for each line of src/capi/exports.txt; what can be wrong with an
// argument follows from its type alone. Black box: public headers only.
#ifndef ONLYLEADS_TESTS_ABI_EVERY_FUNCTION_H_
#define ONLYLEADS_TESTS_ABI_EVERY_FUNCTION_H_

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/abi/world.h"

namespace onlyleads::tests {

// What arguments point to, kept until the call is done; each block is exactly as large as it says,
// so that reading or writing beyond it is seen.
class Scratch {
 public:
  ~Scratch() {
    for (const auto& f : at_end_) f();
  }
  template <typename T>
  T* Keep(T value) {
    auto kept = std::make_shared<T>(std::move(value));
    kept_.push_back(kept);
    return kept.get();
  }
  ol_str Text(std::string text) { return Str(*Keep(std::move(text))); }
  // A result's place with something in it, because a failed call must zero it.
  template <typename T>
  T* Out() {
    T* out = Keep(T{});
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a result may be a pointer
    std::memset(static_cast<void*>(out), 0x5a, sizeof(T));
    return out;
  }
  // A report with something in it, for the same reason.
  template <typename T>
  T* Report() {
    T* report = Out<T>();
    report->struct_size = sizeof(T);
    return report;
  }
  template <typename T>
  T* Struct(T value) {
    value.struct_size = sizeof(T);
    return Keep(value);
  }
  void* Block(size_t size) {
    std::shared_ptr<void> block(std::calloc(1, size), std::free);
    kept_.push_back(block);
    return block.get();
  }
  void AtEnd(std::function<void()> f) { at_end_.push_back(std::move(f)); }

 private:
  std::vector<std::shared_ptr<void>> kept_;
  std::vector<std::function<void()>> at_end_;
};

struct Outcome {
  bool has_code = false;   // the function returns an ol code
  bool has_error = false;  // and was given an ol_error
  int32_t code = OL_OK;
  ol_error err{};
  std::string broken;  // a promise of the ABI that did not hold; empty: none
};

// One call with everything it needs, made ready before it is made: some are made in a callback or
// in a forked child, where nothing could be made ready any more.
class Prepared {
 public:
  virtual ~Prepared() = default;
  virtual Outcome Call() = 0;
  // Hands results back, as a caller would.
  virtual void FreeResults() = 0;
};

// What has to come of a call with one wrong argument.
enum class Expect {
  kSuccess,   // as with right arguments
  kNamed,     // an error of the class OL_INVALID_ARGUMENT that names the argument
  kMisuse,    // OL_MISUSE that names the argument
  kAnyError,  // some error
  kNoCrash,   // an answer
};

struct Wrong {
  std::string what;
  std::string parameter;
  Expect expect;
  std::unique_ptr<Prepared> call;
};

class Function {
 public:
  virtual ~Function() = default;
  const std::string& name() const { return name_; }
  // It works on an engine: refused in a callback, in a forked child, after close.
  bool enters_engine() const { return enters_engine_; }
  virtual std::unique_ptr<Prepared> Right(World& world) const = 0;
  // One call for each thing that can be wrong with each argument.
  virtual std::vector<Wrong> EachWrong(World& world) const = 0;

 protected:
  std::string name_;
  bool enters_engine_ = false;
};

using Table = std::vector<std::unique_ptr<Function>>;
const Table& EveryFunction();
// The functions of src/capi/exports.txt, in its order.
std::vector<std::string> ExportedFunctions();

// ---- below: how the table is made ----

template <typename T, typename = void>
struct HasStructSize : std::false_type {};
template <typename T>
struct HasStructSize<T, std::void_t<decltype(std::declval<T>().struct_size)>> : std::true_type {};

template <typename T>
inline constexpr bool kIsHandle =
    std::is_same_v<T, ol_engine> || std::is_same_v<T, ol_workspace> || std::is_same_v<T, ol_rows>;

template <typename R, typename... P>
class CallOf final : public Prepared {
 public:
  using Args = std::tuple<P...>;
  CallOf(R (*f)(P...), std::shared_ptr<Scratch> scratch, Args args)
      : f_(f), scratch_(std::move(scratch)), args_(std::move(args)) {}
  ~CallOf() override { FreeResults(); }

  Outcome Call() override {
    Outcome outcome;
    if constexpr (std::is_void_v<R>) {
      std::apply(f_, args_);
    } else {
      const R result = std::apply(f_, args_);
      if constexpr (std::is_same_v<R, int32_t>) {
        outcome.has_code = true;
        outcome.code = result;
      }
    }
    called_ = true;
    std::apply([&](auto&... arg) { (LookAt(arg, &outcome), ...); }, args_);
    return outcome;
  }
  void FreeResults() override {
    if (called_) std::apply([&](auto&... arg) { (Free(arg), ...); }, args_);
    called_ = false;
  }

 private:
  template <typename T>
  void LookAt(T& arg, Outcome* outcome) {
    if constexpr (std::is_same_v<T, ol_error*>) {
      if (arg == nullptr) return;
      outcome->has_error = true;
      outcome->err = *arg;
      if (arg->code != outcome->code) outcome->broken = "code and err->code differ";
      const bool silent = arg->message[0] == '\0';
      if (silent != (arg->code == OL_OK)) outcome->broken = "a message is missing or out of place";
      if (arg->reserved0 != 0 || arg->reserved1 != 0) outcome->broken = "reserved fields of err";
    } else if constexpr (std::is_pointer_v<T>) {
      using To = std::remove_pointer_t<T>;
      constexpr bool kIsOut = !std::is_const_v<To> && !kIsHandle<To> && !std::is_void_v<To> &&
                              !std::is_same_v<To, char> && !std::is_same_v<To, ArrowArrayStream>;
      if constexpr (kIsOut) {
        if (arg != nullptr && outcome->has_code && outcome->code != OL_OK && !IsZero(*arg)) {
          outcome->broken = "a failed call left a result";
        }
      }
    }
  }
  // A report: all behind its size, unless the caller's size is what is wrong.
  template <typename To>
  static bool IsZero(const To& out) {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a result may be a pointer
    size_t from = 0, size = sizeof(To);
    if constexpr (HasStructSize<To>::value) {
      if (out.struct_size < 8 || out.struct_size > 4096 || out.struct_size % 8 != 0) return true;
      from = sizeof(out.struct_size);
      size = std::min<size_t>(size, out.struct_size);
    }
    const auto* bytes = reinterpret_cast<const char*>(&out);
    return std::all_of(bytes + from, bytes + size, [](char byte) { return byte == 0; });
  }
  template <typename T>
  void Free(T& arg) {
    if constexpr (std::is_same_v<T, ol_rows**>) {
      if (arg != nullptr) ol_rows_free(*arg);
    } else if constexpr (std::is_same_v<T, ol_workspace**>) {
      if (arg != nullptr) ol_workspace_free(*arg);
    } else if constexpr (std::is_same_v<T, ol_engine**>) {
      if (arg != nullptr) ol_engine_free(*arg);
    }
  }

  R (*f_)(P...);
  std::shared_ptr<Scratch> scratch_;
  Args args_;
  bool called_ = false;
};

template <typename R, typename... P>
class FunctionOf final : public Function {
 public:
  using Args = std::tuple<P...>;
  using Make = std::function<Args(World&, Scratch&)>;

  // parameters: their names, those that may be NULL with a "?".
  FunctionOf(std::string name, R (*f)(P...), std::vector<std::string> parameters, Make make)
      : f_(f), parameters_(std::move(parameters)), make_(std::move(make)) {
    name_ = std::move(name);
    constexpr bool kHasError = (std::is_same_v<P, ol_error*> || ...);
    constexpr bool kHasHandle =
        ((std::is_same_v<P, ol_engine*> || std::is_same_v<P, ol_workspace*>) || ...);
    enters_engine_ = kHasError && kHasHandle;
    has_error_ = kHasError;
  }

  std::unique_ptr<Prepared> Right(World& world) const override {
    auto scratch = std::make_shared<Scratch>();
    Args args = make_(world, *scratch);
    return std::make_unique<CallOf<R, P...>>(f_, scratch, std::move(args));
  }

  std::vector<Wrong> EachWrong(World& world) const override {
    std::vector<Wrong> all;
    EachParameter(world, &all, std::index_sequence_for<P...>());
    return all;
  }

 private:
  template <size_t... I>
  void EachParameter(World& world, [[maybe_unused]] std::vector<Wrong>* all,
                     std::index_sequence<I...>) const {
    (Spoil<I>(world, all), ...);
  }

  // One more call, whose argument I `change` has made wrong.
  template <size_t I, typename F>
  void Add(World& world, std::vector<Wrong>* all, std::string what, Expect expect,
           F&& change) const {
    auto scratch = std::make_shared<Scratch>();
    Args args = make_(world, *scratch);
    change(std::get<I>(args), *scratch);
    // Without an ol_error there is nothing to name the argument in.
    if (!has_error_ && expect != Expect::kSuccess) expect = Expect::kNoCrash;
    std::string name = parameters_.at(I);
    if (name.back() == '?') name.pop_back();
    all->push_back({std::move(what), std::move(name), expect,
                    std::make_unique<CallOf<R, P...>>(f_, scratch, std::move(args))});
  }

  template <size_t I>
  void Spoil(World& world, std::vector<Wrong>* all) const {
    using T = std::tuple_element_t<I, Args>;
    const bool optional = parameters_.at(I).back() == '?';
    if constexpr (std::is_pointer_v<T>) {
      using To = std::remove_cv_t<std::remove_pointer_t<T>>;
      Add<I>(world, all, "NULL", optional ? Expect::kSuccess : Expect::kNamed,
             [](T& arg, Scratch&) { arg = nullptr; });
      if constexpr (kIsHandle<To>) SpoilHandle<I, T, To>(world, all);
      if constexpr (HasStructSize<To>::value) SpoilStruct<I, T, To>(world, all);
    } else if constexpr (std::is_same_v<T, ol_str>) {
      SpoilText<I>(world, all);
    } else if constexpr (std::is_same_v<T, size_t>) {
      Add<I>(world, all, "more than memory", Expect::kNamed,
             [](T& arg, Scratch&) { arg = std::numeric_limits<size_t>::max(); });
    } else if constexpr (std::is_integral_v<T>) {
      for (const T value : {std::numeric_limits<T>::min(), T{-2}}) {
        Add<I>(world, all, std::to_string(value), Expect::kAnyError,
               [value](T& arg, Scratch&) { arg = value; });
      }
      Add<I>(world, all, "the largest number", Expect::kNoCrash,
             [](T& arg, Scratch&) { arg = std::numeric_limits<T>::max(); });
    } else if constexpr (std::is_same_v<T, ol_id>) {
      Add<I>(world, all, "no id", Expect::kNoCrash, [](T& arg, Scratch&) { arg = ol_id{}; });
      Add<I>(world, all, "an id of nothing", Expect::kNoCrash,
             [](T& arg, Scratch&) { std::memset(&arg, 0xab, sizeof(arg)); });
    }
  }

  template <size_t I, typename T, typename To>
  void SpoilHandle(World& world, std::vector<Wrong>* all) const {
    const std::pair<const char*, void*> wrong[] = {{"an engine", world.engine},
                                                   {"a workspace", world.workspace},
                                                   {"rows", world.rows},
                                                   {"a freed engine", world.freed_engine},
                                                   {"a freed workspace", world.freed_workspace},
                                                   {"freed rows", world.freed_rows}};
    for (const auto& [what, handle] : wrong) {
      const bool right = (std::is_same_v<To, ol_engine> && handle == world.engine) ||
                         (std::is_same_v<To, ol_workspace> && handle == world.workspace) ||
                         (std::is_same_v<To, ol_rows> && handle == world.rows);
      if (right) continue;
      Add<I>(world, all, what, Expect::kMisuse,
             [handle = handle](T& arg, Scratch&) { arg = static_cast<T>(handle); });
    }
  }

  template <size_t I, typename T, typename To>
  void SpoilStruct(World& world, std::vector<Wrong>* all) const {
    constexpr uint32_t kSize = sizeof(To);
    for (const uint32_t size : {0u, 4u, kSize + 4, 4104u, 0xffffffffu}) {
      Add<I>(world, all, "struct_size " + std::to_string(size), Expect::kNamed,
             [size](T& arg, Scratch&) { const_cast<To*>(arg)->struct_size = size; });
    }
    // An older caller's struct, in a block that ends where it ends. Fields it lacks may be
    // required.
    for (uint32_t size = 8; size < kSize; size += 8) {
      Add<I>(world, all, "an older struct of " + std::to_string(size), Expect::kNoCrash,
             [size](T& arg, Scratch& scratch) { arg = Resized<T, To>(arg, size, scratch); });
    }
    Add<I>(world, all, "a newer struct with a zero tail", Expect::kSuccess,
           [](T& arg, Scratch& scratch) { arg = Resized<T, To>(arg, kSize + 64, scratch); });
    if constexpr (std::is_const_v<std::remove_pointer_t<T>>) {
      Add<I>(world, all, "a newer struct with an unknown field", Expect::kNamed,
             [](T& arg, Scratch& scratch) {
               T larger = Resized<T, To>(arg, kSize + 64, scratch);
               reinterpret_cast<char*>(const_cast<To*>(larger))[kSize + 40] = 1;
               arg = larger;
             });
    }
  }

  template <typename T, typename To>
  static T Resized(T from, uint32_t size, Scratch& scratch) {
    void* block = scratch.Block(size);
    std::memcpy(block, static_cast<const void*>(from), std::min<size_t>(size, sizeof(To)));
    std::memcpy(block, &size, sizeof(size));
    return static_cast<T>(block);
  }

  template <size_t I>
  void SpoilText(World& world, std::vector<Wrong>* all) const {
    Add<I>(world, all, "a size without data", Expect::kNamed, [](ol_str& arg, Scratch&) {
      arg = {nullptr, 5};
    });
    Add<I>(world, all, "bytes that are not UTF-8", Expect::kAnyError,
           [](ol_str& arg, Scratch& scratch) {
             arg = scratch.Text(
                 "\xff\xfe"
                 "abc");
           });
    Add<I>(world, all, "text with U+0000", Expect::kAnyError,
           [](ol_str& arg, Scratch& scratch) { arg = scratch.Text(std::string("a\0b", 3)); });
    Add<I>(world, all, "a lone surrogate", Expect::kAnyError,
           [](ol_str& arg, Scratch& scratch) { arg = scratch.Text("\xed\xa0\x80"); });
    Add<I>(world, all, "17 MiB", Expect::kAnyError,
           [](ol_str& arg, Scratch& scratch) { arg = scratch.Text(std::string(17 << 20, 'a')); });
  }

  R (*f_)(P...);
  std::vector<std::string> parameters_;
  Make make_;
  bool has_error_ = false;
};

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_ABI_EVERY_FUNCTION_H_
