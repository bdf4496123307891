// The column headers that the import understands, as data: LinkedIn, Sales Navigator scrapers,
// Apollo, HubSpot, Salesforce and hand-made sheets, in English, German, French, Spanish, Dutch and
// Italian.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_SYNONYMS_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_SYNONYMS_H_

#include <span>
#include <string_view>

#include "src/domain/import/mapping.h"

namespace onlyleads::domain {

struct Synonyms {
  Field field;
  std::string_view keys;  // base::FoldKey forms, separated by blanks
};

std::span<const Synonyms> HeaderSynonyms();

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_SYNONYMS_H_
