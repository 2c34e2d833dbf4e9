#include "monet/synth/generator.h"

#include "monet/core/files/npy.h"
#include "monet/core/files/output_folder.h"
#include "monet/data/load.h"
#include "monet/data/random_features.h"
#include "monet/data/split.h"
#include "monet/synth/catalogue.h"
#include "monet/synth/detail/text_file.h"
#include "monet/synth/folder_record.h"
#include "monet/synth/interactions.h"
#include "monet/synth/names.h"

#include <algorithm>
#include <utility>

namespace monet::synth {

namespace {
data::Split split_of(const GeneratedInteractions& drawn, const GeneratorOptions& options) {
  return data::split_interactions(drawn.users, drawn.items, {}, options.num_users, data::SplitKind::random,
                                  options.seed);
}

void write_interactions(const std::filesystem::path& path, const GeneratedInteractions& drawn, const data::Split& split,
                        const GeneratorOptions& options) {
  detail::TextFile file(path);
  file.print("userID\titemID\trating\ttimestamp\tx_label\n");
  Clock clock(options.seed);
  std::int32_t last = -1;
  for (std::size_t e = 0; e < drawn.users.size(); ++e) {
    if (drawn.users[e] != last) clock.arrive();
    last = drawn.users[e];
    file.print("{}\t{}\t1\t{}\t{}\n", drawn.users[e], drawn.items[e], clock.next(), split.part[e]);
  }
  file.commit();
}

template <class Name>
void write_names(const std::filesystem::path& path, const char* header, Index count, Name name) {
  detail::TextFile file(path);
  file.print("{}\n", header);
  for (std::size_t row = 0; row < static_cast<std::size_t>(count); ++row) file.print("{}\t{}\n", name(row), row);
  file.commit();
}

void write_items(const std::filesystem::path& path, const Catalogue& catalogue) {
  detail::TextFile file(path);
  file.print("item_id,title,category,colour,pattern,style\n");
  const std::vector<std::string> names = titles(catalogue);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto say = [&](Attribute attribute) { return word(attribute, catalogue.value(i, attribute)); };
    file.print("{},{},{},{},{},{}\n", item_name(i), names[i], say(Attribute::category), say(Attribute::colour),
               say(Attribute::pattern), say(Attribute::style));
  }
  file.commit();
}
}  // namespace

data::Dataset generate_dataset(const GeneratorOptions& options) {
  check(options);
  const Catalogue catalogue = generate_catalogue(options);
  data::Interactions interactions;
  {
    const GeneratedInteractions drawn = generate_interactions(options, catalogue);
    const data::Split split = split_of(drawn, options);
    for (std::size_t e = 0; e < drawn.users.size(); ++e) {
      interactions.parts[split.part[e]].emplace_back(drawn.users[e], drawn.items[e]);
    }
  }
  interactions.user.id = static_cast<std::int32_t>(options.num_users - 1);
  interactions.item.id = static_cast<std::int32_t>(options.num_items - 1);
  for (std::size_t u = 0; u < static_cast<std::size_t>(options.num_users); ++u)
    interactions.user_names.push_back(user_name(u));
  for (std::size_t i = 0; i < static_cast<std::size_t>(options.num_items); ++i)
    interactions.item_names.push_back(item_name(i));

  data::Dataset dataset = data::assemble(std::move(interactions), {}, {});
  dataset.name = options.name;
  dataset.format = "mmrec";
  for (std::size_t m = 0; m < options.modalities.size(); ++m) {
    dataset.modalities.push_back({options.modalities[m].name, modality_features(catalogue, options, m), 0});
  }
  std::sort(dataset.modalities.begin(), dataset.modalities.end(),
            [](const data::Modality& a, const data::Modality& b) { return a.name < b.name; });
  dataset.items.titles = titles(catalogue);
  for (const auto& item : catalogue.attributes)
    dataset.items.categories.emplace_back(word(Attribute::category, item[0]));
  dataset.hash = data::content_hash(dataset);
  return dataset;
}

void write_dataset(const std::filesystem::path& directory, const GeneratorOptions& options, bool force,
                   const std::function<void()>& between) {
  check(options);
  files::OutputFolder output({directory, force, &shop_folder(), {}, false, {}});
  const Catalogue catalogue = generate_catalogue(options);
  between();
  const GeneratedInteractions drawn = generate_interactions(options, catalogue);
  between();
  write_interactions(output.path() / (options.name + ".inter"), drawn, split_of(drawn, options), options);
  for (std::size_t m = 0; m < options.modalities.size(); ++m) {
    files::write_npy(output.path() / (options.modalities[m].name + "_feat.npy"),
                     modality_features(catalogue, options, m));
    between();
  }
  write_names(output.path() / "u_id_mapping.csv", "user_id\tuserID", options.num_users, user_name);
  write_names(output.path() / "i_id_mapping.csv", "asin\titemID", options.num_items, item_name);
  write_items(output.path() / "items.csv", catalogue);
  write_record(output.path(), options, nullptr);
  between();
  output.commit();
}

void write_features(const std::filesystem::path& directory, const std::string& modality, Index num_items, Index width,
                    std::uint64_t seed, bool force) {
  require_features(directory, modality, force);
  files::write_npy(directory / (modality + "_feat.npy"), generate_features(num_items, width, seed));
  data::note_random_features(directory, modality);
}

void require_features(const std::filesystem::path& directory, const std::string& modality, bool force) {
  files::require_replaceable({directory, force, &data::random_features_folder(), {}, false, modality + "_feat.npy"});
}

}  // namespace monet::synth
