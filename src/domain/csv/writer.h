// CSV as RFC 4180 has it, for people's spreadsheets and for the import: every cell in quotes, so
// that no reader guesses, and none that a spreadsheet would run. Knows nothing of what the cells
// mean.
#ifndef ONLYLEADS_SRC_DOMAIN_CSV_WRITER_H_
#define ONLYLEADS_SRC_DOMAIN_CSV_WRITER_H_

#include <string>
#include <vector>

namespace onlyleads::domain::csv {

// One record with its line end. Cells are UTF-8 and pass base::GuardFormula.
void AppendRecord(const std::vector<std::string>& cells, std::string* out);

}  // namespace onlyleads::domain::csv

#endif  // ONLYLEADS_SRC_DOMAIN_CSV_WRITER_H_
