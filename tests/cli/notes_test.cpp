// What is met while reading and put right: one line with a count on stderr, not a refusal.
#include "tests/cli/scratch.h"

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Notes : public Scratch {
 protected:
  /// The lines a training of one epoch prints to stderr.
  std::vector<std::string> notes_of(const std::string& data) {
    const Outcome outcome = run(train_arguments(data, path_of("artifact"), {"--epochs", "1", "--force"}));
    expect_done(outcome);
    return lines_of(outcome.err);
  }
};

TEST_F(Notes, DuplicatedInteractionsAreMerged) {
  const std::string data = make_data();
  EXPECT_THAT(notes_of(data), Not(Contains(HasSubstr("duplicate"))));
  std::string train = read_text(folder_ / "data/5-core/train.json");
  const std::size_t list = train.find('[') + 1;
  const std::string first = train.substr(list, train.find(',', list) - list);
  write_text(folder_ / "data/5-core/train.json", train.insert(list, first + ", " + first + ", "));
  EXPECT_THAT(notes_of(data), Contains(AllOf(HasSubstr("duplicate"), ContainsRegex("(^|[^0-9])2 "))));
}

TEST_F(Notes, WindowsLineEndsAndAByteOrderMark) {
  write_mmrec(folder_ / "data");
  const std::string plain = read_text(folder_ / "data/shop.inter");
  expect_done(run(train_arguments(path_of("data"), path_of("plain"))));
  std::string windows = "\xef\xbb\xbf";
  for (const char c : plain) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  write_text(folder_ / "data/shop.inter", windows);
  const auto lines = notes_of(path_of("data"));
  EXPECT_THAT(lines, Contains(HasSubstr("CRLF")));
  EXPECT_THAT(lines, Contains(HasSubstr("byte order mark")));
  // The content is the same, so is the model.
  expect_done(run(train_arguments(path_of("data"), path_of("windows"))));
  EXPECT_TRUE(read_text(folder_ / "plain/model.safetensors") == read_text(folder_ / "windows/model.safetensors"));
}

TEST_F(Notes, UsersThatOnlyTheTestSplitKnows) {
  const std::string data = make_data();
  std::string test = read_text(folder_ / "data/5-core/test.json");
  write_text(folder_ / "data/5-core/test.json",
             test.replace(test.rfind('}'), 1, ", \"24\": [3], \"25\": [4], \"26\": [5]}"));
  EXPECT_THAT(notes_of(data), Contains(AllOf(HasSubstr("3 users"), HasSubstr("popularity"))));
  const Outcome evaluated = run({"evaluate", "--artifact", path_of("artifact"), "--data", data, "--split", "test"});
  expect_done(evaluated);
  EXPECT_THAT(evaluated.err, AllOf(HasSubstr("3 "), HasSubstr("popularity")));
}

TEST_F(Notes, FeatureRowsOfItemsNobodyTouched) {
  const std::string data = make_data();
  write_text(folder_ / "data/image_feat.npy", npy_features(kItems + 5, kWidth, 1));
  write_text(folder_ / "data/text_feat.npy", npy_features(kItems + 5, kWidth, 2));
  EXPECT_THAT(notes_of(data),
              Contains(AllOf(HasSubstr("5 items"), ContainsRegex("cold|no interaction|without interaction"))));
  // Cold items can be recommended: with all others excluded they are what is left.
  std::string others = "0";
  for (std::size_t item = 1; item < kItems; ++item) others += "," + std::to_string(item);
  const Outcome outcome = run({"recommend", "--artifact", path_of("artifact"), "--users", "0", "--k", "5", "--exclude",
                               others, "--format", "tsv"});
  expect_done(outcome);
  EXPECT_EQ(lines_of(outcome.out).size(), 5U) << outcome.out;
}

TEST_F(Notes, RowsThatAreAllMissingAreFilledAndCounted) {
  const std::string data = make_data();
  std::string bytes = npy_features(kItems, kWidth, 1);
  const std::size_t row = bytes.size() - kWidth * sizeof(float);
  for (std::size_t i = row; i < bytes.size(); ++i) bytes[i] = '\xff';  // NaN
  write_text(folder_ / "data/image_feat.npy", bytes);
  EXPECT_THAT(notes_of(data), Contains(AllOf(HasSubstr("image"), HasSubstr("1 "), HasSubstr("mean"))));
}

}  // namespace
}  // namespace monet::test
