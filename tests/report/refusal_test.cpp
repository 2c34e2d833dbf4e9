// What cannot be reported on is refused in one line that names file, place and remedy, and nothing is written.
#include "tests/cli/scratch.h"
#include "tests/report/fixtures.h"

#include <functional>
#include <ostream>

namespace monet::test {
namespace {

using std::filesystem::path;

struct BadResult {
  std::string name;
  std::function<void(const path& folder)> make;
  std::vector<std::string> said;
};

std::ostream& operator<<(std::ostream& stream, const BadResult& bad) {
  return stream << bad.name;
}

class BadReport : public Scratch, public ::testing::WithParamInterface<BadResult> {};

TEST_P(BadReport, IsRefused) {
  GetParam().make(folder_ / "in");
  expect_refused(run({"report", path_of("in"), "--out", path_of("page.html")}), GetParam().said);
  EXPECT_FALSE(std::filesystem::exists(path_of("page.html")));
}

/// A comparison.json with one thing changed.
std::function<void(const path&)> with(const std::function<void(Document&)>& change) {
  return [change](const path& folder) {
    Document document = comparison();
    change(document);
    write_json(folder / "comparison.json", document);
  };
}

std::function<void(const path&)> reproduction_with(const std::function<void(Document&)>& change) {
  return [change](const path& folder) {
    Document document = reproduction();
    change(document);
    write_json(folder / "reproduction.json", document);
  };
}

const std::vector<BadResult> kBad{
    {"nothing_there", [](const path&) {}, {"in: ", "no such file"}},
    {"a_training_that_is_not_finished",
     [](const path& folder) { std::filesystem::create_directories(folder.string() + ".partial"); },
     {"in.partial", "--resume"}},
    {"nothing_of_ours", [](const path& folder) { write_text(folder / "notes.md", "hi"); }, {"in: ", "comparison.json"}},
    {"a_file_of_others", [](const path& file) { write_text(file, "{\"format\": \"else\"}"); }, {"in: ", "format"}},
    {"not_an_object", [](const path& file) { write_text(file, "[1]"); }, {"in: ", "format"}},
    {"empty_file", [](const path& folder) { write_text(folder / "sweep.json", ""); }, {"sweep.json:1:1: damaged"}},
    {"damaged_json",
     [](const path& folder) { write_text(folder / "sweep.json", "{\"format\": \"monet-sweep\",\n \"grid\": [1,}"); },
     {"sweep.json:2:13: damaged", "write the file again"}},
    {"another_version",
     with([](Document& json) {
       json["version"] = 7;
       json["program"] = "9.0";
     }),
     {"version 7", "monet 9.0", "version 1"}},
    {"an_unknown_format",
     with([](Document& json) { json["format"] = "monet-song"; }),
     {"comparison.json", "monet-song"}},
    {"a_key_is_missing",
     with([](Document& json) { json["methods"][1].erase("label"); }),
     {"comparison.json: methods[1]: \"label\" is missing"}},
    {"a_wrong_type",
     with([](Document& json) { json["methods"][2]["metrics"]["recall@20"]["mean"] = "much"; }),
     {"comparison.json: methods[2].metrics.recall@20.mean: expected a number, found string"}},
    {"a_damaged_log",
     [](const path& folder) {
       write_comparison(folder, comparison());
       write_text(folder / "runs/mf-seed0/model/train_log.jsonl", "{\"epoch\": 0, \"loss\": 1}\n{\"epoch\": 1, \"lo");
     },
     {"train_log.jsonl:2: damaged"}},
    {"a_table_with_too_few_cells",
     reproduction_with([](Document& json) { json["tables"][0]["rows"][0]["cells"].erase(1); }),
     {"tables[0].rows[0].cells: expected 2 cells"}},
    {"a_figure_whose_x_and_y_differ",
     reproduction_with([](Document& json) { json["figures"][0]["series"][0]["y"].push_back(1); }),
     {"figures[0].series[0]: 3 values of x for 4 of y"}},
    {"a_bar_without_a_name",
     reproduction_with([](Document& json) { json["figures"][1]["series"][0]["x"][1] = 2; }),
     {"figures[1].series[0].x[1]: 2 is none of the 2 ticks"}},
    {"an_unknown_kind_of_figure",
     reproduction_with([](Document& json) { json["figures"][1]["kind"] = "pie"; }),
     {"figures[1].kind: expected line, bar or histogram, found pie"}},
    {"a_histogram_with_too_few_edges",
     [](const path& file) {
       Document document = similarity();
       document["modalities"][1]["histogram"]["edges"] = {0, 1};
       write_json(file, document);
     },
     {"modalities[1].histogram.interacted: 2 bins between 2 edges"}},
};

INSTANTIATE_TEST_SUITE_P(Results, BadReport, ::testing::ValuesIn(kBad),
                         [](const auto& instance) { return instance.param.name; });

class ReportRefusal : public Scratch {};

TEST_F(ReportRefusal, OfADamagedArtifactNamesTheFile) {
  make_artifact();
  write_text(folder_ / "artifact" / "config.json", "{");
  expect_refused(run({"report", path_of("artifact")}), {"config.json", "damaged"});
}

TEST_F(ReportRefusal, OfAnOutputThatCannotBeWrittenNamesIt) {
  write_comparison(folder_ / "results", comparison());
  write_text(folder_ / "file", "");
  expect_refused(run({"report", path_of("results"), "--out", path_of("file/page.html")}), {"file/page.html"});
}

TEST_F(ReportRefusal, OfNoPathIsAUsageError) {
  expect_usage_error(run({"report"}), {"path is required"});
}

}  // namespace
}  // namespace monet::test
