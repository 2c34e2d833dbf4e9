#include "monet/eval/auc.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace monet::eval {

namespace {

/// One user's items that are no negatives: targets, history, masks; and their scores.
struct Special {
  std::vector<std::int32_t> items;     // ascending
  std::vector<std::uint8_t> positive;  // a target that is a candidate
  std::vector<float> scores;
};

/// How many scores lie below a value, and how many equal it.
struct Place {
  Index below = 0;
  Index equal = 0;
};

Place place(float value, std::span<const float> scores) {
  Place place;
  for (const float score : scores) {
    place.below += score < value ? 1 : 0;
    place.equal += score == value ? 1 : 0;
  }
  return place;
}

std::vector<std::int32_t> merged(const std::vector<std::int32_t>& a, std::span<const std::int32_t> b) {
  std::vector<std::int32_t> out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

Special make_special(const scoring::Scoring& scoring, std::int32_t user, const CsrView& targets,
                     const std::vector<CsrView>& masks) {
  std::vector<std::int32_t> masked;
  masked = merged(masked, scoring.history.row(user));
  for (const CsrView& mask : masks) masked = merged(masked, mask.row(user));
  const auto wanted = targets.row(user);
  Special special;
  special.items = merged(masked, wanted);
  for (const std::int32_t item : special.items) {
    const bool positive = std::binary_search(wanted.begin(), wanted.end(), item) &&
                          !std::binary_search(masked.begin(), masked.end(), item);
    special.positive.push_back(positive ? 1 : 0);
  }
  special.scores.resize(special.items.size());
  return special;
}

/// First pass: the scores of the special items.
class Collect final : public rank::TileConsumer {
 public:
  Collect(std::vector<Special>& special, std::span<const std::int32_t> positions)
      : special_(&special), positions_(positions) {}
  std::size_t bytes_per_user() const override { return sizeof(Special); }
  void begin_block(std::span<const std::int32_t> rows, int) override { rows_ = rows; }
  void tile(int, Index first, Index item_begin, MatrixView<float> scores) override {
    for (Index r = 0; r < scores.rows; ++r) add(position(first + r), item_begin, scores.row_span(r));
  }
  void end_block(ThreadPool&) override {}

  void add(std::size_t position, Index item_begin, std::span<const float> scores) {
    Special& special = (*special_)[position];
    auto item = std::lower_bound(special.items.begin(), special.items.end(), item_begin);
    const Index end = item_begin + static_cast<Index>(scores.size());
    for (; item != special.items.end() && *item < end; ++item) {
      special.scores[static_cast<std::size_t>(item - special.items.begin())] =
          scores[static_cast<std::size_t>(*item - item_begin)];
    }
  }

 private:
  std::size_t position(Index b) const {
    return static_cast<std::size_t>(positions_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(b)])]);
  }

  std::vector<Special>* special_;
  std::span<const std::int32_t> positions_;
  std::span<const std::int32_t> rows_;
};

/// Second pass: where each target stands among all items. Workers count apart and are added up after each block.
class Count final : public rank::TileConsumer {
 public:
  Count(const std::vector<Special>& special, std::vector<std::vector<Place>>& places,
        std::span<const std::int32_t> positions)
      : special_(&special), places_(&places), positions_(positions) {}
  std::size_t bytes_per_user() const override { return 64 * sizeof(Place); }
  void begin_block(std::span<const std::int32_t> rows, int workers) override {
    rows_ = rows;
    workers_.assign(static_cast<std::size_t>(workers), {});
    for (auto& counts : workers_) {
      for (const std::int32_t row : rows) {
        counts.emplace_back((*places_)[static_cast<std::size_t>(positions_[static_cast<std::size_t>(row)])].size());
      }
    }
  }
  void tile(int worker, Index first, Index, MatrixView<float> scores) override {
    for (Index r = 0; r < scores.rows; ++r) {
      const auto b = static_cast<std::size_t>(first + r);
      const auto position = static_cast<std::size_t>(positions_[static_cast<std::size_t>(rows_[b])]);
      add((*special_)[position], scores.row_span(r), workers_[static_cast<std::size_t>(worker)][b]);
    }
  }
  void end_block(ThreadPool&) override {
    for (const auto& counts : workers_) {
      for (std::size_t b = 0; b < rows_.size(); ++b) {
        auto& total = (*places_)[static_cast<std::size_t>(positions_[static_cast<std::size_t>(rows_[b])])];
        for (std::size_t k = 0; k < total.size(); ++k) {
          total[k].below += counts[b][k].below;
          total[k].equal += counts[b][k].equal;
        }
      }
    }
  }

  static void add(const Special& special, std::span<const float> scores, std::vector<Place>& places) {
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (special.positive[k] == 0) continue;
      const Place more = place(special.scores[k], scores);
      places[k].below += more.below;
      places[k].equal += more.equal;
    }
  }

 private:
  const std::vector<Special>* special_;
  std::vector<std::vector<Place>>* places_;
  std::span<const std::int32_t> positions_;
  std::span<const std::int32_t> rows_;
  std::vector<std::vector<std::vector<Place>>> workers_;
};

double auc(const Special& special, const std::vector<Place>& places, Index num_items) {
  const Index negatives = num_items - static_cast<Index>(special.items.size());
  const auto positives = std::count(special.positive.begin(), special.positive.end(), 1);
  if (positives == 0 || negatives == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0.0;
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (special.positive[k] == 0) continue;
    const Place others = place(special.scores[k], special.scores);
    sum +=
        static_cast<double>(places[k].below - others.below) + 0.5 * static_cast<double>(places[k].equal - others.equal);
  }
  return sum / (static_cast<double>(positives) * static_cast<double>(negatives));
}

}  // namespace

std::vector<double> auc_of_users(ThreadPool& pool, const scoring::Items& items, const scoring::Scoring& scoring,
                                 std::span<const std::int32_t> users, const CsrView& targets,
                                 const std::vector<CsrView>& masks, const rank::TileOptions& tiles) {
  std::vector<Special> special;
  std::vector<std::vector<Place>> places;
  std::vector<scoring::Query> scored;
  std::vector<std::int32_t> positions;
  for (const std::int32_t user : users) {
    special.push_back(make_special(scoring, user, targets, masks));
    places.emplace_back(special.back().items.size());
    if (scoring.history.degree(user) == 0) continue;
    scored.push_back(scoring::known_user(scoring, user));
    positions.push_back(static_cast<std::int32_t>(special.size() - 1));
  }
  Collect collect(special, positions);
  Count count(special, places, positions);
  if (!scored.empty()) {
    rank::score_tiles(pool, items, scored, tiles, collect);
    rank::score_tiles(pool, items, scored, tiles, count);
  }
  std::vector<double> out;
  for (std::size_t p = 0; p < users.size(); ++p) {
    if (scoring.history.degree(users[p]) == 0) {
      collect.add(p, 0, scoring.item_popularity);
      Count::add(special[p], scoring.item_popularity, places[p]);
    }
    out.push_back(auc(special[p], places[p], static_cast<Index>(scoring.item_popularity.size())));
  }
  return out;
}

}  // namespace monet::eval
