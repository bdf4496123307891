#include "src/domain/drafting.h"

#include <gtest/gtest.h>

#include "src/base/error.h"

namespace onlyleads::domain {
namespace {

std::optional<std::string> Lookup(std::string_view name) {
  if (name == "first_name") return "Zoë";
  if (name == "tricky") return "{{first_name}}";
  if (name == "blank") return " ";
  return std::nullopt;
}

TEST(Template, InsertsValuesOnce) {
  auto t = Template::Parse("Hi {{ first_name }}, {{tricky}}}");
  ASSERT_TRUE(t.ok());
  EXPECT_EQ(*t->Render(Lookup), "Hi Zoë, {{first_name}}}");
}

TEST(Template, MissingAndEmptyVariablesAreErrorsThatNameThem) {
  for (const char* text : {"{{company}}", "{{blank}}"}) {
    const auto rendered = Template::Parse(text)->Render(Lookup);
    EXPECT_EQ(base::CodeOf(rendered.status()), base::ErrorCode::kMissingVariable);
  }
}

TEST(Template, RefusesBrokenBraces) {
  for (const char* text : {"{{first_name", "{{}}", "{{First Name}}", "a {{ {{b}} }}"}) {
    EXPECT_FALSE(Template::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace onlyleads::domain
