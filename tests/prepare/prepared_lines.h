#pragma once

#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace monet::test {

/// Prepares small files and tells what was read of them.
class PreparedLines : public TemporaryFolder {
 protected:
  prepare::PrepareOptions options_of(const std::string& source) {
    prepare::PrepareOptions made;
    made.source = folder_ / "in" / source;
    made.out = folder_ / "out";
    made.name = "x";
    made.force = true;
    return made;
  }
  prepare::PrepareOptions options(const std::string& name, std::string_view text) {
    write_text(folder_ / "in" / name, text);
    return options_of(name);
  }
  std::vector<std::string> lines_of(const std::string& file) {
    std::vector<std::string> lines;
    std::istringstream stream(read_text(folder_ / "out" / file));
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    lines.erase(lines.begin());
    return lines;
  }
  /// "user item rating time" of each interaction, with the source's ids.
  std::vector<std::string> prepared(const prepare::PrepareOptions& options) {
    notes_ = prepare_quietly(options).notes;
    std::vector<std::string> users;
    std::vector<std::string> items;
    for (const std::string& line : lines_of("u_id_mapping.csv")) users.push_back(line.substr(0, line.find('\t')));
    for (const std::string& line : lines_of("i_id_mapping.csv")) items.push_back(line.substr(0, line.find('\t')));
    std::vector<std::string> out;
    for (const std::string& line : lines_of("x.inter")) {
      std::istringstream fields(line);
      std::size_t user = 0;
      std::size_t item = 0;
      fields >> user >> item;
      std::string entry = users.at(user) + " " + items.at(item);
      std::string field;
      std::vector<std::string> rest;
      while (fields >> field) rest.push_back(field);
      rest.pop_back();  // x_label
      for (const std::string& text : rest) entry += " " + text;
      out.push_back(entry);
    }
    return out;
  }
  std::vector<std::string> read(const std::string& name, std::string_view text,
                                const prepare::InteractionColumns& columns = {}) {
    prepare::PrepareOptions made = options(name, text);
    made.columns = columns;
    return prepared(made);
  }
  std::string refused(const prepare::PrepareOptions& options) {
    return message_of<DataError>([&] { prepare_quietly(options); });
  }
  std::string refused(const std::string& name, std::string_view text, const prepare::InteractionColumns& columns = {}) {
    prepare::PrepareOptions made = options(name, text);
    made.columns = columns;
    return refused(made);
  }
  std::vector<std::string> notes_;
};

}  // namespace monet::test
