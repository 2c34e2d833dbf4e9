#include "monet/experiments/automatic/finalist.h"

#include "monet/experiments/method.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

namespace monet::experiments::automatic {
namespace {

using race::Entrant;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Entrant candidate(const std::string& model, const std::map<std::string, double>& validation) {
  Entrant candidate;
  candidate.spec.method = make_method(model);
  candidate.run.validation = validation;
  return candidate;
}

TEST(Standing, BestFirstAndOneOfThoseThatAreTheSame) {
  const std::map<std::string, double> figures{{"recall@20", 0.2}, {"ndcg@20", 0.1}};
  std::vector<Entrant> candidates{
      candidate("monet", {{"recall@20", 0.1}, {"ndcg@20", 0.3}}),     // another setting of the same model
      candidate("monet", figures),                                    // the best
      candidate("monet", figures),                                    // the same
      candidate("mf", figures),                                       // another model of the same figures
      candidate("monet", {{"recall@20", 0.2}, {"ndcg@20", 0.11}}),    // level by one figure only
      candidate("lightgcn", {{"recall@20", 0.3}, {"ndcg@20", 0.1}}),  // out
      candidate("bm3", {}),                                           // without figures
  };
  candidates[5].state = Entrant::State::out;
  EXPECT_THAT(standing(candidates, "recall@20"), ElementsAre(1, 3, 4, 0));
  EXPECT_THAT(standing({}, "recall@20"), IsEmpty());
}

}  // namespace
}  // namespace monet::experiments::automatic
