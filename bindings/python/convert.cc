// Pages to Python values. NULL becomes None, ids their text form.
#include "convert.h"

#include "arrow.h"

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

py::list NamesOf(const Rows& rows) {
  py::list names;
  for (int32_t column = 0; column < rows.columns(); ++column) {
    const std::string_view name = rows.column_name(column);
    names.append(py::str(name.data(), name.size()));
  }
  return names;
}

py::dict RowToDict(const Rows& rows, const py::list& names, int64_t row) {
  py::dict values;
  for (int32_t column = 0; column < rows.columns(); ++column) {
    values[names[static_cast<size_t>(column)]] = ToValue(rows, row, column);
  }
  return values;
}

py::list ToDicts(const Rows& rows) {
  const py::list names = NamesOf(rows);
  py::list result;
  for (int64_t row = 0; row < rows.size(); ++row) result.append(RowToDict(rows, names, row));
  return result;
}

py::list ToProspects(const Rows& rows) {
  py::list people;
  for (const Row row : rows) people.append(ToDict(read_prospect(row)));
  return people;
}

py::dict At(const PyRows& rows, int64_t index) {
  const int64_t row = index < 0 ? index + rows.page->size() : index;
  if (row < 0 || row >= rows.page->size()) throw py::index_error("row index out of range");
  return RowToDict(*rows.page, NamesOf(*rows.page), row);
}

}  // namespace

PyRows ToList(Rows rows) { return {std::make_shared<const Rows>(std::move(rows))}; }

Page ToPage(Rows rows) {
  std::string next = rows.next_page();
  return {ToList(std::move(rows)), std::move(next)};
}

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

void BindRows(py::module_& m) {
  py::class_<PyRows> c(m, "Rows", "A page of results: a sequence of dicts by column name.");
  Verb(c, "__len__", "(self, /)", "Rows of this page.",
       [](const PyRows& rows) { return rows.page->size(); });
  Verb(c, "__getitem__", "(self, index, /)", "One row.", &At);
  Verb(c, "__iter__", "(self, /)", "The rows in order.",
       [](const PyRows& rows) { return py::iter(ToDicts(*rows.page)); });
  Verb(c, "prospects", "(self, /)", "The rows of a list of people, as Prospect takes them.",
       [](const PyRows& rows) { return ToProspects(*rows.page); });
  c.def("__arrow_c_stream__", &ToCapsule, py::arg("requested_schema") = py::none(),
        "__arrow_c_stream__(self, requested_schema=None)\n--\n\n"
        "This page as an Arrow C stream. The schema is always the library's own.");
}

}  // namespace onlyleads::python
