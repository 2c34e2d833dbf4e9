#include "cli/described_flags.h"

#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

namespace monet::cli {

std::string type_text(const OptionInfo& info) {
  switch (info.kind) {
    case OptionInfo::Kind::toggle: return "on|off";
    case OptionInfo::Kind::whole: return info.zero.empty() ? "N" : "N|" + info.zero;
    case OptionInfo::Kind::number: return info.word.empty() ? "NUMBER" : "NUMBER|" + info.word;
    case OptionInfo::Kind::word: return fmt::format("{}", fmt::join(info.words, "|"));
    case OptionInfo::Kind::widths: break;
  }
  return "N,N,…";
}

void add_described(CLI::App& app, std::span<const OptionInfo> options, std::span<const Value> values,
                   const std::function<void(const OptionInfo&, const std::string&)>& set) {
  for (std::size_t k = 0; k < options.size(); ++k) {
    const OptionInfo& info = options[k];
    add_value(app, "--" + info.name, type_text(info), info.help, [&info, set](const std::string& text) {
      try {
        set(info, text);
      } catch (const InvalidArgument& error) {
        fail<UsageError>("--{}", error.what());
      }
    })->default_str(option_text(info, values[k]));
  }
}

}  // namespace monet::cli
