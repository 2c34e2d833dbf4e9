#include "monet/models/registry.h"

#include "monet/core/error.h"
#include "tests/models/tiny.h"

#include <gmock/gmock.h>

namespace monet::models::testing {
namespace {

std::string refusal(std::string_view name) {
  try {
    ModelOptions{name};
  } catch (const InvalidArgument& e) {
    return e.what();
  }
  return "nothing was thrown";
}

TEST(Registry, NamesWhatIsRegistered) {
  EXPECT_THAT(model_names(), ::testing::Contains("monet"));
  ASSERT_EQ(model_names().size(), registrations().size());
  for (std::size_t k = 0; k < model_names().size(); ++k) EXPECT_EQ(model_names()[k], registrations()[k]->name);
}

TEST(Registry, SuggestsTheNearestName) {
  EXPECT_THAT(refusal("monnet"),
              ::testing::StartsWith("[model] there is no model 'monnet'; did you mean 'monet'?; known: "));
}

TEST(Registry, SuggestsNothingForAWordThatIsFarFromAll) {
  EXPECT_THAT(refusal("transformer"), ::testing::StartsWith("[model] there is no model 'transformer'; known: "));
  EXPECT_THAT(refusal(""), ::testing::StartsWith("[model] there is no model ''; known: "));
}

}  // namespace
}  // namespace monet::models::testing
