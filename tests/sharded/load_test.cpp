#include "monet/sharded/load.h"

#include "monet/core/error.h"
#include "monet/data/id_map.h"
#include "monet/dist/collectives.h"
#include "monet/sharded/load_parts.h"
#include "monet/sharded/names_part.h"
#include "monet/sharded/pairs_part.h"
#include "monet/sharded/together.h"
#include "tests/core/files/npy_bytes.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/dist/thread_communicator.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace monet::test {
namespace {

using data::LoadOptions;
using sharded::Shard;
using ::testing::HasSubstr;

constexpr std::array kProcesses = {1, 2, 3, 4, 7};

void expect_same(const Csr& a, const Csr& b, const std::string& what) {
  EXPECT_EQ(a.rows(), b.rows()) << what;
  EXPECT_EQ(a.cols(), b.cols()) << what;
  EXPECT_TRUE(same_pattern(a, b)) << what;
}

void expect_same(const Shard& a, const Shard& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.path, b.path);
  EXPECT_EQ(a.format, b.format);
  EXPECT_EQ(a.hash, b.hash);
  EXPECT_EQ(a.load_options, b.load_options);
  EXPECT_EQ(a.partition.users.bounds(), b.partition.users.bounds());
  EXPECT_EQ(a.partition.items.bounds(), b.partition.items.bounds());
  EXPECT_EQ(a.user_degrees, b.user_degrees);
  EXPECT_EQ(a.item_degrees, b.item_degrees);
  expect_same(a.train, b.train, "train");
  expect_same(a.validation, b.validation, "validation");
  expect_same(a.test, b.test, "test");
  ASSERT_EQ(a.modalities.size(), b.modalities.size());
  for (std::size_t m = 0; m < a.modalities.size(); ++m) {
    const data::Modality& left = a.modalities[m];
    const data::Modality& right = b.modalities[m];
    EXPECT_EQ(left.name, right.name);
    EXPECT_EQ(left.missing_rows, right.missing_rows);
    EXPECT_EQ(left.recipe, right.recipe);
    ASSERT_EQ(left.features.rows(), right.features.rows());
    ASSERT_EQ(left.features.cols(), right.features.cols());
    EXPECT_TRUE(std::equal(left.features.data(), left.features.data() + left.features.size(), right.features.data()))
        << left.name;
  }
  EXPECT_EQ(a.user_ids, b.user_ids);
  EXPECT_EQ(a.item_ids, b.item_ids);
  EXPECT_EQ(a.items.titles, b.items.titles);
  EXPECT_EQ(a.items.categories, b.items.categories);
  EXPECT_EQ(a.notes.lines, b.notes.lines);
  EXPECT_EQ(a.notes.duplicate_interactions, b.notes.duplicate_interactions);
  EXPECT_EQ(a.notes.crlf, b.notes.crlf);
  EXPECT_EQ(a.notes.byte_order_mark, b.notes.byte_order_mark);
  EXPECT_EQ(a.num_train, b.num_train);
  EXPECT_EQ(a.num_validation, b.num_validation);
  EXPECT_EQ(a.num_test, b.num_test);
}

class ShardedLoad : public TemporaryFolder {
 protected:
  /// What processes load is what they would keep of the whole.
  void expect_parts_of_whole(const std::filesystem::path& path, const LoadOptions& options = {}) {
    const data::Dataset whole = data::load(path, options);
    const sharded::Degrees degrees = sharded::degrees_of(whole.train);
    for (const int size : kProcesses) {
      SCOPED_TRACE(size);
      const sharded::Partition partition{sharded::Ranges::balanced(degrees.users, size),
                                         sharded::Ranges::balanced(degrees.items, size)};
      std::vector<Shard> shards(static_cast<std::size_t>(size));
      run_processes(size, [&](dist::Communicator& world) {
        shards[static_cast<std::size_t>(world.rank())] = sharded::load(world, path, options);
      });
      for (int process = 0; process < size; ++process) {
        SCOPED_TRACE(process);
        expect_same(shards[static_cast<std::size_t>(process)], sharded::shard_of(whole, partition, process));
      }
    }
  }

