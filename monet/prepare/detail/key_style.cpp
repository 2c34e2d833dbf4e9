#include "monet/prepare/detail/key_style.h"

#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/prepare/detail/key_values.h"
#include "monet/prepare/item_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace monet::prepare::detail {

namespace {
/// Says what was found, with the file before it.
class Sayer {
 public:
  Sayer(const KeyQuestion& question, std::vector<std::string>& notes) : question_(question), notes_(notes) {}

  data::ItemListStyle item_lists(const KeySurvey& key) {
    const data::ItemListStyle style = item_list_style(key);
    if (style.any()) {
      note("'{}' holds lists of items, as '{}': one interaction for each", key.name(),
           input::excerpt(key.values.empty() ? std::string() : key.values.front()));
    } else if (const std::string list = unread_item_list(key); !list.empty()) {
      note("'{}' is read as one item id; if it is a list, write it in brackets, [1, 2], or one line for each item",
           input::excerpt(list));
    }
    return style;
  }

  /// Whether the ids are whole numbers written as floats.
  bool whole_ids(const KeySurvey& key, const char* what) {
    const auto rounded = std::find_if(key.values.begin(), key.values.end(), [](const std::string& value) {
      return value.size() > 4 && value.find("E+") != std::string::npos && number_of(value, false).has_value();
    });
    if (question_.is_table && rounded != key.values.end()) {
      note(
          "{} ids such as '{}' were rounded by a spreadsheet, so that several may have become one; export them as text",
          what, *rounded);
    }
    if (!holds_whole_floats(key)) return false;
    const auto written = std::find_if(key.values.begin(), key.values.end(),
                                      [](const std::string& value) { return input::whole_float(value).has_value(); });
    note("{} ids are whole numbers written as floats: '{}' is kept as {}", what, *written,
         *input::whole_float(*written));
    return true;
  }

  bool decimal_comma(const KeySurvey& key) {
    const bool commas = has_decimal_commas(key.values);
    if (commas) note("ratings are written with a decimal comma, as '{}'", key.values.front());
    return commas;
  }

  data::TimeStyle times(const KeySurvey& key) {
    const data::TimeStyle style = style_of_times(key, question_);
    const std::string how = data::describe(style);
    if (!how.empty()) note("times are {}, as '{}' shows, and are kept as seconds", how, key.values.front());
    return style;
  }

 private:
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    notes_.push_back(question_.file + ": " + fmt::format(format, std::forward<Args>(args)...));
  }

  const KeyQuestion& question_;
  std::vector<std::string>& notes_;
};
}  // namespace

data::TimeStyle style_of_times(const KeySurvey& key, const KeyQuestion& question) {
  return question.in_seconds ? data::TimeStyle() : data::time_style(key.values);
}

ReadingStyle style_of(const ChosenKeys& keys, const KeyQuestion& question, std::vector<std::string>& notes) {
  Sayer say(question, notes);
  ReadingStyle style;
  if (keys.item != nullptr) style.item_lists = say.item_lists(*keys.item);
  const auto parts = [&](const KeySurvey& key) { return with_parts(key, style.item_lists); };
  if (keys.rating != nullptr) style.decimal_comma = say.decimal_comma(parts(*keys.rating));
  if (keys.time != nullptr) style.time = say.times(parts(*keys.time));
  if (keys.user != nullptr) style.whole_users = say.whole_ids(*keys.user, "user");
  if (keys.item != nullptr) style.whole_items = say.whole_ids(parts(*keys.item), "item");
  return style;
}

}  // namespace monet::prepare::detail
