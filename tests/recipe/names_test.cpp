// What a model is, is known in its own file pair: no other file of the library or the program names one.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace monet {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = MONET_SOURCE_DIR;

/// Names that mean nothing but a model, and short or common ones, of which only a string that is the name counts.
/// (Popularity and monet are words of their own.)
const std::vector<std::string> kModelWords = {"ngcf",     "vbpr",    "mmgcn",   "grcn", "lattice", "mario", "itemknn",
                                              "item_knn", "p3alpha", "rp3beta", "bm3",  "mgcn",    "smore"};
const std::vector<std::string> kStrings = {"\"mf\"", "\"lightgcn\"", "\"ease\"", "\"freedom\"", "\"monet-softmax\""};

/// The file pairs of the models, their registration, and what lays out the paper.
bool may_name_models(const fs::path& file) {
  static const std::set<std::string> pairs = {
      "popularity", "item_knn", "p3alpha", "rp3beta", "ease",    "mf",  "ngcf", "lightgcn", "vbpr",         "mmgcn",
      "grcn",       "lattice",  "mario",   "monet",   "freedom", "bm3", "mgcn", "smore",    "monet_softmax"};
  const std::string name = file.generic_string();
  if (name.starts_with("monet/experiments/paper")) return true;  // paper/ and paper_values
  return file.parent_path() == "monet/models" && (pairs.contains(file.stem().string()) || name.ends_with(".txt"));
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Models that a text names: as words, whatever their case, or as strings.
std::set<std::string> named_in(const std::string& text) {
  std::set<std::string> found;
  for (const std::string& word : kModelWords) {
    const std::regex pattern("(^|[^a-z0-9_])" + word + "([^a-z0-9_]|$)", std::regex::icase);
    if (std::regex_search(text, pattern)) found.insert(word);
  }
  for (const std::string& literal : kStrings) {
    if (text.find(literal) != std::string::npos) found.insert(literal);
  }
  return found;
}

TEST(Names, NoFileNamesAModelThatIsNotItsOwn) {
  std::size_t files = 0;
  for (const char* folder : {"monet", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / folder)) {
      const fs::path file = fs::relative(entry.path(), kSource);
      if (!entry.is_regular_file() || may_name_models(file)) continue;
      ++files;
      for (const std::string& name : named_in(text_of(entry.path()))) ADD_FAILURE() << file << " names " << name;
    }
  }
  EXPECT_GT(files, 300U);
}

TEST(Names, TheSearchSeesThem) {
  EXPECT_EQ(named_in("// as LATTICE's code has it"), std::set<std::string>{"lattice"});
  EXPECT_EQ(named_in("if (model == \"mf\") return;"), std::set<std::string>{"\"mf\""});
  EXPECT_TRUE(named_in("the popularity of an item; my_lattice_like; ngcfs").empty());
}

}  // namespace
}  // namespace monet
