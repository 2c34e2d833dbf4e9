// Pages are opened as a reader would: every figure is drawn, and the browser has nothing to complain about.
#include "tests/report/browser.h"
#include "tests/cli/scratch.h"
#include "tests/report/fixtures.h"

namespace monet::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ReportInBrowser : public Scratch {
 protected:
  /// Makes the report of what lies at `name` and opens it.
  Opened open_report(const std::string& name) const {
    const std::string page = path_of("page.html");
    expect_done(run({"report", path_of(name), "--out", page}));
    return open_in_browser(page, folder_);
  }
};

void expect_drawn(const Opened& opened, std::size_t figures) {
  EXPECT_EQ(count_of(opened.dom, "<svg class=\"chart\""), figures);
  EXPECT_EQ(count_of(opened.dom, "data-figure="), figures);
  EXPECT_THAT(opened.dom, Not(HasSubstr("data-failed")));
  EXPECT_THAT(opened.console, IsEmpty());
}

TEST_F(ReportInBrowser, DrawsAComparison) {
  write_comparison(folder_ / "results", comparison());
  const Opened opened = open_report("results");
  // Bars of recall and NDCG, of time and memory; accuracy over time; two learning curves.
  expect_drawn(opened, 7);
  EXPECT_EQ(count_of(opened.dom, "<g aria-label=\"bar\""), 4U);
  EXPECT_EQ(count_of(opened.dom, "<g aria-label=\"line\""), 6U) << "three methods in two figures";
}

TEST_F(ReportInBrowser, DrawsAnUnfinishedComparison) {
  write_comparison(folder_ / "results", comparison(false));
  expect_drawn(open_report("results"), 6);
}

TEST_F(ReportInBrowser, DrawsASweep) {
  write_json(folder_ / "out" / "sweep.json", sweep());
  const Opened opened = open_report("out");
  expect_drawn(opened, 3);
  EXPECT_EQ(count_of(opened.dom, "<g aria-label=\"cell\""), 1U);
}

TEST_F(ReportInBrowser, DrawsARace) {
  write_json(folder_ / "out" / "auto.json", found());
  const Opened opened = open_report("out");
  // Bars of recall and NDCG of the best ones, and the learning curves.
  expect_drawn(opened, 3);
  EXPECT_EQ(count_of(opened.dom, "<g aria-label=\"line\""), 3U);
}

TEST_F(ReportInBrowser, DrawsAReproduction) {
  write_json(folder_ / "out" / "reproduction.json", reproduction());
  const Opened opened = open_report("out");
  expect_drawn(opened, 3);
  EXPECT_EQ(count_of(opened.dom, "<g aria-label=\"rect\""), 1U);
  EXPECT_EQ(count_of(opened.dom, "<g aria-label=\"bar\""), 1U);
}

TEST_F(ReportInBrowser, DrawsHistogramsOfASimilarityAndBarsOfAnAverageDifference) {
  write_json(folder_ / "similarity.json", similarity());
  expect_drawn(open_report("similarity.json"), 2);
  write_json(folder_ / "difference.json", average_difference());
  std::filesystem::remove(folder_ / "page.html");
  expect_drawn(open_report("difference.json"), 1);
}

TEST_F(ReportInBrowser, DrawsTheLearningCurvesOfAnArtifact) {
  make_artifact();
  expect_drawn(open_report("artifact"), 3);
}

TEST_F(ReportInBrowser, NamesCannotBreakOut) {
  const std::string name = "</script><script>throw 1</script><img src=x onerror='throw 2'><!--\"&amp;";
  Document document = comparison();
  document["methods"][0]["label"] = name;
  document["dataset"]["name"] = name;
  write_comparison(folder_ / "results", document);
  const Opened opened = open_report("results");
  expect_drawn(opened, 7);
  EXPECT_EQ(count_of(opened.dom, "<img"), 0U);
  EXPECT_EQ(count_of(opened.dom, "<script"), 4U) << "the data, two libraries, the page's own";
  EXPECT_THAT(opened.dom, HasSubstr("&lt;img src=x onerror='throw 2'&gt;&lt;!--\"&amp;amp;</th>"));
}

// What the tests above rely on.
TEST_F(ReportInBrowser, TheConsoleShowsWhatIsWrongWithAPage) {
  write_text(folder_ / "page.html",
             "<!DOCTYPE html><meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; script-src "
             "'nonce-a'\"><script nonce=a>throw new Error('first')</script><script>second()</script>");
  EXPECT_THAT(open_in_browser(folder_ / "page.html", folder_).console, SizeIs(2));
}

}  // namespace
}  // namespace monet::test