  /// Every process throws `E`, and says the same. Returns what.
  template <class E>
  std::string refusal(const std::filesystem::path& path, const LoadOptions& options = {}) {
    std::string first;
    for (const int size : kProcesses) {
      std::vector<std::string> said(static_cast<std::size_t>(size));
      run_processes(size, [&](dist::Communicator& world) {
        try {
          sharded::load(world, path, options);
          ADD_FAILURE() << "nothing was thrown";
        } catch (const E& error) {  // another one ends the others' waiting
          said[static_cast<std::size_t>(world.rank())] = error.what();
        }
      });
      if (first.empty()) first = said.front();
      EXPECT_THAT(said, ::testing::Each(first)) << size;
    }
    return first;
  }
  /// The same, and it is what data::load says.
  template <class E = DataError>
  std::string refusal_of_whole(const std::filesystem::path& path, const LoadOptions& options = {}) {
    std::string whole = message_of<E>([&] { data::load(path, options); });
    EXPECT_EQ(refusal<E>(path, options), whole);
    return whole;
  }
};

TEST_F(ShardedLoad, OtherLayoutsAreReadWhole) {
  write_text(folder_ / "5-core/train.json", R"({"0": [2, 0, 1], "1": [3, 1]})");
  write_text(folder_ / "5-core/val.json", R"({"0": [3]})");
  write_text(folder_ / "5-core/test.json", R"({"1": [4], "2": [0]})");
  write_text(folder_ / "text_feat.npy", npy("<f4", "(5, 2)", raw(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})));
  write_text(folder_ / "item_list.txt", "B0\t0\nB1\t1\nB2\t2\nB3\t3\nB4\t4\n");
  write_text(folder_ / "items.csv", "id,title\nB3,three\nB0,nought\n");
  expect_parts_of_whole(folder_);
}

TEST_F(ShardedLoad, ErrorsOfOtherLayoutsAreThrownAlike) {
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("no dataset here"));
  EXPECT_THAT(refusal_of_whole<IoError>(folder_ / "nothing"), HasSubstr("no such file"));
  write_text(folder_ / "shop.csv", "user,item\na,b\nc\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("shop.csv:3"));
}

