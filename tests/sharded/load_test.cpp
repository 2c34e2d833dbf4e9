#include "monet/sharded/load.h"

#include "monet/core/error.h"
#include "tests/core/files/npy_bytes.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/dist/thread_communicator.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <limits>

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
        said[static_cast<std::size_t>(world.rank())] = message_of<E>([&] { sharded::load(world, path, options); });
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

}  // namespace
}  // namespace monet::test
