// Pages to Python values. NULL becomes None, ids their text form.
#include "convert.h"

namespace onlyleads::python {
namespace {

py::object ToValue(const Rows& rows, int64_t row, int32_t column) {
  if (rows.is_null(row, column)) return py::none();
  switch (rows.column_type(column)) {
    case OL_TYPE_INT:
      return py::int_(rows.integer(row, column));
    case OL_TYPE_DOUBLE:
      return py::float_(rows.real(row, column));
    case OL_TYPE_ID:
      return py::str(rows.id(row, column).to_string());
    default: {
      const std::string_view text = rows.text(row, column);
      return py::str(text.data(), text.size());
    }
  }
}

}  // namespace

py::list ToList(const Rows& rows) {
  py::list names;
  for (int32_t column = 0; column < rows.columns(); ++column) {
    const std::string_view name = rows.column_name(column);
    names.append(py::str(name.data(), name.size()));
  }
  py::list result;
  for (int64_t row = 0; row < rows.size(); ++row) {
    py::dict values;
    for (int32_t column = 0; column < rows.columns(); ++column) {
      values[names[static_cast<size_t>(column)]] = ToValue(rows, row, column);
    }
    result.append(std::move(values));
  }
  return result;
}

Page ToPage(const Rows& rows) { return {ToList(rows), rows.next_page()}; }

py::dict ToDict(const Prospect& p) {
  using py::literals::operator""_a;
  py::dict result(
      "id"_a = p.id.to_string(), "first_name"_a = p.first_name, "last_name"_a = p.last_name,
      "company"_a = p.company, "title"_a = p.title, "industry"_a = p.industry, "city"_a = p.city,
      "country"_a = p.country, "recipient_type"_a = p.recipient_type, "emails"_a = p.emails,
      "linkedin"_a = p.linkedin, "member_id"_a = p.member_id,
      "sales_navigator_id"_a = p.sales_navigator_id, "contact_points"_a = p.contact_points,
      "attributes_json"_a = p.attributes_json, "source"_a = p.source,
      "lawful_basis"_a = p.lawful_basis, "obtained_at_us"_a = p.obtained_at_us);
  result["objected_at_us"] =
      p.objected_at_us == 0 ? py::object(py::none()) : py::object(py::int_(p.objected_at_us));
  result["restricted_at_us"] =
      p.restricted_at_us == 0 ? py::object(py::none()) : py::object(py::int_(p.restricted_at_us));
  return result;
}

}  // namespace onlyleads::python