TEST_F(ShardedLoad, WeightsAreRefused) {
  write_text(folder_ / "shop.inter", "userID\titemID\tx_label\tweight\n0\t0\t0\t1\n1\t1\t0\t2\n");
  EXPECT_THAT(refusal<InvalidArgument>(folder_), HasSubstr("have weights"));
  LoadOptions without;
  without.weight_column = "none";
  expect_parts_of_whole(folder_, without);
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// What `prepare` writes: 23 users, 9 items, some pairs twice.
class PreparedFolder : public ShardedLoad {
 protected:
  PreparedFolder() {
    std::string rows;
    for (int n = 0; n < 140; ++n) {
      rows += fmt::format("{}\t{}\t{}\n", n * n % 23, (n * 7 + n / 5) % 9, n % 11 == 3 ? 1 : n % 7 == 5 ? 2 : 0);
    }
    write_interactions(rows + "22\t8\t0\n");
  }
  void write_interactions(const std::string& rows, const std::string& header = "userID\titemID\tx_label\n") {
    write_text(folder_ / "shop.inter", header + rows);
  }
  void write_features(const std::string& name, Index rows, int cols, const std::vector<Index>& missing = {}) {
    std::vector<float> values;
    for (Index r = 0; r < rows; ++r) {
      const bool is_missing = std::find(missing.begin(), missing.end(), r) != missing.end();
      for (int c = 0; c < cols; ++c) {
        values.push_back(is_missing ? kNan : 0.1F * static_cast<float>(r) + 1.0F / static_cast<float>(3 + c));
      }
    }
    write_text(folder_ / (name + "_feat.npy"), npy("<f4", fmt::format("({}, {})", rows, cols), raw(values)));
  }
  void write_maps(Index users, Index items) {
    std::string text = "user_id\tuserID\n";
    for (Index u = 0; u < users; ++u) text += fmt::format("U{}\t{}\n", 1000 - u, u);
    write_text(folder_ / "u_id_mapping.csv", text);
    text = "asin\titemID\n";
    for (Index i = items; i-- > 0;) text += fmt::format("a rather long name of item {}\t{}\n", i, i);
    write_text(folder_ / "i_id_mapping.csv", text);
  }
  std::string interactions() { return read_text(folder_ / "shop.inter"); }
};

/// Whether processes read parts; else they read the whole, and the tests would say nothing.
bool in_parts(const std::filesystem::path& path, const LoadOptions& options = {}) {
  bool parts = true;
  run_processes(2, [&](dist::Communicator& world) {
    const bool here = sharded::load_parts(world, path, options).has_value();
    if (world.is_first()) parts = here;
  });
  return parts;
}

TEST_F(PreparedFolder, PartsAreThoseOfTheWhole) {
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_maps(23, 9);
  write_features("text", 9, 5);
  write_features("image", 9, 3);
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  expect_parts_of_whole(folder_ / "shop.inter");
  LoadOptions options;
  options.modalities = {"text"};
  expect_parts_of_whole(folder_, options);
  options.modalities = std::vector<std::string>{};
  expect_parts_of_whole(folder_, options);
  options.modalities = {"audio"};
  EXPECT_THAT(refusal_of_whole<InvalidArgument>(folder_, options), HasSubstr("no modality 'audio'"));
}

TEST_F(PreparedFolder, Sample) {
  const std::filesystem::path sample = std::filesystem::path(MONET_SOURCE_DIR) / "tests/prepare/samples/mmrec";
  ASSERT_TRUE(in_parts(sample));
  expect_parts_of_whole(sample);
}

TEST_F(PreparedFolder, LineEndsAndMarks) {
  std::string text = interactions();
  text.pop_back();
  write_text(folder_ / "shop.inter", text);
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_text(folder_ / "shop.inter", "\xef\xbb\xbf" + text + "\n\n \n");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  write_text(folder_ / "shop.inter", crlf);
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  text += "\n0\t1\t0\r";  // one line only
  write_text(folder_ / "shop.inter", text);
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, WhatCannotBeCutIsReadWhole) {
  const std::string text = interactions();
  for (const std::string& more : {std::string("\"3\"\t4\t0\n"), std::string("userID\titemID\tx_label\n3\t4\t0\n"),
                                  std::string("3\t4\xc2\xa0\t0\n")}) {
    write_text(folder_ / "shop.inter", text + more);
    EXPECT_FALSE(in_parts(folder_)) << more;
    expect_parts_of_whole(folder_);
  }
  std::string carriage_returns = text;
  std::replace(carriage_returns.begin(), carriage_returns.end(), '\n', '\r');
  write_text(folder_ / "shop.inter", carriage_returns);
  EXPECT_FALSE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_interactions("0\t0\n0\t1\n0\t2\n1\t1\n", "userID\titemID\n");  // no labels
  EXPECT_FALSE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, DuplicatesAreMergedWhereverTheyAre) {
  std::string rows = interactions().substr(sizeof("userID\titemID\tx_label\n") - 1);
  for (int n = 0; n < 60; ++n) rows += "5\t3\t0\n";  // moves the bounds once they are merged
  write_interactions("5\t3\t0\n5\t3\t1\n5\t3\t1\n" + rows);
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, MissingRows) {
  write_features("text", 12, 4, {0, 4, 5, 11});
  write_features("image", 12, 2, {7});
  LoadOptions options;
  expect_parts_of_whole(folder_, options);
  options.missing_rows = data::MissingRows::zero;
  expect_parts_of_whole(folder_, options);
  options.missing_rows = data::MissingRows::error;
  EXPECT_THAT(refusal_of_whole(folder_, options), HasSubstr("row 7 is missing"));
  options.modalities = {"text"};
  EXPECT_THAT(refusal_of_whole(folder_, options), HasSubstr("row 0 is missing (all NaN), 4 in all"));
}

TEST_F(PreparedFolder, MeansAreSumsInOneOrder) {
  std::vector<float> values;
  for (int r = 0; r < 9; ++r) values.push_back(r == 8 ? kNan : r % 2 == 1 ? 1.0F : r % 4 == 0 ? 1e17F : -1e17F);
  write_text(folder_ / "text_feat.npy", npy("<f4", "(9, 1)", raw(values)));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, BadFeatures) {
  write_features("text", 8, 4);
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("8 feature rows, but 9 items are named"));
  write_features("text", 9, 4);
  write_features("image", 11, 4);
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("9 rows for 11 items"));
  write_features("image", 9, 1, {0, 1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("every row is missing"));
  std::vector<float> values(27, 1.0F);
  values[24] = kNan;
  values[11] = std::numeric_limits<float>::infinity();
  write_text(folder_ / "image_feat.npy", npy("<f4", "(9, 3)", raw(values)));
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("row 3, column 2 is infinite"));
  write_text(folder_ / "image_feat.npy", npy("<f4", "(9, 0)", ""));
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("the rows are empty"));
  write_text(folder_ / "image_feat.npy", npy("<f4", "(9, 3)", "abc"));
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("truncated"));
  write_text(folder_ / "image_feat.npy", "no array");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("not a NumPy array"));
}

