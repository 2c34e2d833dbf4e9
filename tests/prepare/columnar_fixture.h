#pragma once

#include "tests/duckdb/support.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace monet::test::columnar {

using prepare::PrepareOptions;
using prepare::PrepareResult;

class Columnar : public WithDuckDb {
 protected:
  PrepareOptions options_for(const std::filesystem::path& source) {
    PrepareOptions options;
    options.source = source;
    options.out = folder_ / "out";
    options.name = "set";
    options.force = true;
    return options;
  }
  PrepareResult prepare(const PrepareOptions& options) {
    result_ = prepare_quietly(options);
    return result_;
  }
  std::string refusal(const PrepareOptions& options) {
    return message_of<DataError>([&] { prepare_quietly(options); });
  }
  /// What was written: "user item rating timestamp" with the source's ids, one line each, as the table has them.
  std::vector<std::string> interactions() {
    const auto users = column(folder_ / "out/u_id_mapping.csv", 0);
    const auto items = column(folder_ / "out/i_id_mapping.csv", 0);
    std::vector<std::string> lines;
    std::istringstream table(read_text(folder_ / "out/set.inter"));
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      std::size_t user = 0;
      std::size_t item = 0;
      fields >> user >> item;
      std::string rest;
      std::getline(fields, rest);
      rest.erase(rest.rfind('\t'));  // x_label
      std::replace(rest.begin(), rest.end(), '\t', ' ');
      lines.push_back(users.at(user) + " " + items.at(item) + rest);
    }
    return lines;
  }
  std::vector<std::string> interactions_of(const std::string& query) {
    prepare(options_for(make("events.parquet", query)));
    return interactions();
  }
  static std::vector<std::string> column(const std::filesystem::path& path, int at) {
    std::vector<std::string> values;
    std::istringstream table(read_text(path));
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      std::string value;
      for (int n = 0; n <= at; ++n) std::getline(fields, value, '\t');
      values.push_back(value);
    }
    return values;
  }
  std::string items() { return read_text(folder_ / "out/items.csv"); }

  PrepareResult result_;
};

}  // namespace monet::test::columnar
