// Who is tested against whom, on what the runs left in their folders.
#include "monet/experiments/detail/paired_tests.h"

#include "monet/core/error.h"
#include "monet/eval/significance.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace monet::experiments {
namespace {

using ::testing::HasSubstr;

class PairedTests : public test::TemporaryFolder {
 protected:
  /// A finished run whose users have these recalls.
  experiments::Run run(const std::string& name, const std::vector<double>& recall) const {
    std::string text = "user\trecall@20\n";
    for (std::size_t u = 0; u < recall.size(); ++u) text += fmt::format("u{}\t{}\n", u, recall[u]);
    test::write_text(folder_ / name / "users.tsv", text);
    experiments::Run made;
    made.state = experiments::Run::State::done;
    made.folder = folder_ / name;
    return made;
  }
  void add(const std::string& label, std::vector<experiments::Run> runs) {
    MethodResult result;
    result.method = make_method(label);
    result.runs = std::move(runs);
    comparison_.methods.push_back(std::move(result));
  }
  const MetricTest& test_of(const std::string& label) const { return comparison_.find(label)->tests.at("recall@20"); }

  Comparison comparison_;
};

TEST_F(PairedTests, EveryMethodMeetsTheBestAndTheBestTheSecond) {
  const std::vector<double> low{0.0, 0.5, 0.0, 0.25, 0.0, 0.5};
  const std::vector<double> middle{0.5, 0.5, 0.0, 0.5, 0.0, 0.5};
  // Two seeds, whose mean per user is the value that counts.
  const std::vector<double> high{0.75, 0.75, 0.25, 0.5, 0.25, 0.5};
  add("low", {run("low", low)});
  add("high", {run("high-0", {1.0, 1.0, 0.5, 0.5, 0.0, 0.5}), run("high-1", {0.5, 0.5, 0.0, 0.5, 0.5, 0.5})});
  add("middle", {run("middle", middle)});
  experiments::Run failed;
  failed.state = experiments::Run::State::failed;
  add("broken", {failed});
  add_paired_tests(comparison_);

  EXPECT_EQ(test_of("low").against, "high");
  EXPECT_EQ(test_of("middle").against, "high");
  EXPECT_EQ(test_of("high").against, "middle");
  EXPECT_TRUE(comparison_.find("broken")->tests.empty());
  EXPECT_EQ(test_of("low").users, 6);
  EXPECT_NEAR(test_of("high").difference, 1.0 / 6.0, 1e-12);
  EXPECT_NEAR(*test_of("high").improvement_percent, 50.0, 1e-9);
  EXPECT_NEAR(*test_of("middle").improvement_percent, -100.0 / 3.0, 1e-9);
  EXPECT_DOUBLE_EQ(test_of("middle").t.p, eval::paired_t_test(middle, high).p);
  EXPECT_DOUBLE_EQ(test_of("low").wilcoxon.p, eval::wilcoxon_signed_rank(low, high).p);
  // Two comparisons, low-high and middle-high: the smaller p doubles, the other is not below it.
  ASSERT_GT(test_of("low").t.p, test_of("middle").t.p);
  EXPECT_DOUBLE_EQ(test_of("middle").t.p_holm, 2.0 * test_of("middle").t.p);
  EXPECT_DOUBLE_EQ(test_of("low").t.p_holm, std::max(test_of("low").t.p, test_of("middle").t.p_holm));
  EXPECT_DOUBLE_EQ(test_of("high").t.p_holm, test_of("middle").t.p_holm) << "the same comparison from the other side";
}

TEST_F(PairedTests, ATestWithARunThatWasCutOffIsMarkedAndOthersAreNot) {
  add("low", {run("low", {0.0, 0.5, 0.0, 0.25, 0.0, 0.5})});
  add("middle", {run("middle", {0.5, 0.5, 0.0, 0.5, 0.0, 0.5})});
  add("high", {run("high-0", {1.0, 1.0, 0.5, 0.5, 0.0, 0.5}), run("high-1", {1.0, 1.0, 0.5, 0.5, 0.0, 0.75})});
  comparison_.methods[0].runs[0].ended_by = "max_minutes";
  EXPECT_EQ(comparison_.methods[0].cut_off(), std::vector<std::uint64_t>{0});
  add_paired_tests(comparison_);
  EXPECT_TRUE(test_of("low").cut_off);
  EXPECT_FALSE(test_of("middle").cut_off);
  EXPECT_FALSE(test_of("high").cut_off) << "it met the second, who ended by itself";

  // The best cut off marks every test, for all are against it.
  comparison_.methods[0].runs[0].ended_by.clear();
  comparison_.methods[2].runs[1].ended_by = "epochs";
  add_paired_tests(comparison_);
  for (const char* label : {"low", "middle", "high"}) EXPECT_TRUE(test_of(label).cut_off) << label;
}

TEST_F(PairedTests, AMethodAloneIsNotTested) {
  add("only", {run("only", {0.5, 0.0})});
  add_paired_tests(comparison_);
  EXPECT_TRUE(comparison_.methods.front().tests.empty());
}

TEST_F(PairedTests, OtherUsersOrDamagedFilesAreRefused) {
  add("one", {run("one", {0.5, 0.0})});
  add("two", {run("two", {0.5, 0.0, 0.5})});
  EXPECT_THAT(test::message_of<DataError>([&] { add_paired_tests(comparison_); }), HasSubstr("other users"));
  test::write_text(folder_ / "two/users.tsv", "user\trecall@20\nu0\t0.5\nu1\tgone\n");
  EXPECT_THAT(test::message_of<DataError>([&] { add_paired_tests(comparison_); }), HasSubstr("users.tsv:3: 'gone'"));
  test::write_text(folder_ / "two/users.tsv", "user\trecall@20\nu0\t0.5\nu1\n");
  EXPECT_THAT(test::message_of<DataError>([&] { add_paired_tests(comparison_); }), HasSubstr("users.tsv:3: 1 columns"));
}

}  // namespace
}  // namespace monet::experiments
