#pragma once

#include "monet/core/view.h"

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace monet {

/// A value of an option, as files and other languages have it: a switch, a whole number, a number, or a word.
using Value = std::variant<bool, std::int64_t, double, std::string>;
/// Values by name, in the order in which they are written. In files the names have underscores (`field_name`).
using Fields = std::vector<std::pair<std::string, Value>>;

/// What there is to know of one option, said once: command line, files, range checks and help read it.
struct OptionInfo {
  enum class Kind { toggle, whole, number, word, widths };
  static constexpr double kAny = std::numeric_limits<double>::infinity();
  static constexpr double kWord = -1.0;  // a number that is chosen, not given; outside [low, high]

  std::string name;  // "weight-decay"
  std::string help;
  Kind kind = Kind::toggle;
  double low = 0.0;  // of a whole number, a number and each of the widths, inclusive
  double high = kAny;
  bool above = false;              // the low end is excluded
  std::vector<std::string> words;  // of a word
  std::string zero;                // a word that stands for 0: "auto"
  std::string word;                // of a number: one that stands for kWord
  Value initial;                   // the default
};

/// Reads what somebody wrote: "on", "64", "0.5", "megcn", "64,64" (widths are kept as that text). An underscore in a
/// word is as good as a dash. Throws InvalidArgument: "alpha: '-1' is not a number of at least 0".
Value read_option(const OptionInfo& info, std::string_view text);
/// A value from a file or a program as this option holds it: a whole number is a number, too. Throws as above, the
/// message beginning with "[owner]" where one is given.
Value checked_option(const OptionInfo& info, const Value& value, std::string_view owner = "");
/// The text that `read_option` reads as this value.
std::string option_text(const Value& value);
/// The same with the words that stand for values of this option.
std::string option_text(const OptionInfo& info, const Value& value);
/// "a number between 0 and 1", "a whole number of at least 1", "on or off", "one of users, interactions".
std::string option_domain(const OptionInfo& info);
/// "weight-decay" → "weight_decay", and back.
std::string field_name(std::string_view option);
std::string option_name(std::string_view field);
/// The option of that name (dashes or underscores), or null.
const OptionInfo* find_option(std::span<const OptionInfo> options, std::string_view name);
/// Throws InvalidArgument naming the nearest of `options`: "lightgcn has no option 'aplha'; did you mean …".
[[noreturn]] void fail_unknown_option(std::string_view owner, std::string_view name,
                                      std::span<const OptionInfo> options);

namespace detail {
/// 0.3F as 0.3, not as 0.300000012.
double shortest(float value);
std::string widths_text(std::span<const Index> widths);
std::vector<Index> parse_widths(std::string_view text);
}  // namespace detail

/// The options of a struct T, each described once: its name, its member, what values it may have, and its help.
/// Defaults are those of T{} unless others are given.
template <class T>
class OptionSet {
 public:
  OptionSet() = default;
  /// With other defaults than those of T{}.
  explicit OptionSet(T defaults) : defaults_(std::move(defaults)) {}
  const T& defaults() const { return defaults_; }

  template <std::integral N>
  OptionSet& whole(std::string name, N T::*member, double low, double high, std::string help, std::string zero = "") {
    return add(
        {std::move(name), std::move(help), OptionInfo::Kind::whole, low, high, false, {}, std::move(zero), {}, {}},
        [member](const T& t) -> Value { return static_cast<std::int64_t>(t.*member); },
        [member](T& t, const Value& v) { t.*member = static_cast<N>(std::get<std::int64_t>(v)); });
  }
  OptionSet& number(std::string name, float T::*member, double low, double high, std::string help) {
    return add(
        {std::move(name), std::move(help), OptionInfo::Kind::number, low, high, false, {}, {}, {}, {}},
        [member](const T& t) -> Value { return detail::shortest(t.*member); },
        [member](T& t, const Value& v) { t.*member = static_cast<float>(std::get<double>(v)); });
  }
  OptionSet& number(std::string name, double T::*member, double low, double high, std::string help,
                    bool above = false) {
    return add(
        {std::move(name), std::move(help), OptionInfo::Kind::number, low, high, above, {}, {}, {}, {}},
        [member](const T& t) -> Value { return t.*member; },
        [member](T& t, const Value& v) { t.*member = std::get<double>(v); });
  }
  /// A number of at least 0, or `word`, which is OptionInfo::kWord.
  OptionSet& number_or_word(std::string name, double T::*member, double high, std::string word, std::string help) {
    return add(
        {std::move(name), std::move(help), OptionInfo::Kind::number, 0.0, high, false, {}, {}, std::move(word), {}},
        [member](const T& t) -> Value { return t.*member; },
        [member](T& t, const Value& v) { t.*member = std::get<double>(v); });
  }
  OptionSet& toggle(std::string name, bool T::*member, std::string help) {
    return add(
        {std::move(name), std::move(help), OptionInfo::Kind::toggle, 0, 0, false, {}, {}, {}, {}},
        [member](const T& t) -> Value { return t.*member; },
        [member](T& t, const Value& v) { t.*member = std::get<bool>(v); });
  }
  template <class E>
  OptionSet& word(std::string name, E T::*member, const std::vector<std::pair<std::string, E>>& choices,
                  std::string help) {
    OptionInfo info{std::move(name), std::move(help), OptionInfo::Kind::word, 0, 0, false, {}, {}, {}, {}};
    for (const auto& [word, value] : choices) info.words.push_back(word);
    return add(
        std::move(info),
        [member, choices](const T& t) -> Value {
          for (const auto& [word, value] : choices) {
            if (t.*member == value) return word;
          }
          return std::string();
        },
        [member, choices](T& t, const Value& v) {
          for (const auto& [word, value] : choices) {
            if (std::get<std::string>(v) == word) t.*member = value;
          }
        });
  }
  OptionSet& widths(std::string name, std::vector<Index> T::*member, double low, double high, std::string help) {
    return add(
        {std::move(name), std::move(help), OptionInfo::Kind::widths, low, high, false, {}, {}, {}, {}},
        [member](const T& t) -> Value { return detail::widths_text(t.*member); },
        [member](T& t, const Value& v) { t.*member = detail::parse_widths(std::get<std::string>(v)); });
  }

  std::span<const OptionInfo> infos() const { return infos_; }

  /// The values of `t`, in the order of `infos`.
  std::vector<Value> values(const T& t) const {
    std::vector<Value> out;
    for (const Access& access : access_) out.push_back(access.get(t));
    return out;
  }
  /// The inverse, for values that `checked_option` has passed.
  T make(std::span<const Value> values) const {
    T t;
    for (std::size_t k = 0; k < access_.size(); ++k) access_[k].set(t, values[k]);
    return t;
  }
  /// `t` itself. Throws InvalidArgument for a member outside its domain: "[owner] alpha: …".
  const T& checked(const T& t, std::string_view owner) const {
    for (std::size_t k = 0; k < access_.size(); ++k) checked_option(infos_[k], access_[k].get(t), owner);
    return t;
  }
  /// Sets the option of that name (which there is) from what somebody wrote. Throws as `read_option`.
  void set_text(T& t, std::string_view name, std::string_view text) const {
    for (std::size_t k = 0; k < access_.size(); ++k) {
      if (infos_[k].name == name) access_[k].set(t, read_option(infos_[k], text));
    }
  }

 private:
  struct Access {
    std::function<Value(const T&)> get;
    std::function<void(T&, const Value&)> set;
  };
  OptionSet& add(OptionInfo info, std::function<Value(const T&)> get, std::function<void(T&, const Value&)> set) {
    info.initial = get(defaults_);
    infos_.push_back(std::move(info));
    access_.push_back({std::move(get), std::move(set)});
    return *this;
  }

  T defaults_{};
  std::vector<OptionInfo> infos_;
  std::vector<Access> access_;
};

}  // namespace monet