TEST_F(PreparedFolder, OtherTypesOfFeatures) {
  const std::vector<double> doubles = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  write_text(folder_ / "text_feat.npy", npy("<f8", "(9,)", raw(doubles)));
  std::vector<float> turned(27);
  for (std::size_t k = 0; k < turned.size(); ++k) turned[k] = static_cast<float>(k);
  write_text(folder_ / "image_feat.npy", npy("<f4", "(9, 3)", raw(turned), true));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, FewerUsersThanProcesses) {
  write_interactions("0\t0\t0\n");
  write_features("text", 1, 2);
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_interactions("0\t1\t0\n1\t0\t2\n");  // user 1 only in the test
  write_features("text", 4, 2);
  write_maps(2, 3);
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, BadLines) {
  const std::string text = interactions();
  const auto with = [&](std::size_t line, const std::string& bad) {
    std::size_t at = 0;
    for (std::size_t n = 1; n < line; ++n) at = text.find('\n', at) + 1;
    write_text(folder_ / "shop.inter", text.substr(0, at) + bad + "\n" + text.substr(at));
  };
  for (const std::size_t line : std::array<std::size_t, 4>{2, 60, 100, 142}) {
    const auto place = HasSubstr(fmt::format("shop.inter:{}: ", line));
    for (const std::string bad : {"1\t2", "1\t2\t0\t7", "1\t-2\t0", "x\t2\t0", "1\t\t0", "1\t2\t3", "1\tnull\t0",
                                  "1,2,0", "1\t99999999999\t0", "itemID\tuserID\tx_label"}) {
      with(line, bad);
      EXPECT_THAT(refusal_of_whole(folder_), place) << bad;
    }
  }
  write_text(folder_ / "shop.inter", text + "1\t2\n3\n");  // both in the last part
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr(":143: "));
  with(3, "3");
  write_text(folder_ / "shop.inter", interactions() + "1\t2\n");  // in the first and in the last part
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr(":3: "));
}

