#include "monet/core/wording.h"

#include "monet/core/error.h"

#include <algorithm>

namespace monet {

namespace {

/// Whether what stands between backticks is an option's name, or a name and a value.
bool is_option(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(' '));
  return !name.empty() && name.front() != '-' && text.back() != ' ' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == name.npos;
}

}  // namespace

std::string with_options_as(std::string_view text, const std::function<std::string(std::string_view)>& written) {
  const std::string line = one_line(text);
  std::string_view message = line;
  std::string out;
  while (!message.empty()) {
    const std::size_t open = std::min(message.find('`'), message.size());
    const std::size_t close = message.find('`', std::min(open + 1, message.size()));
    out += message.substr(0, open);
    if (close == message.npos || !is_option(message.substr(open + 1, close - open - 1))) {
      out += message.substr(open, 1);
      message.remove_prefix(std::min(open + 1, message.size()));
      continue;
    }
    out += written(message.substr(open + 1, close - open - 1));
    message.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace monet
