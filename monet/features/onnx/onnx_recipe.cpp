#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/features/onnx/onnx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <span>
#include <string_view>

namespace monet::features {

namespace {

const std::string& value_of(const std::map<std::string, std::string>& recipe, const char* key) {
  const auto found = recipe.find(key);
  if (found == recipe.end()) fail<DataError>("the recipe of the pictures' features lacks {}", key);
  return found->second;
}

/// Numbers with commas between them, as many as there is room for.
template <class Number>
void read_numbers(const std::map<std::string, std::string>& recipe, const char* key, std::span<Number> numbers) {
  const std::string& text = value_of(recipe, key);
  const char* at = text.data();
  const char* const end = at + text.size();
  for (Number& number : numbers) {
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc()) fail<DataError>("the recipe of the pictures' features: {} is '{}'", key, text);
    at = stop < end ? stop + 1 : stop;
  }
}

}  // namespace

std::map<std::string, std::string> onnx_recipe(const OnnxOptions& options) {
  return {{"describer", kOnnxDescriber},
          {"network", options.file.filename().string()},
          {"network_hash", files::hash_file(options.file)},
          {"output", options.output},
          {"size", fmt::format("{}", options.size)},
          {"mean", fmt::format("{}", fmt::join(options.range.mean, ","))},
          {"scale", fmt::format("{}", fmt::join(options.range.scale, ","))}};
}

OnnxOptions onnx_options_of(const std::map<std::string, std::string>& recipe, const std::filesystem::path& file) {
  if (const std::string hash = files::hash_file(file); hash != value_of(recipe, "network_hash")) {
    fail<DataError>("{}: another network (XXH64 {}) than {} (XXH64 {}), which made the features of the pictures",
                    file.string(), hash, value_of(recipe, "network"), value_of(recipe, "network_hash"));
  }
  OnnxOptions options;
  options.file = file;
  options.output = value_of(recipe, "output");
  read_numbers(recipe, "size", std::span(&options.size, 1));
  read_numbers(recipe, "mean", std::span<float>(options.range.mean));
  read_numbers(recipe, "scale", std::span<float>(options.range.scale));
  return options;
}

}  // namespace monet::features
