#include "cli/candidate_lines.h"

#include "monet/core/error.h"
#include "monet/data/text.h"
#include "cli/item_list.h"

#include <string_view>
#include <unordered_map>
#include <utility>

namespace monet::cli {

CandidateLists read_candidates(const std::string& file, const artifact::Artifact& artifact) {
  const std::string users_file = (artifact.path() / "users.tsv").string();
  const std::string items_file = (artifact.path() / "items.tsv").string();
  CandidateLists lists;
  std::unordered_map<std::string, std::size_t> positions;
  read_lines(file, [&](std::string_view line, const std::string& place) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || line.find('\t', tab + 1) != std::string_view::npos) {
      fail<DataError>("{}: '{}' is not user⇥item", place, data::excerpt(line));
    }
    std::string user = read_id(line.substr(0, tab), place, artifact.users(), "user", users_file);
    std::string item = read_id(line.substr(tab + 1), place, artifact.items(), "item", items_file);
    const auto [known, added] = positions.emplace(user, lists.users.size());
    if (added) {
      lists.users.push_back(std::move(user));
      lists.items.emplace_back();
    }
    lists.items[known->second].push_back(std::move(item));
  });
  if (lists.users.empty()) fail<DataError>("{}: no line; expected user⇥item", file);
  return lists;
}

}  // namespace monet::cli
