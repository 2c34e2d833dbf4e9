// What is said of the method that was found, where a blend of it was better still.
#include "monet/experiments/automatic/document.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace monet::experiments::automatic {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Found with_blend(bool gains) {
  Found found;
  found.complete = true;
  found.dataset.name = "shop";
  found.options.out = "out";
  found.contenders = {"mf", "ease"};
  found.chosen = gains ? "blend" : "mf";
  found.blend = Blended{{"mf", "ease"}, {0.6, 0.4}, 0.01, 0.001, gains, {}};
  found.final.primary = "recall@20";
  for (const char* model : {"mf", "ease"}) found.final.methods.emplace_back().method = make_method(model);
  if (gains) found.final.methods.emplace_back().method = {"blend", "blend", {}};
  Run run;
  run.state = Run::State::done;
  run.validation = {{"recall@20", 0.25}};
  found.without.push_back({"image", run, 0.05, 0.001});
  return found;
}

TEST(AutoDocument, ABlendThatIsChosenIsNamedAndTheMethodThatWentWithoutAModality) {
  const std::string text = to_markdown(with_blend(true));
  EXPECT_THAT(text,
              AllOf(HasSubstr("**A blend of mf, ease** lies in `model/`"), HasSubstr("## The best 2 and their blend"),
                    HasSubstr("mf, its first seed, trained as long without it")));
  const auto json = nlohmann::json::parse(to_json(with_blend(true), {}));
  EXPECT_EQ(json.at("choice").at("chosen"), "blend");
  EXPECT_EQ(json.at("choice").at("method"), "mf");
  EXPECT_EQ(json.at("blend").at("parts"), (std::vector<std::string>{"mf", "ease"}));
}

TEST(AutoDocument, ABlendThatDoesNotGainIsNoneOfTheBest) {
  EXPECT_THAT(to_markdown(with_blend(false)),
              AllOf(HasSubstr("**mf**, trained with seed 0, lies in `model/`"), HasSubstr("## The best 2\n")));
}

}  // namespace
}  // namespace monet::experiments::automatic
