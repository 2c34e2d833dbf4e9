#include "monet/core/error.h"
#include "monet/features/image/image_features.h"
#include "monet/prepare/items/made_features.h"

#include <fmt/ranges.h>

#include <system_error>
#include <algorithm>
#include <memory>
#include <utility>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t kMostNamed = 5;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// Where the picture of an item lies; empty: nowhere.
fs::path picture_of(const Item& item, const fs::path& catalogue, const fs::path& folder) {
  const bool remote = item.image.find("://") != std::string::npos;
  const fs::path& base = folder.empty() ? catalogue : folder;
  if (!item.image.empty() && !remote && is_file(base / item.image)) return base / item.image;
  if (folder.empty()) return {};
  const std::string last = item.image.substr(item.image.rfind('/') + 1);
  if (!last.empty() && is_file(folder / last)) return folder / last;
  // An id is a name here, never a way to another folder.
  if (item.id.empty() || item.id.find('/') != std::string::npos) return {};
  for (const char* extension : {".jpg", ".jpeg", ".png", ".webp"}) {
    if (is_file(folder / (item.id + extension))) return folder / (item.id + extension);
  }
  return {};
}

std::vector<fs::path> pictures_of(const FeatureRequest& request, const fs::path& folder,
                                  const std::atomic<bool>& stop) {
  std::vector<fs::path> pictures;
  for (Index row = 0; row < request.items.size(); ++row) {
    if (stop) fail<Interrupted>("interrupted; nothing was written");
    pictures.push_back(picture_of(request.items.item(row), request.folder, folder));
  }
  return pictures;
}

void note_damage(const std::vector<std::string>& damage, std::vector<std::string>& notes) {
  for (std::size_t k = 0; k < std::min(damage.size(), kMostNamed); ++k) notes.push_back(damage[k] + "; left out");
  if (damage.size() > kMostNamed) {
    notes.push_back(fmt::format("{} more pictures that cannot be read, left out", damage.size() - kMostNamed));
  }
}

std::optional<MadeFeatures> make_images(const FeatureRequest& request, const ImageSourceOptions& options,
                                        features::ImageDescriber& describer, ThreadPool& pool,
                                        const std::atomic<bool>& stop) {
  const bool given = std::find(request.present.begin(), request.present.end(), "image") != request.present.end();
  const bool asked = options.on.has_value();  // `off` does not come here
  if (given && asked) {
    fail<InvalidArgument>(
        "`image-features on`: the dataset has image features already; give `features none` to leave them");
  }
  if (given) return std::nullopt;
  const std::vector<fs::path> pictures = pictures_of(request, options.folder, stop);
  const auto found = std::count_if(pictures.begin(), pictures.end(), [](const fs::path& p) { return !p.empty(); });
  if (found == 0 && asked) {
    fail<DataError>("{}: no picture of {} items lies here; give `image-dir` DIR",
                    (options.folder.empty() ? request.folder : options.folder).string(), request.items.size());
  }
  if (found == 0) return std::nullopt;
  features::ImageFeatures made = features::image_features(pool, pictures, describer, options.limits, stop);
  MadeFeatures out{"image", std::move(made.rows), {}, {}};
  note_damage(made.damage, out.notes);
  if (made.missing == request.items.size()) {
    if (asked) fail<DataError>("{}", made.damage.front());
    return std::nullopt;
  }
  const bool network = !options.onnx.file.empty();
  out.choices = {{"kind", network ? "ONNX" : "built-in: colours and edges"},
                 {"width", fmt::format("{}", out.rows.cols())},
                 {"pictures", fmt::format("{}", found)},
                 {"damaged", fmt::format("{}", made.damage.size())}};
  if (network) {
    out.choices.emplace_back("network", options.onnx.file.filename().string());
    out.choices.emplace_back("output", options.onnx.output);
    out.choices.emplace_back("size", fmt::format("{}", options.onnx.size));
    out.choices.emplace_back("mean", fmt::format("{}", fmt::join(options.onnx.mean, ",")));
    out.choices.emplace_back("scale", fmt::format("{}", fmt::join(options.onnx.scale, ",")));
  }
  return out;
}
}  // namespace

FeatureSource image_source(ImageSourceOptions options, ThreadPool& pool, const std::atomic<bool>& stop) {
  std::shared_ptr<features::ImageDescriber> describer = std::make_shared<features::BuiltinDescriber>();
  if (!options.onnx.file.empty()) describer = features::onnx_describer(options.onnx, pool.size());
  return [options = std::move(options), describer, &pool,
          &stop](const FeatureRequest& request) -> std::optional<MadeFeatures> {
    if (options.on == false) return std::nullopt;
    return make_images(request, options, *describer, pool, stop);
  };
}

}  // namespace monet::prepare
