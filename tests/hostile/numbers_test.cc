// The ends of every integer in the C ABI: each field of each struct that goes in, and each integer
// argument, holds in turn what arithmetic cannot bear. A clear error that names it, or success, and
// an engine that works on. Meant for UBSan. Black box: public headers only.
#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "tests/abi/world.h"

namespace onlyleads::tests {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

class HostileNumbers : public ::testing::Test {
 protected:
  using Call = std::function<int32_t(int64_t value, ol_error* err)>;
  struct Number {
    std::string name;  // as the message has it
    bool wide;         // 64 bits
    Call call;
  };

  // `call` gets a copy of the struct whose `field` is spoiled.
  template <typename S, typename T, typename F>
  void Field(const std::string& name, const S& right, T S::*field, F call) {
    numbers_.push_back({name, sizeof(T) == 8, [=](int64_t value, ol_error* err) {
                          S spoiled = right;
                          spoiled.*field = static_cast<T>(value);
                          return call(&spoiled, err);
                        }});
  }
  template <typename T, typename F>
  void Argument(const std::string& name, F call) {
    numbers_.push_back({name, sizeof(T) == 8, [=](int64_t value, ol_error* err) {
                          return call(static_cast<T>(value), err);
                        }});
  }
  template <typename S>
  static S Sized() {
    S value{};
    value.struct_size = sizeof(S);
    return value;
  }

  void Opening();
  void Organizations();
  void Senders();
  void Contracts();
  void People();
  void Arguments();
  void Pages();
  void Sweep();

  // Opens, lets due work happen, frees.
  int32_t Open(const ol_engine_options* options, ol_error* err) {
    ol_engine* engine = nullptr;
    int32_t code = ol_engine_open(Str(world_.path), options, &engine, err);
    if (code == OL_OK) code = ol_engine_run(engine, nullptr, nullptr, err);
    ol_engine_free(engine);
    return code;
  }
  int32_t NewOrganization(const ol_organization_options* options, ol_id* org_id, ol_error* err) {
    ol_workspace* ws = nullptr;
    const int32_t code = ol_organization_create(world_.engine, Str(word_), options, &ws, err);
    if (ws != nullptr) *org_id = ol_workspace_org_id(ws);
    ol_workspace_free(ws);
    return code;
  }
  std::string FreshPath() { return world_.dir.path("file-" + std::to_string(++files_)); }
  // Frees the page that a call gave.
  int32_t Freed(int32_t code) {
    ol_rows_free(rows_);
    rows_ = nullptr;
    return code;
  }

