// What is run for the paper's tables and figures, and how results are laid out.
#include "monet/experiments/paper/document.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace monet::experiments::paper {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

Observation measured(const std::map<std::string, std::vector<double>>& values) {
  Observation observation;
  for (const auto& [name, seeds] : values) observation.values[name].seeds = seeds;
  return observation;
}

DatasetObservations women() {
  DatasetObservations dataset;
  dataset.paper = find_paper_dataset(19'244, 14'596, 135'326);
  dataset.info.name = "women";
  dataset.info.users = 19'244;
  dataset.info.items = 14'596;
  dataset.info.train = 135'326;
  dataset.info.modalities = {"image", "text"};
  dataset.methods["monet"] = measured({{"recall@20", {0.09, 0.11}},
                                       {"ndcg_paper@20", {0.04, 0.04}},
                                       {"avg.diff image", {0.2, 0.2}},
                                       {"avg.diff text", {0.1, 0.1}}});
  dataset.methods["lightgcn"] = measured({{"recall@20", {0.08, 0.08}}, {"ndcg_paper@20", {0.05, 0.05}}});
  dataset.methods["mario"].problem = "out of memory";
  return dataset;
}

DatasetObservations plain() {
  DatasetObservations dataset;
  dataset.info.name = "plain";
  dataset.similarity_problem = "no item features";
  dataset.methods["lightgcn"] = measured({{"recall@20", {0.05}}});
  return dataset;
}

template <class T>
const T& by_id(const std::vector<T>& all, const std::string& id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.id == id; });
  if (found == all.end()) throw std::runtime_error("no " + id);
  return *found;
}

const Cell& cell(const Table& table, const std::string& row, std::size_t group, const std::string& column) {
  const auto r = std::find_if(table.rows.begin(), table.rows.end(), [&](const Row& one) { return one.label == row; });
  const auto c = std::find(table.columns.begin(), table.columns.end(), column) - table.columns.begin();
  return r->cells.at(group * table.columns.size() + static_cast<std::size_t>(c));
}

TEST(Plan, EveryIdIsPlannedAndEveryClaimIsCoveredByTheWhole) {
  std::multiset<std::string> planned{std::string(kSimilarityFigure), std::string(kStatisticsTable)};
  for (const TablePlan& plan : tables()) planned.emplace(plan.id);
  for (const BarPlan& plan : bar_figures()) planned.emplace(plan.id);
  for (const LinePlan& plan : line_figures()) planned.emplace(plan.id);
  const std::vector<std::string> ids = all_ids();
  EXPECT_EQ(planned, std::multiset<std::string>(ids.begin(), ids.end()));
  for (const bool quick : {false, true}) {
    Selection selection;
    selection.quick = quick;
    for (const ClaimPlan& claim : claims()) EXPECT_TRUE(is_covered(claim, selection)) << claim.id;
  }
  Selection some;
  some.only = {"figure-3"};
  EXPECT_THAT(needed_methods(some), ElementsAre("mmgcn", "mmgcn:variant=no-graph"));
  for (const ClaimPlan& claim : claims()) EXPECT_EQ(is_covered(claim, some), claim.id == "C2") << claim.id;
}

TEST(Plan, MethodsAreNeededOnceAndQuickNeedsFewer) {
  Selection selection;
  std::vector<std::string> all = needed_methods(selection);
  EXPECT_EQ(all.size(), std::set<std::string>(all.begin(), all.end()).size());
  EXPECT_THAT(all, Contains("monet:alpha=0.25"));
  EXPECT_THAT(all, Not(Contains("monet:alpha=1")));   // monet
  EXPECT_THAT(all, Not(Contains("monet:beta=0.3")));  // monet
  EXPECT_THAT(all, Not(Contains("monet:beta=0")));    // monet:target-aware=off
  selection.quick = true;
  EXPECT_LT(needed_methods(selection).size(), all.size());
}

