// Who exists: persons by provider id and by public identifier. Anybody who is asked for exists; a
// public identifier that nobody declared gets a provider id derived from it, the same in every run.
// Pure state: the world feeds it from the log, so that a restart knows the same people.
#ifndef ONLYLEADS_SANDBOX_PEOPLE_H_
#define ONLYLEADS_SANDBOX_PEOPLE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace onlyleads_sandbox {

struct Person {
  std::string provider_id;
  std::string public_identifier;  // empty: none known
  std::string name;
  bool missing = false;

  std::string FirstName() const;
  std::string LastName() const;
};

class People {
 public:
  static bool LooksLikeProviderId(std::string_view identifier);
  static std::string ProviderIdFor(std::string_view public_identifier);

  // The known person behind a provider id or a public identifier, or null.
  const Person* Find(std::string_view identifier) const;
  // The person that `identifier` means, made up if unknown. No change of state.
  Person Imagine(std::string_view identifier) const;
  // Adds or completes. Empty members leave what is known; a public identifier that was somebody
  // else's moves here.
  void Put(const Person& person, std::optional<bool> missing);
  size_t size() const { return by_provider_id_.size(); }

 private:
  std::map<std::string, Person, std::less<>> by_provider_id_;
  std::map<std::string, std::string, std::less<>> by_public_identifier_;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_PEOPLE_H_