  World world_;
  const std::string word_ = "test", basis_ = "legitimate_interests", kind_ = "visit",
                    digest_ = std::string(64, 'a');
  std::vector<Number> numbers_;
  ol_rows* rows_ = nullptr;
  ol_id id_{};
  int64_t count_ = 0;
  int files_ = 0;
};

void HostileNumbers::Opening() {
  ol_engine_options right = Sized<ol_engine_options>();
  right.key = Str(world_.key);
  const auto open = [this](const ol_engine_options* o, ol_error* err) { return Open(o, err); };
  Field("max_call_ms", right, &ol_engine_options::max_call_ms, open);
  Field("busy_timeout_ms", right, &ol_engine_options::busy_timeout_ms, open);
  Field("flags", right, &ol_engine_options::flags, open);
  const auto with_host = [this, right](const ol_host* host, ol_error* err) {
    ol_engine_options options = right;
    options.host = host;
    return Open(&options, err);
  };
  Field("host.reserved0", Sized<ol_host>(), &ol_host::reserved0, with_host);
  ol_transport transport = Sized<ol_transport>();
  transport.submit = [](void*, const ol_http_request*, int64_t, int64_t) -> int32_t { return 1; };
  transport.poll = [](void*, int64_t, ol_http_deliver, void*) -> int32_t { return 1; };
  transport.cancel = [](void*, uint64_t) -> int32_t { return 0; };
  Field("max_concurrent", transport, &ol_transport::max_concurrent,
        [with_host](const ol_transport* given, ol_error* err) {
          ol_host host = Sized<ol_host>();
          host.transport = given;
          return with_host(&host, err);
        });
  const auto run = [this](const ol_run_options* o, ol_error* err) {
    return ol_engine_run(world_.engine, o, nullptr, err);
  };
  Field("reserved0", Sized<ol_run_options>(), &ol_run_options::reserved0, run);
  Field("max_ms", Sized<ol_run_options>(), &ol_run_options::max_ms, run);
  Field("max_calls", Sized<ol_run_options>(), &ol_run_options::max_calls, run);
}

void HostileNumbers::Organizations() {
  using Options = ol_organization_options;
  const auto create = [this](const Options* o, ol_error* err) {
    return NewOrganization(o, &id_, err);
  };
  Field("reserved0", Sized<Options>(), &Options::reserved0, create);
  Field("reserved1", Sized<Options>(), &Options::reserved1, create);
  Field("dpa_missing", Sized<Options>(), &Options::dpa_missing, create);
  const auto work = [this](auto call) {
    Field("reserved0", Sized<ol_work_options>(), &ol_work_options::reserved0, call);
  };
  work([this](const ol_work_options* o, ol_error* err) {
    const std::string path = FreshPath();
    return ol_organization_export(world_.engine, world_.org, Str(path), o, &count_, err);
  });
  work([this](const ol_work_options* o, ol_error* err) {
    const std::string path = FreshPath();
    return ol_prospects_export_csv(world_.workspace, Str(path), o, &count_, err);
  });
  work([this](const ol_work_options* o, ol_error* err) {
    ol_id org_id{};
    const int32_t code = NewOrganization(nullptr, &org_id, err);
    if (code != OL_OK) return code;
    return ol_organization_delete(world_.engine, org_id, o, &count_, err);
  });
}

void HostileNumbers::Senders() {
  using Options = ol_sender_options;
  const Options right = world_.SenderOptions(word_);
  const auto connect = [this](Options* o, ol_error* err) {
    const std::string account = FreshPath();
    o->account_id = Str(account);
    return ol_sender_connect(world_.workspace, o, &id_, err);
  };
  const std::pair<const char*, int32_t Options::*> fields[] = {
      {"premium", &Options::premium},
      {"work_start_min", &Options::work_start_min},
      {"work_end_min", &Options::work_end_min},
      {"invitations_per_day", &Options::invitations_per_day},
      {"invitations_per_week", &Options::invitations_per_week},
      {"messages_per_day", &Options::messages_per_day},
      {"messages_per_week", &Options::messages_per_week},
      {"profiles_per_day", &Options::profiles_per_day},
      {"profiles_per_week", &Options::profiles_per_week},
      {"min_gap_s", &Options::min_gap_s},
      {"reserved0", &Options::reserved0},
      {"reserved1", &Options::reserved1}};
  for (const auto& [name, field] : fields) Field(name, right, field, connect);
  Field("work_days", right, &Options::work_days, connect);
}

void HostileNumbers::Contracts() {
  ol_mandate_options mandate = Sized<ol_mandate_options>();
  mandate.member_id = world_.member;
  mandate.sender_id = world_.sender;
  mandate.text_version = Str(word_);
  mandate.text_digest = Str(digest_);
  const auto record = [this](const ol_mandate_options* o, ol_error* err) {
    return ol_mandate_record(world_.workspace, o, &id_, err);
  };
  Field("reserved0", mandate, &ol_mandate_options::reserved0, record);
  Field("given_at_us", mandate, &ol_mandate_options::given_at_us, record);
  ol_usage usage{};
  usage.member_id = world_.member;
  Field("usage[0].at_us", usage, &ol_usage::at_us, [this](const ol_usage* row, ol_error* err) {
    return ol_usage_record(world_.workspace, row, 1, sizeof(*row), &count_, err);
  });
  ol_signal signal{};
  signal.prospect_id = world_.person;
  signal.kind = Str(kind_);
  signal.source = Str(word_);
  Field("signals[0].at_us", signal, &ol_signal::at_us, [this](const ol_signal* row, ol_error* err) {
    return Freed(ol_signals_record(world_.workspace, row, 1, sizeof(*row), &rows_, err));
  });
}

void HostileNumbers::People() {
  ol_import_options import = Sized<ol_import_options>();
  import.source = Str(word_);
  import.lawful_basis = Str(basis_);
  Field("reserved0", import, &ol_import_options::reserved0,
        [this](const ol_import_options* o, ol_error* err) {
          const std::string path = world_.WriteCsv(2);
          ol_import_report report = Sized<ol_import_report>();
          return ol_prospects_import_csv(world_.workspace, Str(path), o, &report, err);
        });
  const auto retain = [this](const ol_retention_options* o, ol_error* err) {
    ol_rows* plan = nullptr;
    ol_str token{};
    int32_t code = ol_retention_plan(world_.workspace, 0, &plan, err);
    if (code == OL_OK) code = ol_rows_text(plan, 0, ol_rows_columns(plan) - 1, &token);
    if (code == OL_OK) code = ol_retention_run(world_.workspace, token, o, nullptr, err);
    ol_rows_free(plan);
    return code;
  };
  Field("reserved0", Sized<ol_retention_options>(), &ol_retention_options::reserved0, retain);
  Field("max_rows", Sized<ol_retention_options>(), &ol_retention_options::max_rows, retain);
}

void HostileNumbers::Arguments() {
  Argument<int64_t>("active_until_us", [this](int64_t value, ol_error* err) {
    ol_id org_id{};
    const int32_t code = NewOrganization(nullptr, &org_id, err);
    if (code != OL_OK) return code;
    return ol_organization_set_subscription(world_.engine, org_id, value, err);
  });
  Argument<int64_t>("until_us", [this](int64_t value, ol_error* err) {
    return ol_hold_place(world_.workspace, world_.person, Str(word_), value, &id_, err);
  });
  Argument<int32_t>("inactive_days", [this](int32_t value, ol_error* err) {
    return Freed(ol_retention_plan(world_.workspace, value, &rows_, err));
  });
  Argument<int32_t>("step", [this](int32_t value, ol_error* err) {
    return Freed(
        ol_campaign_render(world_.workspace, world_.campaign, world_.person, value, &rows_, err));
  });
  Argument<int32_t>("with_linkedin", [this](int32_t value, ol_error* err) {
    return Freed(ol_scoring_top(world_.workspace, 5, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_scoring_top(world_.workspace, value, 0, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_prospects_list(world_.workspace, {}, value, &rows_, err));
  });
  Argument<int64_t>("limit", [this](int64_t value, ol_error* err) {
    const std::string path = world_.WriteCsv(2);
    return Freed(ol_csv_preview(Str(path), value, &rows_, err));
  });
}

void HostileNumbers::Pages() {
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_import_rejects(world_.workspace, world_.import, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(
        ol_campaign_enrollments(world_.workspace, world_.campaign, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_signals_list(world_.workspace, world_.person, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_outbox_list(world_.workspace, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_inbox_list(world_.workspace, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_audit_list(world_.workspace, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_mandate_list(world_.workspace, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_usage_list(world_.workspace, {}, value, &rows_, err));
  });
  Argument<int32_t>("limit", [this](int32_t value, ol_error* err) {
    return Freed(ol_hold_list(world_.workspace, {}, value, &rows_, err));
  });
}

void HostileNumbers::Sweep() {
  // The largest first: a provider that refuses its key stops the sender after the first call.
  const int64_t narrow[] = {std::numeric_limits<int32_t>::max(),
                            std::numeric_limits<int32_t>::min(), 0, -1};
  // What overflows when thousands or millions of it are taken: milliseconds as microseconds,
  // milliseconds and seconds as nanoseconds.
  const int64_t wide[] = {kHighest,
                          kHighest - 1,
                          kLowest,
                          kLowest + 1,
                          9'300'000'000'000,
                          kHighest / 1000 + 1,
                          kHighest / 1'000'000 + 1,
                          kLowest / 1000 - 1};
  int calls = 0, taken = 0;
  const auto call = [&](const Number& number, int64_t value) {
    ol_error err;
    const int32_t code = number.call(value, &err);
    ++calls;
    taken += code == OL_OK ? 1 : 0;
    if (code == OL_OK) return;
    const int32_t primary = OL_PRIMARY(code);
    EXPECT_TRUE(primary == OL_INVALID_ARGUMENT || primary == OL_LIMIT)
        << number.name << " = " << value << ": " << ol_code_name(code) << ": " << err.message;
    EXPECT_NE(std::string(err.message).find(number.name), std::string::npos)
        << number.name << " = " << value << ": " << err.message;
  };
  for (const Number& number : numbers_) {
    for (const int64_t value : narrow) call(number, value);
    if (!number.wide) continue;
    for (const int64_t value : wide) call(number, value);
  }
  std::cout << numbers_.size() << " numbers, " << calls << " calls, " << taken << " taken\n";
}

TEST_F(HostileNumbers, AtTheirEndsAreRefusedByNameOrTakenAndNothingOverflows) {
  Opening();
  Organizations();
  Senders();
  Contracts();
  People();
  Arguments();
  Pages();
  Sweep();
  ol_error err;
  ol_audit_report report = Sized<ol_audit_report>();
  EXPECT_EQ(ol_engine_run(world_.engine, nullptr, nullptr, &err), OL_OK) << err.message;
  EXPECT_EQ(ol_audit_verify(world_.engine, &report, &err), OL_OK) << err.message;
  EXPECT_EQ(report.intact, 1);
}

}  // namespace
}  // namespace onlyleads::tests
