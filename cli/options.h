#pragma once

#include "monet/core/nearest.h"
#include "monet/core/view.h"
#include "cli/usage_error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace monet::dist {
class Communicator;
}

namespace monet::cli {

/// Registers `--name VALUE`; `set` gets the last value given and throws UsageError for a wrong one.
CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type, const std::string& description,
                       std::function<void(const std::string&)> set);

/// `--name` with a number in [low, high]. The target's value is the default, and shown in the help.
CLI::Option* add_number(CLI::App& app, const std::string& name, double& target, double low, double high,
                        const std::string& description);
CLI::Option* add_number(CLI::App& app, const std::string& name, float& target, double low, double high,
                        const std::string& description);
CLI::Option* add_integer(CLI::App& app, const std::string& name, int& target, int low, int high,
                         const std::string& description);
CLI::Option* add_integer(CLI::App& app, const std::string& name, Index& target, Index low, Index high,
                         const std::string& description);
CLI::Option* add_seed(CLI::App& app, std::uint64_t& target);
CLI::Option* add_path(CLI::App& app, const std::string& name, std::filesystem::path& target,
                      const std::string& description);
/// `--name a,b,c`; repeated options replace each other.
CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& target,
                      const std::string& description);
/// `--name on|off`.
CLI::Option* add_switch(CLI::App& app, const std::string& name, bool& target, const std::string& description);
CLI::Option* add_flag(CLI::App& app, const std::string& name, bool& target, const std::string& description);
/// `--threads`, by default the physical cores.
CLI::Option* add_threads(CLI::App& app, int& target);
/// By default the physical cores of a host are shared by the processes that run there.
CLI::Option* add_threads(CLI::App& app, int& target, const dist::Communicator& world);

/// `--config FILE.toml`, read before parsing (config_file.h).
CLI::Option* add_config(CLI::App& app);

/// Throws UsageError naming the choices and the nearest one.
[[noreturn]] void fail_choice(const std::string& name, const std::string& value, std::span<const std::string> choices);

/// `--name` with one of a few words.
template <class T>
CLI::Option* add_choice(CLI::App& app, const std::string& name, T& target,
                        std::vector<std::pair<std::string, T>> choices, const std::string& description);

/// Splits at commas, with CSV's quotes around a part that holds one: `"Smith, John",u2`. Blanks around parts, and
/// empty parts, are dropped. Throws UsageError for a quote that never closes, or that closes before the part ends.
std::vector<std::string> split_list(std::string_view text);
/// The inverse: parts that need quotes get them.
std::string join_list(std::span<const std::string> parts);
/// A whole number in [low, high], or UsageError naming the option.
Index parse_integer(const std::string& name, const std::string& text, Index low, Index high);

namespace detail {
CLI::Option* add_word(CLI::App& app, const std::string& name, std::vector<std::string> words, std::size_t chosen,
                      const std::string& description, std::function<void(std::size_t)> set);
}  // namespace detail

template <class T>
CLI::Option* add_choice(CLI::App& app, const std::string& name, T& target,
                        std::vector<std::pair<std::string, T>> choices, const std::string& description) {
  std::vector<std::string> words;
  std::size_t chosen = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    words.push_back(choices[i].first);
    if (choices[i].second == target) chosen = i;
  }
  return detail::add_word(app, name, std::move(words), chosen, description,
                          [&target, choices](std::size_t i) { target = choices[i].second; });
}

}  // namespace monet::cli
