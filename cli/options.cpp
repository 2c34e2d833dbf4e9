#include "cli/options.h"

#include "monet/core/thread_pool.h"
#include "monet/dist/communicator.h"
#include "monet/input/utf8.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <limits>

namespace monet::cli {

namespace {

std::string range_text(double low, double high) {
  if (high >= static_cast<double>(std::numeric_limits<float>::max()))
    return fmt::format("a number of at least {}", low);
  return fmt::format("a number between {} and {}", low, high);
}

double parse_number(const std::string& name, const std::string& text, double low, double high) {
  double value = 0.0;
  const char* begin = text.c_str() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.c_str() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value) || value < low || value > high) {
    fail<UsageError>("{}: '{}' is not {}", name, text, range_text(low, high));
  }
  return value;
}

template <class T>
CLI::Option* add_real(CLI::App& app, const std::string& name, T& target, double low, double high,
                      const std::string& description) {
  return add_value(app, name, "NUMBER", description,
                   [&target, name, low, high](const std::string& text) {
                     target = static_cast<T>(parse_number(name, text, low, high));
                   })
      ->default_str(fmt::format("{}", target));
}

template <class T>
CLI::Option* add_whole(CLI::App& app, const std::string& name, T& target, T low, T high,
                       const std::string& description) {
  return add_value(app, name, "N", description,
                   [&target, name, low, high](const std::string& text) {
                     target = static_cast<T>(parse_integer(name, text, low, high));
                   })
      ->default_str(fmt::format("{}", target));
}

}  // namespace

CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type, const std::string& description,
                       std::function<void(const std::string&)> set) {
  CLI::Option* option = app.add_option(
      name,
      [set = std::move(set)](const CLI::results_t& results) {
        set(results.back());
        return true;
      },
      description);
  option->type_name(type)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  return option;
}

Index parse_integer(const std::string& name, const std::string& text, Index low, Index high) {
  Index value = 0;
  const char* end = text.c_str() + text.size();
  const auto [stop, error] = std::from_chars(text.c_str(), end, value);
  if (error != std::errc() || stop != end || value < low || value > high) {
    const std::string limit = high == std::numeric_limits<Index>::max() || high == std::numeric_limits<int>::max()
                                  ? fmt::format("of at least {}", low)
                                  : fmt::format("between {} and {}", low, high);
    fail<UsageError>("{}: '{}' is not a whole number {}", name, text, limit);
  }
  return value;
}

CLI::Option* add_number(CLI::App& app, const std::string& name, double& target, double low, double high,
                        const std::string& description) {
  return add_real(app, name, target, low, high, description);
}

CLI::Option* add_number(CLI::App& app, const std::string& name, float& target, double low, double high,
                        const std::string& description) {
  return add_real(app, name, target, low, high, description);
}

CLI::Option* add_integer(CLI::App& app, const std::string& name, int& target, int low, int high,
                         const std::string& description) {
  return add_whole(app, name, target, low, high, description);
}

CLI::Option* add_integer(CLI::App& app, const std::string& name, Index& target, Index low, Index high,
                         const std::string& description) {
  return add_whole(app, name, target, low, high, description);
}

CLI::Option* add_seed(CLI::App& app, std::uint64_t& target) {
  return add_value(app, "--seed", "N", "seed of every random choice",
                   [&target](const std::string& text) {
                     const char* end = text.c_str() + text.size();
                     const auto [stop, error] = std::from_chars(text.c_str(), end, target);
                     if (error != std::errc() || stop != end) {
                       fail<UsageError>("--seed: '{}' is not a whole number between 0 and 2^64 - 1", text);
                     }
                   })
      ->default_str(fmt::format("{}", target));
}

CLI::Option* add_path(CLI::App& app, const std::string& name, std::filesystem::path& target,
                      const std::string& description) {
  return add_value(app, name, "PATH", description, [&target, name](const std::string& text) {
    if (text.empty()) fail<UsageError>("{}: the path is empty", name);
    target = text;
  });
}

CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& target,
                      const std::string& description) {
  return add_value(app, name, "A,B,…", description, [&target, name](const std::string& text) {
    target = split_list(text);
    if (target.empty()) fail<UsageError>("{}: '{}' names nothing; expected A,B,…", name, text);
  });
}

CLI::Option* add_switch(CLI::App& app, const std::string& name, bool& target, const std::string& description) {
  return add_choice<bool>(app, name, target, {{"on", true}, {"off", false}}, description);
}

CLI::Option* add_flag(CLI::App& app, const std::string& name, bool& target, const std::string& description) {
  return app.add_flag(name, target, description);
}

CLI::Option* add_threads(CLI::App& app, int& target) {
  target = ThreadPool::physical_cores();
  constexpr int kMostThreads = 1024;
  return add_integer(app, "--threads", target, 1, kMostThreads, "worker threads (default: the physical cores)");
}

CLI::Option* add_threads(CLI::App& app, int& target, const dist::Communicator& world) {
  CLI::Option* option = add_threads(app, target);
  if (world.is_alone()) return option;
  target = std::max(1, target / world.processes_here());
  return option->description(
      "worker threads of each process (default: the physical cores of a host shared by its "
      "processes)");
}

CLI::Option* add_config(CLI::App& app) {
  return add_value(app, "--config", "FILE.toml", "options from a flat TOML file; the command line wins",
                   [](const std::string&) {});
}

void fail_choice(const std::string& name, const std::string& value, std::span<const std::string> choices) {
  const std::string near = did_you_mean(value, choices);
  fail<UsageError>("{}: '{}' is not one of {}{}", name, value, fmt::join(choices, ", "), near);
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  std::string_view rest = input::trimmed(text);
  while (!rest.empty()) {
    if (rest.front() == '"') {
      std::string part;
      std::size_t at = 1;
      for (; at < rest.size() && (rest[at] != '"' || rest.substr(at + 1).starts_with('"')); ++at) {
        if (rest[at] == '"') ++at;
        part += rest[at];
      }
      if (at >= rest.size()) fail<UsageError>("in the list {}: a quote never closes; write \" in a part as \"\"", text);
      rest = input::trimmed(rest.substr(at + 1));
      if (!rest.empty() && rest.front() != ',') {
        fail<UsageError>("in the list {}: a comma has to follow the quote behind '{}'", text, part);
      }
      if (!part.empty()) parts.push_back(std::move(part));
    } else {
      const std::string_view part = input::trimmed(rest.substr(0, rest.find(',')));
      if (!part.empty()) parts.emplace_back(part);
      rest.remove_prefix(std::min(rest.find(','), rest.size()));
    }
    if (!rest.empty()) rest = input::trimmed(rest.substr(1));
  }
  return parts;
}

std::string join_list(std::span<const std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += ',';
    const bool plain = part.find_first_of(",\"") == std::string::npos && input::trimmed(part).size() == part.size();
    if (plain) {
      text += part;
      continue;
    }
    text += '"';
    for (const char c : part) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += '"';
  }
  return text;
}

namespace detail {

CLI::Option* add_word(CLI::App& app, const std::string& name, std::vector<std::string> words, std::size_t chosen,
                      const std::string& description, std::function<void(std::size_t)> set) {
  const std::string type = fmt::format("{}", fmt::join(words, "|"));
  const std::string initial = words[chosen];
  return add_value(app, name, type, description,
                   [name, words = std::move(words), set = std::move(set)](const std::string& text) {
                     const auto found = std::find(words.begin(), words.end(), text);
                     if (found == words.end()) fail_choice(name, text, words);
                     set(static_cast<std::size_t>(found - words.begin()));
                   })
      ->default_str(initial);
}

}  // namespace detail

}  // namespace monet::cli
