// What a race remembers of its candidates.
#include "monet/experiments/race/entrant_json.h"

#include "monet/experiments/method.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace monet::experiments::race {
namespace {

Entrant entrant(std::uint64_t seed, const std::string& temperature) {
  Entrant entrant;
  entrant.name = "monet-softmax";
  entrant.family = "monet-softmax";
  entrant.spec.method = make_method("monet-softmax");
  entrant.spec.tuned = {{"temperature", temperature}};
  entrant.spec.seed = seed;
  entrant.spec.folder = "out/runs/one";
  return entrant;
}

TEST(EntrantJson, ARaceGoesOnWithWhatHasTheSameNameOptionsAndSeed) {
  nlohmann::ordered_json kept = nlohmann::ordered_json::array();
  int rungs = 0;
  for (const auto& [seed, temperature] : {std::pair{2, "0.1"}, {1, "0.4"}, {1, "0.1"}}) {
    Entrant one = entrant(static_cast<std::uint64_t>(seed), temperature);
    one.rungs = ++rungs;
    one.state = Entrant::State::out;
    one.run.validation = {{"recall@20", 0.1 * rungs}};
    kept.push_back(to_json(one, "out"));
  }
  std::vector<Entrant> again{entrant(1, "0.1"), entrant(1, "0.4"), entrant(2, "0.1"), entrant(2, "0.4")};
  take_up(again, kept);
  EXPECT_EQ(again[0].rungs, 3);
  EXPECT_EQ(again[1].rungs, 2);
  EXPECT_EQ(again[2].rungs, 1);
  EXPECT_EQ(again[2].state, Entrant::State::out);
  EXPECT_EQ(again[2].run.validation, (std::map<std::string, double>{{"recall@20", 0.1}}));
  EXPECT_EQ(again[3].rungs, 0);
  EXPECT_EQ(again[3].state, Entrant::State::racing);
}

}  // namespace
}  // namespace monet::experiments::race
