#include "cli/list_lengths.h"

#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>

namespace monet::cli {

namespace {

std::vector<Index> parse_list_lengths(const std::string& text) {
  std::vector<Index> ks;
  for (const std::string& part : split_list(text)) {
    ks.push_back(parse_integer("--k", part, 1, std::numeric_limits<std::int32_t>::max()));
  }
  if (ks.empty()) fail<UsageError>("--k: '{}' names no list length; expected e.g. 10,20", text);
  std::sort(ks.begin(), ks.end());
  ks.erase(std::unique(ks.begin(), ks.end()), ks.end());
  return ks;
}

}  // namespace

void add_list_lengths(CLI::App& app, std::vector<Index>& target) {
  add_value(app, "--k", "K,K,…", "list lengths", [&target](const std::string& text) {
    target = parse_list_lengths(text);
  })->default_str(fmt::format("{}", fmt::join(target, ",")));
}

}  // namespace monet::cli