TEST(Plan, ToysAndGamesHaveTheirOwnBeta) {
  Selection toys;
  toys.beta = 0.5;
  EXPECT_EQ(run_label("monet", toys), "monet:beta=0.5");
  EXPECT_EQ(run_label("monet:encoder=lightgcn", toys), "monet:encoder=lightgcn,beta=0.5");
  EXPECT_EQ(run_label("monet:beta=1", toys), "monet:beta=1");
  EXPECT_EQ(run_label("monet:target-aware=off", toys), "monet:target-aware=off");
  EXPECT_EQ(run_label("mario", toys), "mario");
  EXPECT_EQ(run_label("monet", Selection{}), "monet");
  EXPECT_THAT(needed_methods(toys), Contains("monet:beta=0.3"));
}

TEST(Plan, ModelsLeftOutTakeTheirPartsOfClaimsWithThem) {
  Selection some;
  some.models = {"monet", "lightgcn"};
  EXPECT_THAT(needed_methods(some), Contains("monet:alpha=0"));
  EXPECT_THAT(needed_methods(some), Not(Contains("mmgcn")));
  EXPECT_THAT(left_out_methods(some), Contains("mmgcn:variant=linear"));
  EXPECT_THAT(left_out_methods(some), Not(Contains("monet:beta=1")));
  EXPECT_THAT(left_out_methods({}), IsEmpty());
  const auto claim = [](const std::string& id) {
    return *std::find_if(claims().begin(), claims().end(), [&](const ClaimPlan& plan) { return plan.id == id; });
  };
  const ClaimPlan one = restricted(claim("RQ1"), some);
  ASSERT_EQ(one.parts.size(), 1U);
  EXPECT_EQ(one.parts[0].other, "lightgcn");
  EXPECT_TRUE(is_covered(claim("RQ1"), some));
  EXPECT_THAT(restricted(claim("RQ2"), some).parts, IsEmpty());
  EXPECT_EQ(restricted(claim("RQ3"), some).parts.size(), claim("RQ3").parts.size());

  std::set<std::string> judged;
  for (const Claim& said : judge_claims(some, {women()})) {
    judged.insert(said.id);
    EXPECT_EQ(said.claim.find("judged without") != std::string::npos, said.id == "RQ1") << said.claim;
    if (said.id != "RQ1") continue;
    EXPECT_THAT(said.claim, HasSubstr("; judged without grcn, lattice, mario, mmgcn, ngcf, vbpr"));
    EXPECT_EQ(said.evidence.find("mario"), std::string::npos) << said.evidence;
  }
  EXPECT_EQ(judged,
            (std::set<std::string>{"figure-1", "RQ1", "RQ3", "RQ4", "footnote-9", "footnote-10", "section-4.2"}));
}

TEST(Plan, TheGridIsThePapers) {
  EXPECT_EQ(combinations(tuning_grid()).size(), 25U);
  EXPECT_EQ(model_of("monet:alpha=0.5"), "monet");
  EXPECT_EQ(model_of("mf"), "mf");
  EXPECT_THAT(all_models(),
              UnorderedElementsAre("ngcf", "lightgcn", "vbpr", "mmgcn", "grcn", "lattice", "mario", "monet"));
}

