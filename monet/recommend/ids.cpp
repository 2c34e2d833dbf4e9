#include "monet/recommend/ids.h"

#include "monet/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace monet::recommend {

std::vector<std::int32_t> find_all(const artifact::IdTable& table, std::span<const std::string> ids,
                                   std::string_view what, std::string_view remedy) {
  std::vector<std::int32_t> found;
  std::vector<std::string> unknown;
  for (const std::string& id : ids) {
    if (const std::optional<std::int32_t> index = table.find(id)) {
      found.push_back(*index);
    } else {
      unknown.push_back(fmt::format("'{}'", id));
    }
  }
  constexpr std::size_t kShown = 5;
  if (!unknown.empty()) {
    const std::string more = unknown.size() > kShown ? fmt::format(" and {} more", unknown.size() - kShown) : "";
    unknown.resize(std::min(unknown.size(), kShown));
    fail<DataError>("unknown {} {}{}; {}", what, fmt::join(unknown, ", "), more, remedy);
  }
  return found;
}

}  // namespace monet::recommend