TEST_F(PreparedFolder, WhatIsWrongWithTheWhole) {
  const std::string text = interactions();
  write_text(folder_ / "shop.inter", text + "2000000\t1\t0\n1\t1\t0\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("shop.inter:143: user id 2000000 is absurd"));
  write_text(folder_ / "shop.inter", text + "2\t2000000\t0\n2\t2000000\t0\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("shop.inter:143: item id 2000000 is absurd"));
  write_interactions("1\t1\t1\n1\t2\t2\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("no training interactions"));
  write_interactions("");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("no training interactions"));
  write_text(folder_ / "shop.inter", "");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("empty"));
  write_interactions("1\t1\t1\n", "user\tthing\tx_label\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("no item column"));
}

TEST_F(PreparedFolder, Weights) {
  write_interactions("0\t0\t0\t2\n1\t1\t0\t2\n1\t1\t1\t3\n", "userID\titemID\tx_label\tweight\n");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);  // all alike
  write_interactions("0\t0\t0\t2\n1\t1\t0\t3\n", "userID\titemID\tx_label\tweight\n");
  EXPECT_THAT(refusal<InvalidArgument>(folder_), HasSubstr("have weights"));
  write_interactions("0\t0\t0\t2\n1\t1\t0\t0\n", "userID\titemID\tx_label\tweight\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr(":3: the weight '0'"));
}

TEST_F(PreparedFolder, NamesThatDoNotFit) {
  write_maps(30, 5);  // of users that are not there, and not of all items
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  // Names that are other rows' numbers.
  write_text(folder_ / "i_id_mapping.csv", "asin\titemID\n3\t0\n#3\t8\n8\t20\n1\t1\n");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_text(folder_ / "i_id_mapping.csv", "first\t0\nsecond\t1\n");  // no header
  expect_parts_of_whole(folder_);
  write_text(folder_ / "i_id_mapping.csv", "itemID\tname\r\n0\t\"say \"\"hi\"\"\"\r\n7\tcaf\xe9\r\n\r\n2\tx y");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  std::filesystem::remove(folder_ / "i_id_mapping.csv");
  write_text(folder_ / "item_list.txt", "org_id remap_id freebase\nB0 0 x\nB5 5 y\n");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_text(folder_ / "item_list.txt", "\nB0 0\n");
  EXPECT_FALSE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, BadMaps) {
  const auto refused = [&](const std::string& text) {
    write_text(folder_ / "u_id_mapping.csv", text);
    return refusal_of_whole(folder_);
  };
  std::string good;
  for (int u = 0; u < 23; ++u) good += fmt::format("name{}\t{}\n", u, u);
  EXPECT_THAT(refused(good + "a\t23\nb\t3\nc\t3\nb\t25\n"), HasSubstr(":25: row 3 is named twice, 'name3' and 'b'"));
  EXPECT_THAT(refused(good + "a\t23\nname7\t24\nname3\t25\nc\t1\n"), HasSubstr(":25: the name 'name7' is there twice"));
  EXPECT_THAT(refused(good + "name7\t3\n"), HasSubstr(":24: row 3 is named twice"));
  EXPECT_THAT(refused(good + "name30\tx\nname7\t30\n"), HasSubstr(":24: row number 'x' is not a whole number"));
  EXPECT_THAT(refused(good + "name7\t30\nname30\tx\n"), HasSubstr(":24: the name 'name7'"));
  EXPECT_THAT(refused(good + "a\t30\nb\t30\n"), HasSubstr(":25: row 30 is named twice"));
  EXPECT_THAT(refused(good + "a\t2000000\n"), HasSubstr(":24: row number 2000000 is absurd"));
  EXPECT_THAT(refused("one\n" + good), HasSubstr(":1: 'one' is not"));
  EXPECT_THAT(refused(good + " \t30\n"), HasSubstr(":24: "));
}

TEST_F(PreparedFolder, MapsInManyRounds) {
  const auto read = [&](int size, std::string* said) {
    std::vector<std::vector<std::string>> parts(static_cast<std::size_t>(size));
    run_processes(size, [&](dist::Communicator& world) {
      data::Notes notes;
      const sharded::Ranges rows = sharded::Ranges::balanced(std::vector<std::int32_t>(23, 1), size);
      const auto of_part = [&] {
        const auto map = data::user_map_in(folder_);
        parts[static_cast<std::size_t>(world.rank())] = sharded::read_names(world, map, "user", rows, notes, 1).value();
      };
      if (said == nullptr) return of_part();
      const std::string here = message_of<DataError>(of_part);
      if (world.is_first()) *said = here;
    });
    std::vector<std::string> names;
    for (const auto& part : parts) names.insert(names.end(), part.begin(), part.end());
    return names;
  };
  write_maps(23, 9);
  const std::vector<std::string> names = data::find_user_map(folder_)->names;
  for (const int size : kProcesses) EXPECT_EQ(read(size, nullptr), names);
  // What is there twice, or three times, wherever it is: line 2 + n names row n.
  for (const auto& [here, there, last] : {std::array{3, 12, 20}, std::array{0, 1, 22}, std::array{10, 11, 12}}) {
    for (const bool same_row : {true, false}) {
      std::string text = "user_id\tuserID\n";
      for (int n = 0; n < 23; ++n) {
        const bool again = n == there || n == last;
        text += fmt::format("U{}\t{}\n", again && !same_row ? here : n, again && same_row ? here : n);
      }
      write_text(folder_ / "u_id_mapping.csv", text);
      const std::string whole = message_of<DataError>([&] { data::find_user_map(folder_); });
      EXPECT_THAT(whole, HasSubstr(fmt::format("csv:{}:", 2 + there)));
      for (const int size : kProcesses) {
        std::string said;
        read(size, &said);
        EXPECT_EQ(said, whole) << size;
      }
    }
  }
  // A line whose row and whose name are there: the row counts.
  for (int row = 0; row < 22; ++row) {
    std::string text;
    for (int n = 0; n < 22; ++n) text += fmt::format("U{}\t{}\n", n, n);
    write_text(folder_ / "u_id_mapping.csv", text + fmt::format("U{}\t{}\n", 21 - row, row));
    for (const int size : kProcesses) {
      std::string said;
      read(size, &said);
      EXPECT_THAT(said, HasSubstr(fmt::format(":23: row {} is named twice", row))) << size;
    }
  }
}

TEST_F(PreparedFolder, InteractionsInManyRounds) {
  std::vector<data::Pair> pairs;
  for (int n = 0; n < 500; ++n) pairs.emplace_back(n * n % 23, n % 9);
  const Csr whole = Csr::from_pairs(23, 9, pairs);
  for (const int size : kProcesses) {
    run_processes(size, [&](dist::Communicator& world) {
      const sharded::Ranges users = sharded::Ranges::balanced(std::vector<std::int32_t>(23, 1), world.size());
      const dist::Share mine = dist::share_of(500, world.rank(), world.size());
      std::vector<data::Pair> own(pairs.begin() + mine.begin, pairs.begin() + mine.end);
      Index duplicates = 0;
      const Csr rows = sharded::gather_rows(world, own, users, 9, duplicates, 64);
      EXPECT_EQ(rows.rows(), users.count(world.rank()));
      for (Index r = 0; r < rows.rows(); ++r) {
        const auto expected = whole.row(users.of(world.rank()).begin + r);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), rows.row(r).begin(), rows.row(r).end()));
      }
      EXPECT_EQ(dist::all_reduced(world, duplicates), 500 - whole.nnz());
    });
  }
}

