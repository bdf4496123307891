#include "src/domain/csv/writer.h"

#include "src/base/text.h"

namespace onlyleads::domain::csv {

void AppendRecord(const std::vector<std::string>& cells, std::string* out) {
  for (size_t i = 0; i < cells.size(); ++i) {
    out->append(i == 0 ? "\"" : ",\"");
    for (const char c : base::GuardFormula(cells[i])) out->append(c == '"' ? 2 : 1, c);
    out->push_back('"');
  }
  out->append("\r\n");
}

}  // namespace onlyleads::domain::csv
