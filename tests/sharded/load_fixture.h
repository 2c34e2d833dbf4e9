#pragma once

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

namespace monet::test::sharded_load {

using data::LoadOptions;
using sharded::Shard;
using ::testing::HasSubstr;

inline constexpr std::array kProcesses = {1, 2, 3, 4, 7};
inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

inline void expect_same(const Csr& a, const Csr& b, const std::string& what) {
  EXPECT_EQ(a.rows(), b.rows()) << what;
  EXPECT_EQ(a.cols(), b.cols()) << what;
  EXPECT_TRUE(same_pattern(a, b)) << what;
}

inline void expect_same(const Shard& a, const Shard& b) {
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
inline bool in_parts(const std::filesystem::path& path, const LoadOptions& options = {}) {
  bool parts = true;
  run_processes(2, [&](dist::Communicator& world) {
    const bool here = sharded::load_parts(world, path, options).has_value();
    if (world.is_first()) parts = here;
  });
  return parts;
}

}  // namespace monet::test::sharded_load
