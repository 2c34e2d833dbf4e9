// The paper's analyses through the program, against stored numbers of the published implementation.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <cstring>

namespace monet::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr double kTolerance = 1e-5;

std::string golden(const std::string& name) {
  return std::string(MONET_SOURCE_DIR) + "/tests/golden/monet/default/" + name;
}

/// The data of an npy file of version 1.0.
std::string npy_data(const std::string& name) {
  const std::string bytes = read_text(golden(name + ".npy"));
  return bytes.substr(10 + static_cast<std::size_t>(static_cast<unsigned char>(bytes[8])) +
                      256 * static_cast<std::size_t>(static_cast<unsigned char>(bytes[9])));
}

std::vector<double> npy_floats(const std::string& name) {
  const std::string data = npy_data(name);
  std::vector<float> values(data.size() / sizeof(float));
  std::memcpy(values.data(), data.data(), data.size());
  return {values.begin(), values.end()};
}

/// The golden case's initial parameters as a safetensors file under our names.
void write_parameters(const std::filesystem::path& file) {
  json header = json::object();
  std::string bytes;
  const auto add = [&](const std::string& name, const std::string& from, const std::vector<std::size_t>& shape) {
    const std::string data = npy_data("param.megcn." + from);
    header[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {bytes.size(), bytes.size() + data.size()}}};
    bytes += data;
  };
  for (const auto& [modality, width] : std::map<std::string, std::size_t>{{"image", 20}, {"text", 12}}) {
    add("user_preference." + modality, modality + "_preference.weight", {24, 8});
    add("projection." + modality + ".weight", modality + "_trs.weight", {8, width});
    add("projection." + modality + ".bias", modality + "_trs.bias", {8});
  }
  const std::string text = header.dump();
  const std::uint64_t length = text.size();
  std::string content(sizeof length, '\0');
  std::memcpy(content.data(), &length, sizeof length);
  write_text(file, content + text + bytes);
}

class Analyze : public Scratch {
 protected:
  Outcome avg_diff(const std::string& artifact, const std::string& data, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"analyze", "avg-diff", "--artifact", artifact, "--data", data};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
};

TEST_F(Analyze, SimilarityIsThatOfThePublishedImplementation) {
  const Outcome outcome = run({"analyze", "similarity", "--data", golden(""), "--json", "-"});
  expect_done(outcome);
  EXPECT_EQ(outcome.err, "");
  const json found = json::parse(outcome.out);
  EXPECT_EQ(found.at("format"), "monet-similarity");
  EXPECT_EQ(found.at("users"), 24);
  const std::vector<double> expected = npy_floats("similarity");  // image I-I, I-N, text I-I, I-N
  for (std::size_t m = 0; m < 2; ++m) {
    const json& modality = found.at("modalities").at(m);
    EXPECT_EQ(modality.at("name"), m == 0 ? "image" : "text");
    EXPECT_NEAR(modality.at("interacted"), expected[2 * m], kTolerance);
    EXPECT_NEAR(modality.at("not_interacted"), expected[2 * m + 1], kTolerance);
    int counted = 0;
    for (const json& count : modality.at("histogram").at("interacted")) counted += count.get<int>();
    EXPECT_EQ(counted, 24);
    EXPECT_EQ(modality.at("histogram").at("edges").size(), modality.at("histogram").at("interacted").size() + 1);
    EXPECT_GT(modality.at("t").at("p"), 0.0);
    EXPECT_LE(modality.at("wilcoxon").at("p"), 1.0);
  }
  const Outcome text = run({"analyze", "similarity", "--data", golden("")});
  expect_done(text);
  EXPECT_THAT(text.out, AllOf(HasSubstr("I-I"), HasSubstr("0.4258"), HasSubstr("0.0481"), HasSubstr("#")));
}

