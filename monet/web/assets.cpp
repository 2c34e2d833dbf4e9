#include "monet/web/assets.h"

#include "monet/core/embed.h"
#include "monet/core/files/hash.h"

#include <fmt/core.h>

#include <vector>

// MONET_ASSET(name, path, content type, file) for each file (CMakeLists.txt makes the list).
#define MONET_ASSET(name, path, type, file) MONET_EMBED(name, file)
#include "monet/web/asset_list.inc"
#undef MONET_ASSET

namespace monet::web {

namespace {

Asset asset(std::string_view path, std::string_view type, std::string_view bytes) {
  files::Hasher hasher;
  hasher.add_text(bytes);
  return {path, type, bytes, fmt::format("\"{}\"", hasher.hex())};
}

}  // namespace

std::span<const Asset> assets() {
#define MONET_ASSET(name, path, type, file) asset(path, type, embedded_##name()),
  static const std::vector<Asset> all = {
#include "monet/web/asset_list.inc"
  };
#undef MONET_ASSET
  return all;
}

}  // namespace monet::web