TEST(PaperDatasets, AreKnownByTheirCountsAndMissedByOne) {
  EXPECT_EQ(find_paper_dataset(22'363, 12'101, 198'502)->name, "Beauty");
  EXPECT_EQ(find_similar_paper_dataset(22'363, 12'101, 198'502), nullptr);
  EXPECT_EQ(find_paper_dataset(22'363, 12'101, 198'501), nullptr);
  EXPECT_EQ(find_similar_paper_dataset(22'363, 12'101, 198'501)->name, "Beauty");
  EXPECT_EQ(find_similar_paper_dataset(22'363, 12'101, 150'000), nullptr);
}

TEST(Tables, SayWhatIsBehindACell) {
  DatasetObservations dataset = women();
  dataset.methods["monet"].remark = "2 of 5 seeds";
  dataset.methods["monet"].runs = 2;
  dataset.methods["monet"].cut_off = 1;
  dataset.methods["monet"].tuned = "learning-rate=0.0005";
  Reproduction reproduction;
  reproduction.datasets = {dataset};
  draw(reproduction);
  const Cell& monet = cell(by_id(reproduction.tables, "table-5"), "MONET", 0, "recall@20");
  EXPECT_EQ(monet.seeds, 2U);
  EXPECT_EQ(monet.note, "2 of 5 seeds");
  EXPECT_THAT(by_id(reproduction.figures, "figure-6-recall@20").note, HasSubstr("women, alpha = 1: 2 of 5 seeds"));
  EXPECT_THAT(by_id(reproduction.figures, "figure-5").note, HasSubstr("women, MONET: 2 of 5 seeds"));
  const std::string text = to_markdown(reproduction);
  EXPECT_THAT(text, HasSubstr("- MONET on women: 2 of 5 seeds\n"));
  EXPECT_THAT(text, HasSubstr("| women, monet | learning-rate=0.0005 | 2 | 1 |"));
  const json trained = json::parse(to_json(reproduction)).at("datasets").at(0).at("trained");
  ASSERT_EQ(trained.size(), 1U);
  EXPECT_EQ(trained.at(0).at("tuned"), "learning-rate=0.0005");
}

TEST(Tables, HaveThePapersFiguresBesideTheMeasuredOnes) {
  const std::vector<Table> tables = make_tables({}, {women(), plain()});
  const Table& five = by_id(tables, "table-5");
  EXPECT_THAT(five.groups, ElementsAre("women", "plain"));
  const Cell& monet = cell(five, "MONET", 0, "recall@20");
  EXPECT_NEAR(*monet.value, 0.10, 1e-12);
  EXPECT_NEAR(monet.sd, 0.01 * std::sqrt(2.0), 1e-12);
  EXPECT_EQ(monet.paper, 0.0990);
  EXPECT_TRUE(monet.best);
  EXPECT_EQ(cell(five, "MONET", 0, "ndcg_paper@20").paper, 0.0450);
  EXPECT_EQ(cell(five, "MONET", 0, "ndcg@20").paper, std::nullopt);
  EXPECT_FALSE(cell(five, "MONET", 0, "ndcg_paper@20").best);
  EXPECT_TRUE(cell(five, "LightGCN", 0, "ndcg_paper@20").best);
  EXPECT_EQ(cell(five, "MARIO", 0, "recall@20").value, std::nullopt);
  EXPECT_EQ(cell(five, "MARIO", 0, "recall@20").note, "out of memory");
  EXPECT_EQ(cell(five, "MARIO", 0, "recall@20").paper, 0.0760);
  EXPECT_EQ(cell(five, "LightGCN", 1, "recall@20").paper, std::nullopt);
  const Cell& improvement = cell(five, "improvement over the best other (%)", 0, "recall@20");
  EXPECT_NEAR(*improvement.value, 25.0, 1e-9);
  EXPECT_EQ(improvement.paper, 30.32);
  EXPECT_EQ(cell(five, "improvement over the best other (%)", 1, "recall@20").value, std::nullopt);
}

TEST(Tables, ListTheDatasetsAndThePapersOthers) {
  const Table four = by_id(make_tables({}, {women()}), "table-4");
  ASSERT_EQ(four.rows.size(), 4U);
  EXPECT_EQ(four.rows[0].cells[0].value, 19'244);
  EXPECT_EQ(four.rows[0].cells[0].paper, 19'244);
  EXPECT_NEAR(*four.rows[0].cells[3].value, 99.95, 0.005);
  EXPECT_EQ(four.rows[1].label, "Men Clothing");
  EXPECT_EQ(four.rows[1].cells[0].value, std::nullopt);
  EXPECT_EQ(four.rows[1].cells[0].paper, 4'955);
}

TEST(Tables, AverageDifferenceHasAColumnForEachModalityAndTheLowestIsBest) {
  DatasetObservations dataset = women();
  dataset.methods["mmgcn"] = measured({{"avg.diff image", {0.6}}, {"recall@20", {0.3}}});
  dataset.methods["mmgcn:variant=linear"] = measured({{"avg.diff image", {0.2}}, {"recall@20", {0.2}}});
  const Table two = by_id(make_tables({}, {dataset}), "table-2");
  EXPECT_THAT(two.columns, ElementsAre("avg.diff image", "avg.diff text", "recall@20"));
  EXPECT_TRUE(cell(two, "MMGCN-n", 0, "avg.diff image").best);
  EXPECT_TRUE(cell(two, "MMGCN", 0, "recall@20").best);
  EXPECT_EQ(cell(two, "MMGCN-n", 0, "avg.diff image").paper, 0.1820);
  EXPECT_EQ(cell(two, "MMGCN-s", 0, "recall@20").paper, 0.0123);
}

TEST(Figures, AreDrawnFromWhatThereIs) {
  DatasetObservations dataset = women();
  dataset.methods["monet:alpha=0"] = measured({{"recall@20", {0.05}}});
  const std::vector<Figure> figures = make_figures({}, {dataset, plain()});
  const Figure& alpha = by_id(figures, "figure-6-recall@20");
  ASSERT_EQ(alpha.series.size(), 1U);
  EXPECT_THAT(alpha.series[0].x, ElementsAre(0.0, 1.0));
  EXPECT_THAT(alpha.note, HasSubstr("112.23 %"));
  EXPECT_EQ(by_id(figures, "figure-6-avg.diff").series.size(), 2U);
  const Figure& five = by_id(figures, "figure-5");
  EXPECT_THAT(five.ticks, ElementsAre("MMGCN", "MARIO", "MONET"));
  EXPECT_THAT(five.note, HasSubstr("out of memory"));
  EXPECT_THAT(five.series[1].name, HasSubstr("(paper)"));
  EXPECT_THAT(five.series[0].x, ElementsAre(2.0));
  EXPECT_THAT(by_id(figures, "figure-1").note, HasSubstr("no item features"));
}

TEST(Document, IsWrittenInEveryFormat) {
  Reproduction reproduction;
  reproduction.command = "monet reproduce --data women";
  reproduction.notes = {"2 seeds"};
  reproduction.datasets = {women(), plain()};
  draw(reproduction);
  const json found = json::parse(to_json(reproduction));
  EXPECT_EQ(found.at("format"), "monet-reproduction");
  EXPECT_EQ(found.at("complete"), false);
  EXPECT_EQ(found.at("datasets").at(0).at("paper"), "Women Clothing");
  EXPECT_EQ(found.at("datasets").at(1).at("paper"), nullptr);
  for (const json& table : found.at("tables")) {
    for (const json& row : table.at("rows")) {
      EXPECT_EQ(row.at("cells").size(), table.at("columns").size() * table.at("groups").size()) << table.at("id");
    }
  }
  std::set<std::string> verdicts;
  for (const json& claim : found.at("claims")) verdicts.insert(claim.at("verdict").get<std::string>());
  EXPECT_THAT(verdicts, UnorderedElementsAre("undecided", "cannot run"));
  const std::string rq1 = by_id(reproduction.claims, "RQ1").evidence;  // on `plain`, all parts miss the same
  EXPECT_EQ(rq1.find("monet: not run"), rq1.rfind("monet: not run"));
  const std::string text = to_markdown(reproduction);
  EXPECT_THAT(text, HasSubstr("**Unfinished**"));
  EXPECT_THAT(text, HasSubstr("**0.1000** ± 0.0141 (paper 0.0990)"));
  EXPECT_THAT(text, HasSubstr("- MARIO on women: out of memory"));
  EXPECT_THAT(to_csv(by_id(reproduction.tables, "table-5")),
              HasSubstr("MARIO,women,recall@20,,0,0,0.076,out of memory\n"));
  EXPECT_THAT(to_csv(by_id(reproduction.figures, "figure-5")), HasSubstr("\"women, image\",MONET,0.2,0\n"));
}

}  // namespace
}  // namespace monet::experiments::paper
