// Labels of methods, and the grids they are searched over.
#include "monet/experiments/method.h"

#include "monet/core/error.h"
#include "monet/experiments/grid.h"
#include "monet/models/registry.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace monet::experiments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::ThrowsMessage;

std::vector<std::string> labels(std::string_view list) {
  std::vector<std::string> result;
  for (const Method& method : parse_methods(list)) result.push_back(method.label);
  return result;
}

TEST(Methods, APartBelongsToTheMethodBeforeItWhenItNamesNoModel) {
  EXPECT_THAT(labels("mf,lightgcn"), ElementsAre("mf", "lightgcn"));
  EXPECT_THAT(labels("monet:encoder=lightgcn,mf"), ElementsAre("monet:encoder=lightgcn", "mf"));
  EXPECT_THAT(labels("mf,lightgcn:layers=2,weight-decay=1e-4,monet:alpha=0.5"),
              ElementsAre("mf", "lightgcn:layers=2,weight-decay=1e-4", "monet:alpha=0.5"));
  EXPECT_THAT(labels("ngcf:layer-widths=64,64,dropout=0.1,mf"),
              ElementsAre("ngcf:layer-widths=64,64,dropout=0.1", "mf"));
  EXPECT_THAT(labels("mf;monet:--alpha=0.5;mf"), ElementsAre("mf", "monet:alpha=0.5")) << "repeated, and dashes";
  const Method method = parse_methods("ngcf:layer-widths=64,32,dropout=0").front();
  EXPECT_EQ(method.model, "ngcf");
  EXPECT_THAT(method.options, ElementsAre(Pair("layer-widths", "64,32"), Pair("dropout", "0")));
}

TEST(Methods, WhatCannotBeReadIsNamed) {
  EXPECT_THAT([] { parse_methods("lightgnc"); }, ThrowsMessage<InvalidArgument>(HasSubstr("did you mean 'lightgcn'")));
  EXPECT_THAT([] { parse_methods("mf,alpha=1"); }, ThrowsMessage<InvalidArgument>(HasSubstr("alpha=1")));
  EXPECT_THAT([] { parse_methods("monet:alpha"); }, ThrowsMessage<InvalidArgument>(HasSubstr("option=value")));
  EXPECT_THAT([] { parse_methods("monet:alpha="); }, ThrowsMessage<InvalidArgument>(HasSubstr("option=value")));
  EXPECT_THAT(parse_methods(""), IsEmpty());
}

TEST(Methods, FoldersAreTamedAndToldApart) {
  EXPECT_EQ(slug("ngcf:layer-widths=64,64,dropout=0.1"), "ngcf-layer-widths=64+64+dropout=0.1");
  EXPECT_EQ(slug("a/../b c"), "a_.._b_c");
  const std::string one(300, 'x');
  EXPECT_LT(slug(one).size(), 150U);
  EXPECT_NE(slug(one), slug(one + "y"));
}

TEST(Methods, SayWhatAModelAndItsTrainingAreTold) {
  const Method method = parse_methods("monet:alpha=0.5,epochs=7,encoder=none").front();
  const MethodSettings settings = settings_of(method, {{"epochs", "3"}, {"patience", "4"}}, {{"alpha", "0.25"}});
  EXPECT_EQ(settings.model.get("alpha"), Value(0.25)) << "what tuning found wins";
  EXPECT_EQ(settings.model.get("encoder"), Value("none"));
  EXPECT_EQ(settings.training.epochs, 7) << "the method's own wins over what all share";
  EXPECT_EQ(settings.training.patience, 4);
  EXPECT_EQ(settings_of(make_method("lightgcn")).training.batch_size, 2048) << "the model's own default";
}

TEST(Methods, WrongOptionsAreNamedWithTheNearest) {
  const auto refusal = [](const std::string& text) {
    try {
      settings_of(parse_methods(text).front());
    } catch (const InvalidArgument& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(refusal("monet:alhpa=0.5"), HasSubstr("monet has no option 'alhpa'; did you mean 'alpha'?"));
  EXPECT_THAT(refusal("mf:alpha=0.5"), HasSubstr("mf has no option 'alpha'"));
  EXPECT_THAT(refusal("monet:beta=2"), HasSubstr("beta: '2' is not a number between 0 and 1"));
  EXPECT_THAT(refusal("monet:epochs=-1"), HasSubstr("epochs: '-1' is not a whole number of at least 0"));
  EXPECT_EQ(refusal("monet:batch-size=auto"), "accepted");
}

TEST(Methods, LaterValuesTakeThePlaceOfEarlierOnes) {
  EXPECT_THAT(joined(overridden({{"alpha", "1"}, {"dim", "8"}}, {{"alpha", "2"}})), "dim=8 alpha=2");
}

TEST(Grids, CombineWithTheLastOptionFastest) {
  std::vector<std::string> names;
  for (const OptionValues& values : combinations({{"alpha", {"0", "1"}}, {"beta", {"0.1", "0.2", "0.3"}}})) {
    names.push_back(make_method("m", values).label);
  }
  EXPECT_THAT(names, ElementsAre("m:alpha=0,beta=0.1", "m:alpha=0,beta=0.2", "m:alpha=0,beta=0.3", "m:alpha=1,beta=0.1",
                                 "m:alpha=1,beta=0.2", "m:alpha=1,beta=0.3"));
  const std::vector<std::string> many(400, "1");
  EXPECT_THAT([&] { combinations({{"a", many}, {"b", many}}); }, ThrowsMessage<InvalidArgument>(HasSubstr("`random`")));
}

TEST(Grids, DrawsDifferFromEachOtherAndDependOnTheSeedAlone) {
  const Grid grid = models::registration("monet").grid;
  const auto drawn = draw_combinations(grid, 30, 7);
  EXPECT_EQ(drawn.size(), 30U);
  EXPECT_EQ(std::set<OptionValues>(drawn.begin(), drawn.end()).size(), 30U);
  EXPECT_EQ(drawn, draw_combinations(grid, 30, 7));
  EXPECT_NE(drawn, draw_combinations(grid, 30, 8));
  EXPECT_EQ(draw_combinations(grid, 1000, 7).size(), 100U) << "the paper's 5 x 5 x 4";
}

TEST(Grids, EveryDefaultSetsOptionsOfItsModelOrOfTheTraining) {
  for (const models::Registration* model : models::registrations()) {
    for (const auto& [name, values] : model->grid) {
      EXPECT_GT(values.size(), 1U);
      for (const std::string& value : values) {
        EXPECT_NO_THROW(settings_of(make_method(std::string(model->name), {{name, value}}))) << model->name;
      }
    }
  }
  const Method fixed = make_method("monet", {{"layers", "2"}});
  const Grid free = free_grid(fixed, {{"epochs", "3"}, {"learning-rate", "0.1"}});
  ASSERT_EQ(free.size(), 1U);
  EXPECT_EQ(free.front().first, "weight-decay");
}

}  // namespace
}  // namespace monet::experiments
