#include "monet/core/error.h"
#include "monet/features/image/image_features.h"
#include "monet/features/recipe.h"
#include "monet/prepare/items/find_pictures.h"
#include "monet/prepare/items/made_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace monet::prepare {

namespace {
constexpr std::size_t kMostNamed = 5;

void note_damage(const std::vector<std::string>& damage, std::vector<std::string>& notes) {
  for (std::size_t k = 0; k < std::min(damage.size(), kMostNamed); ++k) notes.push_back(damage[k] + "; left out");
  if (damage.size() > kMostNamed) {
    notes.push_back(fmt::format("{} more pictures that cannot be read, left out", damage.size() - kMostNamed));
  }
}

std::optional<MadeFeatures> make_images(const FeatureRequest& request, const ImageSourceOptions& options,
                                        const std::shared_ptr<features::ImageDescriber>& describer, ThreadPool& pool,
                                        const std::atomic<bool>& stop) {
  const bool given = std::find(request.present.begin(), request.present.end(), "image") != request.present.end();
  const bool asked = options.on.has_value();  // `off` does not come here
  if (given && asked) {
    fail<InvalidArgument>(
        "`image-features on`: the dataset has image features already; give `features none` to leave them");
  }
  if (given) return std::nullopt;
  ItemPictures pictures = find_pictures(request.items, request.folder, options.folder, stop);
  if (pictures.found == 0 && asked) fail<DataError>("{}", pictures.nothing);
  if (pictures.found == 0) return MadeFeatures{{}, {}, {}, std::move(pictures.notes)};
  features::ImageFeatures made = features::image_features(pool, pictures.files, *describer, options.limits, stop);
  MadeFeatures out{"image", std::move(made.rows), {}, std::move(pictures.notes)};
  note_damage(made.damage, out.notes);
  if (made.missing == request.items.size()) {
    if (asked) fail<DataError>("{}", made.damage.front());
    return MadeFeatures{{}, {}, {}, std::move(out.notes)};
  }
  out.choices = describer->choices();
  out.choices.emplace_back("width", fmt::format("{}", out.rows.cols()));
  out.choices.emplace_back("pictures", fmt::format("{}", pictures.found));
  out.choices.emplace_back("damaged", fmt::format("{}", made.damage.size()));
  out.write_recipe = [describer](const std::filesystem::path& file, const std::string& features) {
    features::write_recipe(file, *describer, features);
  };
  return out;
}
}  // namespace

FeatureSource image_source(ImageSourceOptions options, ThreadPool& pool, const std::atomic<bool>& stop) {
  std::shared_ptr<features::ImageDescriber> describer = std::make_shared<features::BuiltinDescriber>();
  if (!options.onnx.file.empty()) describer = features::onnx_describer(options.onnx, pool.size());
  return [options = std::move(options), describer, &pool,
          &stop](const FeatureRequest& request) -> std::optional<MadeFeatures> {
    if (options.on == false) return std::nullopt;
    return make_images(request, options, describer, pool, stop);
  };
}

}  // namespace monet::prepare