TEST_F(PreparedFolder, LongItemTable) {
  std::string text = "itemID,title\n";
  for (int n = 0; n < 40'000; ++n) text += fmt::format("{},title {}\n", n % 5 == 0 ? n : n % 9, n);
  write_text(folder_ / "items.csv", text);
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, Titles) {
  write_maps(23, 9);
  const auto with = [&](const std::string& text) {
    write_text(folder_ / "items.csv", text);
    ASSERT_TRUE(in_parts(folder_));
    expect_parts_of_whole(folder_);
  };
  with("itemID,title,genre\n3,\"three\nlines\",a\n8,eight,b\n3,three again,c\n77,other,d\n0.0,nought,e\n");
  with("asin,title\na rather long name of item 4,four\na rather long name of item 2,two\nsomething else,x\n");
  with("asin,title\nx1,one\nx2,two\n");                                // too few
  with("asin,title\nA RATHER LONG NAME OF ITEM 3,one\n");              // and why
  with("asin,price\nx1,1\n");                                          // no texts
  with("title,genre\na,0\nb,1\nc,2\nd,3\ne,4\nf,5\ng,6\nh,7\ni,8\n");  // in order
  with("title\na\nb\n");                                               // but too few
  with("id,title\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n8,h\n9,i\n");     // ids that count
  // A row's number where it is no name, and a name first.
  write_text(folder_ / "i_id_mapping.csv", "asin\titemID\n5\t0\n2.0\t7\n2\t3\n");
  with("itemID,title\n5,of row nought\n4,of row four\n2.0,of row seven\n2,of row three\n");
  write_text(folder_ / "items.csv", "itemID,title\n1,a\n2,b,c\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("items.csv:3"));
}

TEST_F(PreparedFolder, Recipes) {
  write_features("text", 9, 4);
  write_text(folder_ / "text_feat.recipe", "damaged");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, AnErrorInOneProcessIsThrownInAll) {
  run_processes(3, [&](dist::Communicator& world) {
    const std::string said = message_of<IoError>([&] {
      sharded::together(world, [&] {
        if (world.rank() == 1) fail<IoError>("the disk of process 1");
        if (world.rank() == 2) fail<DataError>("something of process 2");
      });
    });
    EXPECT_EQ(said, "the disk of process 1");
    EXPECT_NO_THROW(sharded::together(world, [] {}));
    EXPECT_THROW(sharded::together(world, [] { throw std::bad_alloc(); }), std::bad_alloc);
  });
}

}  // namespace
}  // namespace monet::test
