#include "cli/config_file.h"

#include "monet/core/files/foreign.h"
#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace monet::cli {

namespace {

std::string read_text(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    fail<IoError>("cannot read the configuration {}: it is a directory; name a file", file);
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) {
    fail<IoError>("cannot read the configuration {}: {}", file, std::strerror(errno));
  }
  files::refuse_foreign_file(file, text, files::Wanted::text);
  return text;
}

std::string scalar_text(const toml::node& node, const std::string& place) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "on" : "off";
  fail<UsageError>("{}: expected a word, a number, true or false, or a list of them", place);
}

std::string value_text(const toml::node& node, const std::string& place) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return scalar_text(node, place);
  std::vector<std::string> parts;
  for (const toml::node& part : *list) parts.push_back(scalar_text(part, place));
  return join_list(parts);
}

std::vector<std::string> option_words(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (name != "help" && name != "config") words.push_back(name);
    }
  }
  return words;
}

}  // namespace

std::vector<std::string> read_config_arguments(const std::string& file, const CLI::App& command) {
  const std::string content = read_text(file);
  toml::table table;
  try {
    table = toml::parse(content, file);
  } catch (const toml::parse_error& error) {
    fail<DataError>("{}:{}:{}: not valid TOML: {}", file, error.source().begin.line, error.source().begin.column,
                    error.description());
  }
  const std::vector<std::string> words = option_words(command);
  std::vector<std::string> arguments;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string place = fmt::format("{}:{}: {}", file, key.source().begin.line, name);
    if (node.is_table()) fail<UsageError>("{}: the configuration is flat; write options without [sections]", place);
    if (std::find(words.begin(), words.end(), name) == words.end()) {
      fail<UsageError>("{}: monet {} has no such option{}", place, command.get_name(), did_you_mean(name, words));
    }
    const std::string value = value_text(node, place);
    if (command.get_option(fmt::format("--{}", name))->get_expected_min() == 0) {
      if (!node.is_boolean()) fail<UsageError>("{}: expected true or false, got '{}'", place, value);
      if (value == "on") arguments.push_back(fmt::format("--{}", name));
    } else {
      arguments.push_back(fmt::format("--{}={}", name, value));
    }
  }
  return arguments;
}

std::string configured_value(const std::string& file, const std::string& key) {
  if (file.empty()) return "";
  try {
    return toml::parse(read_text(file), file)[key].value_or(std::string());
  } catch (const toml::parse_error&) {
    return "";
  } catch (const IoError&) {
    return "";
  }
}

}  // namespace monet::cli
