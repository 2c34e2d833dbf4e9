#include "monet/synth/interactions.h"

#include "monet/synth/taste.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace monet::synth {

namespace {
constexpr std::uint64_t kActivityStream = 0x0d00;
constexpr std::uint64_t kTimeStream = 0x0e00;
constexpr std::uint64_t kUserStream = 0x100000000U;
constexpr std::uint64_t kDriftStream = 0x200000000U;
// A user who has drawn in vain this often takes what comes: their favourites are used up.
constexpr int kPatience = 400;

/// Interactions of each user: log-normal shares above a common base, capped at half of the items.
std::vector<Index> activity(const GeneratorOptions& options) {
  Rng rng(options.seed, kActivityStream);
  const auto users = static_cast<std::size_t>(options.num_users);
  std::vector<double> shares(users);
  double total = 0.0;
  for (double& share : shares) total += share = std::exp(0.8 * rng.normal());
  const Index cap = std::max<Index>(1, (options.num_items - num_cold_items(options)) / 2);
  const Index base = std::min({Index{5}, options.num_interactions / options.num_users, cap});
  const auto rest = static_cast<double>(options.num_interactions - base * options.num_users);
  std::vector<Index> out(users);
  double reached = 0.0;
  Index given = 0;
  Index excess = 0;
  for (std::size_t u = 0; u < users; ++u) {
    reached += shares[u] / total;
    const Index until = u + 1 == users ? static_cast<Index>(rest) : std::llround(std::min(reached, 1.0) * rest);
    out[u] = base + until - given;
    given = until;
    excess += std::max<Index>(0, out[u] - cap);
    out[u] = std::min(out[u], cap);
  }
  for (std::size_t u = 0; excess > 0; u = (u + 1) % users) {
    if (out[u] == cap) continue;
    ++out[u];
    --excess;
  }
  return out;
}

/// Chooses the items of one user after another.
class Shopping {
 public:
  Shopping(const GeneratorOptions& options, const Catalogue& catalogue)
      : options_(&options),
        catalogue_(&catalogue),
        shelves_(shelves_of(catalogue)),
        owner_(catalogue.attributes.size(), -1) {
    double sum = 0.0;
    for (const Shelf& shelf : shelves_) popularity_.push_back(sum += shelf.popularity);
  }

  std::span<const std::int32_t> go(std::int32_t user, Index count) {
    user_ = user;
    basket_.clear();
    Rng rng(options_->seed, kUserStream + static_cast<std::uint64_t>(user));
    Rng drifting(options_->seed, kDriftStream + static_cast<std::uint64_t>(user));
    const Taste taste(rng, shelves_);
    std::optional<Taste> later;
    if (options_->drift > 0.0) later.emplace(drifting, shelves_);
    int in_vain = 0;
    while (static_cast<Index>(basket_.size()) < count) {
      if (in_vain > kPatience) {
        take(whatever_is_left(rng));
        continue;
      }
      const double past = static_cast<double>(basket_.size()) / static_cast<double>(std::max<Index>(1, count - 1));
      const bool changed = later && drifting.uniform() < options_->drift * past;
      in_vain = look(rng, changed ? *later : taste) ? 0 : in_vain + 1;
    }
    return basket_;
  }

 private:
  /// One item looked at, and taken (true) or not.
  bool look(Rng& rng, const Taste& taste) {
    const bool anything = options_->off_taste > 0.0 && rng.uniform() < options_->off_taste;
    const Shelf& shelf = shelves_[anything ? popular_category(rng) : taste.draw_category(rng)];
    if (shelf.tickets.empty()) return false;  // rounding at the upper end can reach a category without items
    const std::int32_t item = shelf.tickets[rng.below(shelf.tickets.size())];
    const auto i = static_cast<std::size_t>(item);
    const double fit = anything ? 1.0 : taste.fit(*catalogue_, i);
    if (owner_[i] == user_ || rng.uniform() >= fit) return false;
    take(item);
    return true;
  }

  std::size_t popular_category(Rng& rng) const {
    const double at = rng.uniform() * popularity_.back();
    const auto found = std::upper_bound(popularity_.begin(), popularity_.end() - 1, at);
    return static_cast<std::size_t>(found - popularity_.begin());
  }

  std::int32_t whatever_is_left(Rng& rng) const {
    const auto items = static_cast<std::int32_t>(owner_.size());
    auto item = static_cast<std::int32_t>(rng.below(owner_.size()));
    const auto taken = [&](std::int32_t i) {
      const auto at = static_cast<std::size_t>(i);
      return owner_[at] == user_ || catalogue_->popularity[at] == 0.0;
    };
    while (taken(item)) item = (item + 1) % items;
    return item;
  }

  void take(std::int32_t item) {
    owner_[static_cast<std::size_t>(item)] = user_;
    basket_.push_back(item);
  }

  const GeneratorOptions* options_;
  const Catalogue* catalogue_;
  std::vector<Shelf> shelves_;
  std::vector<double> popularity_;   // of categories, cumulative
  std::vector<std::int32_t> owner_;  // by item: the last user who took it
  std::vector<std::int32_t> basket_;
  std::int32_t user_ = -1;
};
}  // namespace

void for_each_user(const GeneratorOptions& options, const Catalogue& catalogue,
                   const std::function<void(std::int32_t, std::span<const std::int32_t>)>& visit) {
  check(options);
  const std::vector<Index> counts = activity(options);
  Shopping shopping(options, catalogue);
  for (std::int32_t user = 0; user < options.num_users; ++user) {
    visit(user, shopping.go(user, counts[static_cast<std::size_t>(user)]));
  }
}

GeneratedInteractions generate_interactions(const GeneratorOptions& options, const Catalogue& catalogue) {
  GeneratedInteractions out;
  out.users.reserve(static_cast<std::size_t>(options.num_interactions));
  out.items.reserve(static_cast<std::size_t>(options.num_interactions));
  for_each_user(options, catalogue, [&](std::int32_t user, std::span<const std::int32_t> items) {
    out.users.insert(out.users.end(), items.size(), user);
    out.items.insert(out.items.end(), items.begin(), items.end());
  });
  return out;
}

Clock::Clock(std::uint64_t seed) : rng_(seed, kTimeStream) {}

void Clock::arrive() {
  constexpr Index kStart = 1'577'836'800;  // 2020-01-01
  constexpr std::uint64_t kYear = 31'536'000;
  time_ = kStart + static_cast<Index>(rng_.below(kYear));
}

Index Clock::next() {
  constexpr std::uint64_t kMaxPause = std::uint64_t{7} * 86'400;
  return time_ += 1 + static_cast<Index>(rng_.below(kMaxPause));
}

}  // namespace monet::synth
