#pragma once

#include "monet/core/view.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace monet::data {

enum class Part : std::uint8_t { train = 0, validation = 1, test = 2 };

using Pair = std::pair<std::int32_t, std::int32_t>;

/// The largest id met and where, for messages.
struct LargestId {
  std::int32_t id = -1;
  std::string where;
};

/// A few lines cannot span millions of rows: a number beyond this is a slip, and tables would be allocated for it.
Index plausible_rows(Index lines);

/// Throws DataError naming the place when the largest id is beyond `plausible_rows`.
void require_plausible(const LargestId& largest, const char* what, Index interactions);

/// What the reader of a format found, before it becomes a Dataset.
struct Interactions {
  std::array<std::vector<Pair>, 3> parts;  // (user, item), by Part
  std::vector<float> weights;              // of the training pairs, in their order; empty: all weigh 1
  LargestId user;
  LargestId item;
  std::vector<std::string> user_names;  // index → external id; empty when the ids are row numbers
  std::vector<std::string> item_names;
  std::string training_file;      // for messages
  Index duplicates = 0;           // already merged by the reader
  bool split_on_reading = false;  // the source has no split of its own
  bool crlf = false;
  bool byte_order_mark = false;
  std::vector<std::string> notes;

  std::vector<Pair>& of(Part part) { return parts[static_cast<std::size_t>(part)]; }
  Index size() const { return static_cast<Index>(parts[0].size() + parts[1].size() + parts[2].size()); }
};

}  // namespace monet::data
