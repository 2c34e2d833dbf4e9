#include "monet/core/options.h"

#include "monet/core/error.h"
#include "monet/core/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace monet {

namespace {

using Kind = OptionInfo::Kind;

std::string range_text(const OptionInfo& info) {
  // Limits that only say what a type can hold are no news.
  const bool open = info.high >= static_cast<double>(std::numeric_limits<int>::max());
  if (info.above) return fmt::format("above {}{}", info.low, open ? "" : fmt::format(", at most {}", info.high));
  return open ? fmt::format("of at least {}", info.low) : fmt::format("between {} and {}", info.low, info.high);
}

[[noreturn]] void fail_value(const OptionInfo& info, std::string_view text) {
  if (info.kind != Kind::word) fail<InvalidArgument>("{}: '{}' is not {}", info.name, text, option_domain(info));
  fail<InvalidArgument>("{}: '{}' is not {}{}", info.name, text, option_domain(info), did_you_mean(text, info.words));
}

template <class N>
std::optional<N> parsed(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  N value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

bool within(const OptionInfo& info, double value) {
  return std::isfinite(value) && (info.above ? value > info.low : value >= info.low) && value <= info.high;
}

bool are_widths(const OptionInfo& info, std::string_view text) {
  const std::vector<Index> widths = detail::parse_widths(text);
  return !widths.empty() && detail::widths_text(widths) == text &&
         std::all_of(widths.begin(), widths.end(), [&](Index w) { return within(info, static_cast<double>(w)); });
}

}  // namespace

namespace detail {

double shortest(float value) {
  if (!std::isfinite(value)) return static_cast<double>(value);
  const std::string text = fmt::format("{}", value);
  double result = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::string widths_text(std::span<const Index> widths) {
  return fmt::format("{}", fmt::join(widths, ","));
}

std::vector<Index> parse_widths(std::string_view text) {
  std::vector<Index> widths;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto width = parsed<Index>(text.substr(0, comma));
    if (!width) return {};
    widths.push_back(*width);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return widths;
}

}  // namespace detail

std::string option_domain(const OptionInfo& info) {
  switch (info.kind) {
    case Kind::toggle: return "on or off";
    case Kind::whole:
      return fmt::format("a whole number {}{}", range_text(info), info.zero.empty() ? "" : ", or " + info.zero);
    case Kind::number:
      return fmt::format("a number {}{}", range_text(info), info.word.empty() ? "" : ", or " + info.word);
    case Kind::word: return fmt::format("one of {}", fmt::join(info.words, ", "));
    case Kind::widths: break;
  }
  return fmt::format("a list of whole numbers {}, as 64,64", range_text(info));
}

Value read_option(const OptionInfo& info, std::string_view text) {
  switch (info.kind) {
    case Kind::toggle:
      if (text == "on" || text == "off") return text == "on";
      fail_value(info, text);
    case Kind::whole: {
      if (!info.zero.empty() && text == info.zero) return std::int64_t{0};
      const auto value = parsed<std::int64_t>(text);
      if (!value || !within(info, static_cast<double>(*value))) fail_value(info, text);
      return *value;
    }
    case Kind::number: {
      if (!info.word.empty() && text == info.word) return OptionInfo::kWord;
      const auto value = parsed<double>(text);
      if (!value || !within(info, *value)) fail_value(info, text);
      return *value;
    }
    case Kind::word: {
      const std::string word = option_name(text);
      if (std::find(info.words.begin(), info.words.end(), word) == info.words.end()) fail_value(info, text);
      return word;
    }
    case Kind::widths: break;
  }
  if (!are_widths(info, text)) fail_value(info, text);
  return std::string(text);
}

namespace {

Value checked(const OptionInfo& info, const Value& value) {
  const bool number = info.kind == Kind::number;
  if (const auto* whole = std::get_if<std::int64_t>(&value); whole != nullptr && (number || info.kind == Kind::whole)) {
    const bool zero = *whole == 0 && !info.zero.empty();
    if (!zero && !within(info, static_cast<double>(*whole))) fail_value(info, option_text(value));
    return number ? Value(static_cast<double>(*whole)) : value;
  }
  if (const auto* real = std::get_if<double>(&value); real != nullptr && number) {
    const bool word = !info.word.empty() && *real == OptionInfo::kWord;
    if (!word && !within(info, *real)) fail_value(info, option_text(value));
    return value;
  }
  if (std::holds_alternative<bool>(value) && info.kind == Kind::toggle) return value;
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr) return read_option(info, *text);
  fail_value(info, option_text(value));
}

}  // namespace

Value checked_option(const OptionInfo& info, const Value& value, std::string_view owner) {
  if (owner.empty()) return checked(info, value);
  try {
    return checked(info, value);
  } catch (const InvalidArgument& error) {
    fail<InvalidArgument>("[{}] {}", owner, error.what());
  }
}

std::string option_text(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "on" : "off";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  return std::get<std::string>(value);
}

std::string option_text(const OptionInfo& info, const Value& value) {
  if (!info.zero.empty() && value == Value(std::int64_t{0})) return info.zero;
  if (!info.word.empty() && value == Value(OptionInfo::kWord)) return info.word;
  return option_text(value);
}

std::string field_name(std::string_view option) {
  std::string name(option);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string option_name(std::string_view field) {
  std::string name(field);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

const OptionInfo* find_option(std::span<const OptionInfo> options, std::string_view name) {
  const std::string wanted = option_name(name);
  const auto found = std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.name == wanted; });
  return found == options.end() ? nullptr : &*found;
}

void fail_unknown_option(std::string_view owner, std::string_view name, std::span<const OptionInfo> options) {
  std::vector<std::string> names;
  for (const OptionInfo& option : options) names.push_back(option.name);
  if (names.empty()) fail<InvalidArgument>("{} has no options, so no '{}'", owner, name);
  const std::string near = did_you_mean(name, names);
  fail<InvalidArgument>("{} has no option '{}'{}; it has {}", owner, name, near, fmt::join(names, ", "));
}

}  // namespace monet
