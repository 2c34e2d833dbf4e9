#include "monet/sharded/item_texts_part.h"

#include "monet/data/item_table.h"
#include "monet/data/name_table.h"
#include "monet/dist/collectives.h"
#include "monet/input/file_lines.h"
#include "monet/sharded/records.h"
#include "monet/sharded/together.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>

namespace monet::sharded {

namespace {

/// An item that a row may mean, and how: what is found by the name before what is found by a number.
constexpr Index kNoItem = std::numeric_limits<Index>::max();
Index found_item(Index how, Index item) {
  return how << 32 | item;
}
std::size_t item_of(Index found) {
  return static_cast<std::size_t>(found & 0xffffffff);
}

/// Own items as a table's rows name them.
class OwnItems {
 public:
  OwnItems(const std::vector<std::string>& ids, dist::Share own) : own_(own) {
    for (const std::string& id : ids) names_.add(id);
  }
  Index find(const data::ItemTable& row) const {
    if (const std::int32_t known = names_.find(row.id()); known >= 0) return found_item(0, own_.begin + known);
    if (const auto digits = row.whole_id()) {
      if (const std::int32_t known = names_.find(*digits); known >= 0) return found_item(1, own_.begin + known);
    }
    const auto number = row.row_number();
    return number && *number >= own_.begin && *number < own_.end ? found_item(2, *number) : kNoItem;
  }

 private:
  dist::Share own_;
  data::NameTable names_;
};

/// A table, opened and its header read.
struct OpenTable {
  explicit OpenTable(const std::filesystem::path& path) : file(path), rows(file.lines) {}
  input::FileLines file;
  data::ItemTable rows;
};

/// A row that seems to be an own item's.
struct Claim {
  std::size_t row;
  std::string title;
  std::string category;
};

/// Texts of own items.
class Texts {
 public:
  Texts(const data::ItemTable& table, dist::Share own) : own_(own) {
    const auto count = static_cast<std::size_t>(own.end - own.begin);
    if (table.has_titles()) texts_.titles.resize(count);
    if (table.has_categories()) texts_.categories.resize(count);
    described_.resize(count, false);
  }
  /// Of several rows of an item the first stays.
  void set(std::size_t item, std::string title, std::string category) {
    const std::size_t at = item - static_cast<std::size_t>(own_.begin);
    if (described_[at]) {
      ++repeated_;
      return;
    }
    described_[at] = true;
    if (!texts_.titles.empty()) texts_.titles[at] = std::move(title);
    if (!texts_.categories.empty()) texts_.categories[at] = std::move(category);
  }
  data::ItemMetadata take() { return std::move(texts_); }
  Index repeated() const { return repeated_; }

 private:
  dist::Share own_;
  data::ItemMetadata texts_;
  std::vector<bool> described_;
  Index repeated_ = 0;
};

Claim claim_of(const data::ItemTable& table, std::size_t row) {
  return {row, table.has_titles() ? table.title() : std::string(),
          table.has_categories() ? table.category() : std::string()};
}

/// What is wrong with ids of which too few meet: process 0 says it, and needs all of the dataset's for that. This is
/// for tables of other items, which are not used then.
std::string explain_match(dist::Communicator& world, const data::IdMatch& match,
                          const std::vector<std::string>& item_ids) {
  Records all(world.size());
  for (const std::string& id : item_ids) all.add(0, {0, 0, id});
  std::vector<std::string> ids;
  all.deliver(world, [&](int, const Record& id) { ids.emplace_back(id.text); });
  return match.explain(ids);
}

/// Row n is item n: reads the table once more.
data::ItemMetadata texts_in_order(const std::filesystem::path& path, dist::Share own) {
  OpenTable table(path);
  Texts texts(table.rows, own);
  for (Index row = 0; row < own.end && table.rows.next(); ++row) {
    if (row < own.begin) continue;
    Claim claim = claim_of(table.rows, static_cast<std::size_t>(row));
    texts.set(claim.row, std::move(claim.title), std::move(claim.category));
  }
  return texts.take();
}

}  // namespace

data::ItemMetadata read_item_texts(dist::Communicator& world, const std::filesystem::path& path,
                                   const std::vector<std::string>& item_ids, const Ranges& items,
                                   std::vector<std::string>& notes) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 14;
  const dist::Share own = items.of(world.rank());
  std::unique_ptr<OpenTable> open;
  together(world, [&] { open = std::make_unique<OpenTable>(path); });
  data::ItemTable& table = open->rows;
  if (!table.has_titles() && !table.has_categories()) {
    notes.push_back(fmt::format("{}: no title or category column; not used", table.file()));
    return {};
  }
  const OwnItems own_items(item_ids, own);
  Texts texts(table, own);
  data::ItemRows met;
  for (bool more = true; more;) {
    std::vector<std::string> ids;
    std::vector<Index> means;
    std::vector<Claim> claims;
    together(world, [&] {
      std::size_t row = 0;
      for (; row < kAtOnce && (more = table.next()); ++row) {
        if (!table.has_ids()) continue;
        ids.emplace_back(table.id());
        means.push_back(own_items.find(table));
        if (means.back() != kNoItem) claims.push_back(claim_of(table, row));
      }
      met.count += static_cast<Index>(row);
    });
    const std::vector<Index> mine = means;
    dist::all_reduce(world, std::span(means), dist::Reduction::least);
    for (std::size_t row = 0; row < ids.size(); ++row) {
      met.match.take(ids[row], means[row] != kNoItem);
      met.order.take(ids[row]);
    }
    for (Claim& claim : claims) {
      if (mine[claim.row] != means[claim.row]) continue;
      texts.set(item_of(mine[claim.row]), std::move(claim.title), std::move(claim.category));
    }
  }
  notes.insert(notes.end(), table.notes().begin(), table.notes().end());
  std::array<Index, 2> told{data::are_row_numbers(item_ids, own.begin) ? 0 : 1, texts.repeated()};
  dist::all_reduce(world, std::span<Index>(told), dist::Reduction::sum);
  met.unnamed = told[0] == 0;
  const data::ItemJoin join = data::join_items(
      table, met, items.rows(), true, [&] { return explain_match(world, met.match, item_ids); }, notes);
  data::ItemMetadata result;
  if (join == data::ItemJoin::by_id) {
    result = texts.take();
    if (told[1] > 0) {
      notes.push_back(fmt::format("{}: {} rows repeat an item; the first stays", table.file(), told[1]));
    }
  }
  if (join == data::ItemJoin::in_order) together(world, [&] { result = texts_in_order(path, own); });
  return result;
}

}  // namespace monet::sharded
