#include "tests/sharded/load_fixture.h"

namespace monet::test::sharded_load {
namespace {

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
}  // namespace monet::test::sharded_load
