// Unipile's API as the sandbox serves it: which route a request means, whose key it carries, which
// fault befalls it, and the bookkeeping of every attempt. What a route answers is in unipile_reads
// and unipile_writes.
#ifndef ONLYLEADS_SANDBOX_UNIPILE_ROUTES_H_
#define ONLYLEADS_SANDBOX_UNIPILE_ROUTES_H_

#include <httplib.h>

#include <string>
#include <utility>
#include <vector>

#include "faults.h"
#include "store.h"

namespace onlyleads_sandbox {

// What goes back over HTTP, or does not.
struct Reply {
  int status = 200;
  std::string body;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  bool cut = false;
  bool reset = false;
};

// What a route decided, before any fault touches the answer.
struct Outcome {
  int status = 200;
  std::string body;
  std::string slug;         // of a refusal
  uint64_t ledger_seq = 0;  // of what was accepted
};

// One request on its way through the API.
struct Call {
  const httplib::Request* request = nullptr;
  std::vector<std::string> path;  // decoded segments after /api/v1
  std::string instance;           // the path, for error bodies
  std::string api_key;
  bool server_key = false;  // the key of accounts that have none of their own
  bool json_ok = false;
  rapidjson::Document json;  // the body, when it is JSON
  RequestFacts facts;

  std::string Query(const char* name) const;
  std::string Form(const char* name) const;
  Outcome Refuse(std::string_view slug) const;
  // The account, if it exists for this key.
  const Account* Find(const World& world, const std::string& account_id) const;
  bool Owns(const Account& account) const;
};

class UnipileApi {
 public:
  UnipileApi(Store* store, Faults* faults, std::string api_key)
      : store_(store), faults_(faults), api_key_(std::move(api_key)) {}

  // `path` holds the decoded segments after /api/v1.
  Reply Handle(const httplib::Request& request, std::vector<std::string> path);

 private:
  // Fills route, account and person; false when there is no such route.
  bool Identify(Call* call);
  bool Authorized(Call* call);
  void Finish(const Call& call, const Outcome& outcome, const Reply& reply,
              const std::string& fault);

  Store* store_;
  Faults* faults_;
  std::string api_key_;
};

Outcome ReadRoute(const Call& call, Store* store);
Outcome WriteRoute(const Call& call, Store* store);

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_UNIPILE_ROUTES_H_
