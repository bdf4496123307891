// Who exists; see people.h. Public identifiers compare in lower case, provider ids exactly.
#include "people.h"

#include "text.h"

namespace onlyleads_sandbox {
namespace {

std::string Capitalised(std::string word) {
  if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') {
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
  }
  return word;
}

std::string NameFromIdentifier(std::string_view public_identifier) {
  const auto words = Split(public_identifier, '-');
  std::string name = Capitalised(words[0]);
  if (words.size() > 1) name += " " + Capitalised(words[1]);
  return name;
}

}  // namespace

std::string Person::FirstName() const { return name.substr(0, name.find(' ')); }

std::string Person::LastName() const {
  const size_t blank = name.find(' ');
  return blank == std::string::npos ? "Sample" : name.substr(blank + 1);
}

bool People::LooksLikeProviderId(std::string_view identifier) {
  return identifier.size() > 3 &&
         (identifier.substr(0, 3) == "ACo" || identifier.substr(0, 3) == "ACw");
}

std::string People::ProviderIdFor(std::string_view public_identifier) {
  return "ACoAA" + Hex(Hash({"person", public_identifier}));
}

const Person* People::Find(std::string_view identifier) const {
  const auto direct = by_provider_id_.find(identifier);
  if (direct != by_provider_id_.end()) return &direct->second;
  const auto named = by_public_identifier_.find(AsciiLower(identifier));
  if (named == by_public_identifier_.end()) return nullptr;
  return &by_provider_id_.find(named->second)->second;
}

Person People::Imagine(std::string_view identifier) const {
  if (const Person* known = Find(identifier)) return *known;
  Person person;
  if (LooksLikeProviderId(identifier)) {
    person.provider_id = identifier;
    return person;
  }
  person.public_identifier = AsciiLower(identifier);
  person.provider_id = ProviderIdFor(person.public_identifier);
  return person;
}

void People::Put(const Person& person, std::optional<bool> missing) {
  Person& entry = by_provider_id_[person.provider_id];
  entry.provider_id = person.provider_id;
  if (missing) entry.missing = *missing;
  if (!person.name.empty()) entry.name = person.name;
  const std::string slug = AsciiLower(person.public_identifier);
  if (!slug.empty() && slug != entry.public_identifier) {
    by_public_identifier_.erase(entry.public_identifier);
    const auto previous = by_public_identifier_.find(slug);
    if (previous != by_public_identifier_.end()) {
      by_provider_id_[previous->second].public_identifier.clear();
    }
    entry.public_identifier = slug;
    by_public_identifier_[slug] = entry.provider_id;
  }
  if (entry.name.empty()) {
    entry.name = entry.public_identifier.empty()
                     ? "Person " + Hex(Hash({entry.provider_id})).substr(0, 6)
                     : NameFromIdentifier(entry.public_identifier);
  }
}

}  // namespace onlyleads_sandbox