TEST_F(Analyze, AverageDifferenceIsThatOfThePublishedImplementation) {
  write_parameters(folder_ / "golden.safetensors");
  expect_done(run({"train", "--data", golden(""), "--model", "monet", "--init", path_of("golden.safetensors"),
                   "--epochs", "0", "--out", path_of("artifact")}));
  const std::vector<double> expected = npy_floats("avg_diff");
  const Outcome exact = avg_diff(path_of("artifact"), golden(""), {"--json", path_of("exact.json")});
  expect_done(exact);
  EXPECT_THAT(exact.out, AllOf(HasSubstr("0.3243"), HasSubstr("0.3503"), HasSubstr("exact")));
  const json all = json::parse(read_text(folder_ / "exact.json"));
  EXPECT_EQ(all.at("exact"), true);
  const Outcome drawn = avg_diff(path_of("artifact"), golden(""), {"--samples", "4000", "--json", "-"});
  expect_done(drawn);
  const json sampled = json::parse(drawn.out);
  EXPECT_EQ(sampled.at("exact"), false);
  for (std::size_t m = 0; m < 2; ++m) {
    const json& modality = all.at("modalities").at(m);
    EXPECT_NEAR(modality.at("value"), expected[m], kTolerance * expected[m]);
    EXPECT_EQ(modality.at("standard_error"), 0.0);
    EXPECT_EQ(modality.at("pairs"), 31 * 30);
    EXPECT_EQ(modality.at("embedding"), m == 0 ? "item_embedding.image" : "item_embedding.text");
    const json& estimate = sampled.at("modalities").at(m);
    EXPECT_EQ(estimate.at("pairs"), 4000);
    EXPECT_GT(estimate.at("standard_error"), 0.0);
    EXPECT_NEAR(estimate.at("value"), expected[m], 4.0 * estimate.at("standard_error").get<double>());
  }
}

TEST_F(Analyze, AModelWithOneEmbeddingIsComparedAsAWholeAndOneWithoutIsRefused) {
  const std::string data = make_data();
  for (const std::string model : {"mf", "itemknn"}) {
    expect_done(run({"train", "--data", data, "--model", model, "--epochs", "1", "--out", path_of(model)}));
  }
  const Outcome whole = avg_diff(path_of("mf"), data, {"--json", "-"});
  expect_done(whole);
  const json document = json::parse(whole.out);
  for (const json& modality : document.at("modalities")) {
    EXPECT_EQ(modality.at("embedding"), "item_embedding");
  }
  expect_refused(avg_diff(path_of("itemknn"), data), {"itemknn", "no item embeddings", "monet"});
}

TEST_F(Analyze, RefusesWhatItCannotCompareAndOverwritesNothing) {
  const std::string artifact = make_artifact();
  const std::string data = path_of("data");
  write_text(folder_ / "there.json", "mine");
  expect_refused(avg_diff(artifact, data, {"--json", path_of("there.json")}), {"there.json", "--force"});
  EXPECT_EQ(read_text(folder_ / "there.json"), "mine");
  expect_refused(avg_diff(artifact, data, {"--json", path_of("there.json"), "--force"}), {"replaces only its own"});
  std::filesystem::remove(folder_ / "there.json");
  expect_done(avg_diff(artifact, data, {"--json", path_of("there.json")}));
  expect_done(avg_diff(artifact, data, {"--json", path_of("there.json"), "--force"}));
  expect_refused(avg_diff(artifact, golden("")), {"24 users", "trained on"});
  expect_refused(avg_diff(path_of("nowhere"), data), {"nowhere"});
  expect_refused(run({"analyze", "similarity", "--data", data, "--modalities", "none"}), {data, "no item features"});
  expect_usage_error(avg_diff(artifact, data, {"--samples", "1"}), {"--samples", "1"});
  expect_usage_error(avg_diff(artifact, data, {"--sampels", "1"}), {"--sampels", "'--samples'"});
  expect_usage_error(run({"analyze", "similarty", "--data", data}), {"similarty", "'similarity'"});
  expect_usage_error(run({"analyze"}), {"similarity, avg-diff"});
}

TEST_F(Analyze, OptionsMayComeFromAFile) {
  const std::string artifact = make_artifact();
  write_text(folder_ / "options.toml", "samples = 500\nseed = 4\n");
  const Outcome outcome = avg_diff(artifact, path_of("data"), {"--config", path_of("options.toml"), "--json", "-"});
  expect_done(outcome);
  EXPECT_EQ(json::parse(outcome.out).at("modalities").at(0).at("pairs"), 500);
}

}  // namespace
}  // namespace monet::test
