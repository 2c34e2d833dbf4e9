#include "monet/core/error.h"
#include "monet/features/recipe.h"
#include "monet/prepare/items/made_features.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace monet::prepare {

namespace {
using Text = std::string Item::*;
constexpr std::array<std::pair<const char*, Text>, 4> kTextFields = {{
    {"title", &Item::title},
    {"description", &Item::description},
    {"categories", &Item::categories},
    {"brand", &Item::brand},
}};

Text text_of(const std::string& name) {
  for (const auto& [known, text] : kTextFields) {
    if (name == known) return text;
  }
  fail<InvalidArgument>("`text-fields`: an item has no field '{}'; there are title, description, categories, brand",
                        name);
}

std::string describe(const std::vector<features::TextField>& fields) {
  std::string text;
  for (const features::TextField& field : fields) {
    text += fmt::format("{}{}:{}{}", text.empty() ? "" : ",", field.name, field.weight,
                        field.kind == features::TextField::Kind::labels ? ":labels" : "");
  }
  return text;
}

features::TermMatrix count(const ItemStore& items, const TextSourceOptions& options, const std::atomic<bool>& stop) {
  std::vector<Text> members;
  for (const features::TextField& field : options.fields) members.push_back(text_of(field.name));
  features::TermCounter counter(options.fields, options.text.terms);
  std::vector<std::string_view> texts(members.size());
  for (Index row = 0; row < items.size(); ++row) {
    if (stop) fail<Interrupted>("interrupted; nothing was written");
    const Item item = items.item(row);
    std::transform(members.begin(), members.end(), texts.begin(),
                   [&](Text text) { return std::string_view(item.*text); });
    counter.add(texts);
  }
  return std::move(counter).finish();
}

std::optional<MadeFeatures> make_text(const FeatureRequest& request, const TextSourceOptions& options, ThreadPool& pool,
                                      const std::atomic<bool>& stop) {
  const bool given = std::find(request.present.begin(), request.present.end(), "text") != request.present.end();
  if (given && options.on) {
    fail<InvalidArgument>(
        "`text-features on`: the dataset has text features already; give `features none` to leave them");
  }
  if (given || request.items.described() == 0) {
    if (!given && options.on) fail<DataError>("`text-features on`: no item has a catalogue entry; give `catalogue`");
    return std::nullopt;
  }
  const auto matrix = std::make_shared<const features::TermMatrix>(count(request.items, options, stop));
  if (matrix->pattern.nnz() == 0 && !options.on) return std::nullopt;
  auto made = std::make_shared<features::TextFeatures>(features::text_features(pool, *matrix, options.text));
  MadeFeatures out{"text", std::move(made->rows), {}, {}};
  out.choices = {{"kind", "built-in: TF-IDF, truncated SVD"},
                 {"fields", describe(options.fields)},
                 {"width", fmt::format("{}", out.rows.cols())},
                 {"terms", fmt::format("{}", made->terms)},
                 {"seed", fmt::format("{}", options.text.svd.seed)}};
  out.notes.push_back(fmt::format("text features: {} terms to {} columns, which keep {:.0f} % of what the terms tell",
                                  made->terms, out.rows.cols(), 100.0 * made->kept));
  if (made->missing > 0) out.notes.push_back(fmt::format("{} items without text that others share", made->missing));
  out.write_recipe = [fields = options.fields, stop_words = options.text.terms.stop_words, matrix, made](
                         const std::filesystem::path& file, const std::string& features) {
    features::write_recipe(file, {fields, stop_words, matrix->terms, matrix->idf, made->directions}, features);
  };
  return out;
}
}  // namespace

FeatureSource text_source(TextSourceOptions options, ThreadPool& pool, const std::atomic<bool>& stop) {
  for (const features::TextField& field : options.fields) text_of(field.name);
  return [options = std::move(options), &pool, &stop](const FeatureRequest& request) -> std::optional<MadeFeatures> {
    if (options.on == false) return std::nullopt;
    return make_text(request, options, pool, stop);
  };
}

}  // namespace monet::prepare
