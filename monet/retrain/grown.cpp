#include "monet/retrain/grown.h"

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/data/features.h"
#include "monet/data/load.h"
#include "monet/store/pages.h"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>

namespace monet::retrain {

namespace {

using Pair = std::pair<std::int32_t, std::int32_t>;

/// Ids by row; new ones are appended.
class Names {
 public:
  explicit Names(std::vector<std::string> names) : names_(std::move(names)) {
    for (std::size_t row = 0; row < names_.size(); ++row) rows_.emplace(names_[row], static_cast<std::int32_t>(row));
  }
  std::int32_t row_of(const std::string& name) {
    const auto [found, is_new] = rows_.emplace(name, static_cast<std::int32_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return found->second;
  }
  std::optional<std::int32_t> find(const std::string& name) const {
    const auto found = rows_.find(name);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  Index size() const { return static_cast<Index>(names_.size()); }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> rows_;
};

/// A number in [0, 1) that belongs to a user, whatever else is in the data.
double place_of(const std::string& user) {
  files::Hasher hasher;
  hasher.add_text(user);
  return static_cast<double>(hasher.value() >> 11) / static_cast<double>(std::uint64_t{1} << 53);
}

/// The events of the store beyond `base`: for each user her items, the oldest first, each once, at its newest event.
std::map<std::int32_t, std::vector<std::int32_t>> read_events(store::Store& store, const GrowOptions& options,
                                                              const data::Dataset& base, Names& users, Names& items) {
  std::map<std::int32_t, std::vector<std::int32_t>> fresh;
  store::each_page_of_events(store, 0, [&](const std::vector<store::StoredEvent>& page) {
    for (const store::StoredEvent& stored : page) {
      if (!store::is_liking(stored.event, options.kind_weights)) continue;
      const std::int32_t user = users.row_of(stored.event.user);
      const std::int32_t item = items.row_of(stored.event.item);
      const bool known =
          user < base.num_users() && item < base.num_items() &&
          (base.train.contains(user, item) || base.validation.contains(user, item) || base.test.contains(user, item));
      if (known) continue;
      std::vector<std::int32_t>& row = fresh[user];
      row.erase(std::remove(row.begin(), row.end(), item), row.end());
      row.push_back(item);
    }
  });
  return fresh;
}

std::vector<Pair> pairs_of(const Csr& pattern) {
  std::vector<Pair> pairs;
  for (Index u = 0; u < pattern.rows(); ++u) {
    for (const std::int32_t item : pattern.row(u)) pairs.emplace_back(static_cast<std::int32_t>(u), item);
  }
  return pairs;
}

/// Weights of the entries of `grown`, those of `base` as they were and 1 for the others.
std::vector<float> weights_of(const Csr& grown, const data::Dataset& base) {
  if (base.weights.empty()) return {};
  std::vector<float> weights(grown.indices().size(), 1.0F);
  for (Index u = 0; u < base.num_users(); ++u) {
    const auto row = grown.row(u);
    const auto old = base.train.row(u);
    for (std::size_t e = 0; e < old.size(); ++e) {
      const auto found = std::lower_bound(row.begin(), row.end(), old[e]);
      weights[static_cast<std::size_t>(grown.indptr()[static_cast<std::size_t>(u)] + (found - row.begin()))] =
          base.weights[static_cast<std::size_t>(base.train.indptr()[static_cast<std::size_t>(u)]) + e];
    }
  }
  return weights;
}

/// The features of `base` with rows for all items: those of the store where it has some, NaN where nobody has any.
data::Modality with_room(const data::Dataset& base, const Expected& expected, const describe::Recipes& recipes,
                         Index items) {
  data::Modality modality{expected.name, Matrix<float>(items, expected.width), 0};
  if (const auto recipe = recipes.find(expected.name); recipe != recipes.end()) {
    modality.recipe.assign(reinterpret_cast<const char*>(recipe->second.data()), recipe->second.size());
  }
  std::fill_n(modality.features.data(), modality.features.size(), std::numeric_limits<float>::quiet_NaN());
  for (const data::Modality& old : base.modalities) {
    if (old.name != expected.name) continue;
    if (old.features.cols() != expected.width) {
      fail<DataError>("{}: {} is {} wide, the model in use was trained on {}", base.path, old.name, old.features.cols(),
                      expected.width);
    }
    std::copy_n(old.features.data(), old.features.size(), modality.features.data());
  }
  return modality;
}

void put_features(const store::Item& item, const store::Features& features, std::int32_t row,
                  std::vector<data::Modality>& modalities, const std::string& store) {
  for (data::Modality& modality : modalities) {
    const auto found = features.find(modality.name);
    if (found == features.end()) continue;
    if (static_cast<Index>(found->second.size()) != modality.features.cols()) {
      fail<DataError>("{}: item '{}' has {} features of {}, the model in use was trained on {}", store, item.id,
                      found->second.size(), modality.name, modality.features.cols());
    }
    std::copy(found->second.begin(), found->second.end(), modality.features.row(row));
  }
}

bool has_features(const store::Features& features, std::span<const Expected> modalities) {
  return std::any_of(modalities.begin(), modalities.end(),
                     [&](const Expected& expected) { return features.contains(expected.name); });
}

/// How the features of `base` were made; those of modalities that it does not have, as `otherwise` says.
describe::Recipes recipes_for(const data::Dataset& base, describe::Recipes otherwise) {
  for (const data::Modality& modality : base.modalities) {
    otherwise.erase(modality.name);
    if (!modality.recipe.empty()) otherwise[modality.name] = std::as_bytes(std::span(modality.recipe));
  }
  return otherwise;
}

}  // namespace

Grown grown(std::optional<data::Dataset> given, std::span<const Expected> modalities, const describe::Recipes& known,
            store::Store& store, const GrowOptions& options) {
  data::Dataset base = given ? std::move(*given) : data::Dataset();
  const Index old_users = base.num_users();
  const Index old_items = base.num_items();
  const describe::Recipes recipes = recipes_for(base, known);
  const describe::ItemDescriber describer(recipes);
  Names users(std::move(base.user_ids));
  Names items(std::move(base.item_ids));
  const auto fresh = read_events(store, options, base, users, items);
  store::each_page_of_items(store, [&](const std::vector<store::Item>& page) {
    for (const store::Item& item : page) {
      if (!items.find(item.id) && has_features(describer.features_of(item), modalities)) items.row_of(item.id);
    }
  });

  Grown result;
  result.new_users = users.size() - old_users;
  result.new_items = items.size() - old_items;
  std::vector<std::string> user_ids = users.take();
  // Who has an item to spare, so that something is left of her to recommend by.
  std::vector<std::pair<double, std::int32_t>> candidates;
  for (const auto& [user, row] : fresh) {
    result.new_interactions += static_cast<Index>(row.size());
    const bool trained = user < old_users && base.train.degree(user) > 0;
    if (trained || row.size() > 1) candidates.emplace_back(place_of(user_ids[static_cast<std::size_t>(user)]), user);
  }
  const auto enough = static_cast<double>(options.enough) / std::max(1.0, static_cast<double>(candidates.size()));
  const double share = std::min(0.25, std::max(options.held_out, enough));
  std::set<std::int32_t> for_validation;
  std::set<std::int32_t> for_test;
  for (const auto& [place, user] : candidates) {
    if (place < share) for_test.insert(user);
    if (place >= share && place < 2.0 * share) for_validation.insert(user);
  }

  std::vector<Pair> train = pairs_of(base.train);
  std::vector<Pair> validation = pairs_of(base.validation);
  std::vector<Pair> test = pairs_of(base.test);
  for (const auto& [user, row] : fresh) {
    const bool held_out = for_test.contains(user) || for_validation.contains(user);
    for (std::size_t e = 0; e + (held_out ? 1 : 0) < row.size(); ++e) train.emplace_back(user, row[e]);
    if (for_test.contains(user)) {
      test.emplace_back(user, row.back());
      result.test.emplace_back(user, row.back());
    }
    if (for_validation.contains(user)) validation.emplace_back(user, row.back());
  }
  if (train.empty()) fail<DataError>("{}: no interactions to train on", store.name());

  const auto num_users = static_cast<Index>(user_ids.size());
  const Index num_items = items.size();
  data::Dataset& dataset = result.dataset;
  dataset.name = base.name.empty() ? "store" : base.name;
  dataset.path = base.path;
  dataset.format = base.format.empty() ? "csv" : base.format;
  dataset.load_options = base.load_options;
  dataset.id_types = base.id_types;
  dataset.train = Csr::from_pairs(num_users, num_items, train);
  dataset.validation = Csr::from_pairs(num_users, num_items, validation);
  dataset.test = Csr::from_pairs(num_users, num_items, test);
  dataset.weights = weights_of(dataset.train, base);
  dataset.user_ids = std::move(user_ids);
  dataset.items = std::move(base.items);
  for (const Expected& expected : modalities)
    dataset.modalities.push_back(with_room(base, expected, recipes, num_items));
  if (!dataset.items.titles.empty()) dataset.items.titles.resize(static_cast<std::size_t>(num_items));
  if (!dataset.items.categories.empty()) dataset.items.categories.resize(static_cast<std::size_t>(num_items));
  store::each_page_of_items(store, [&](const std::vector<store::Item>& page) {
    for (const store::Item& item : page) {
      const std::optional<std::int32_t> row = items.find(item.id);
      if (!row) continue;
      put_features(item, *row < old_items ? item.features : describer.features_of(item), *row, dataset.modalities,
                   store.name());
      if (*row < old_items || item.title.empty()) continue;
      dataset.items.titles.resize(static_cast<std::size_t>(num_items));
      dataset.items.titles[static_cast<std::size_t>(*row)] = item.title;
    }
  });
  dataset.item_ids = items.take();
  for (data::Modality& modality : dataset.modalities) {
    data::settle_rows(modality, data::MissingRows::mean, store.name());
  }
  dataset.hash = data::content_hash(dataset);
  return result;
}

}  // namespace monet::retrain
