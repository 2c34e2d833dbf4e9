#include "monet/prepare/records/record_interactions.h"

#include "monet/data/columns.h"
#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/prepare/choose_keys.h"
#include "monet/prepare/item_lists.h"
#include "monet/prepare/records/key_cache.h"
#include "monet/prepare/records/nested_path.h"
#include "monet/prepare/records/record_survey.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace monet::prepare {

namespace {
enum InteractionSlot : std::size_t { kUser, kItem, kRating, kTime, kEvent, kInteractionSlots };

class InteractionFields : public input::RecordSink {
 public:
  explicit InteractionFields(const KeyChoice& choice) : lists_(choice.style.item_lists) {
    places_ = {choice.user, choice.item, choice.rating, choice.time, choice.event};
  }

  void begin() override {
    for (Field& field : fields_) field.count = 0;
    forget_list();
  }
  bool wants(std::string_view key) override {
    slots_ = known_.find(key, [this](std::string_view unknown) { return slots_of(unknown); });
    if (slots_ == 0) return false;
    // Of a key that comes twice the last counts, as for Python.
    for (std::size_t slot = 0; slot < kInteractionSlots; ++slot) {
      if (has(slot)) fields_[slot].count = 0;
    }
    if (has(kItem)) forget_list();
    path_.begin();
    return true;
  }
  bool wants_digits() const override { return has(kUser) || has(kItem); }
  void open(Bracket bracket, std::string_view inner_key) override {
    const bool in_list = path_.in_list();
    path_.open(bracket, inner_key);
    if (!has(kItem)) return;
    if (in_list && bracket == Bracket::list && places_[kItem].below == path_.place()) {
      fail<DataError>(
          "a list in the list of items under '{}', and it does not follow which of its values is the item; write an "
          "object for each, {{\"item_id\": …, \"rating\": …}}",
          places_[kItem].root);
    }
    count_elements();
  }
  void close() override { path_.close(); }
  void scalar(const input::Scalar& scalar) override {
    using Kind = input::Scalar::Kind;
    const std::string_view below = path_.of(scalar);
    if (has(kItem)) count_elements();
    if (scalar.kind == Kind::null) return;
    if (scalar.kind == Kind::number && input::is_not_finite(scalar.text)) {
      ++not_finite_;
      return;
    }
    for (std::size_t slot = 0; slot < kInteractionSlots; ++slot) {
      if (has(slot) && places_[slot].below == below) take(slot, scalar);
    }
  }

  void add_to(InteractionLog& log) {
    const Field& users = fields_[kUser];
    for (std::size_t n = 1; n < users.count; ++n) {
      if (users.values[n].text == users.values[0].text) continue;
      fail<DataError>("several users in one record, '{}' and '{}'; expected one", input::excerpt(users.values[0].text),
                      input::excerpt(users.values[n].text));
    }
    const Field& items = fields_[kItem];
    const std::string_view user = first(kUser);
    if (items.count == 0 && in_list_ && item_elements_ == 0 && !user.empty()) {
      ++empty_lists_;
      return;
    }
    if (items.count > 0 && static_cast<int>(items.count) < item_elements_) {
      fail<DataError>("of the {} entries of '{}' only {} have an item id; every one needs one", item_elements_,
                      places_[kItem].root, items.count);
    }
    if (items.count <= 1) {
      lists_.add({user, first(kItem), for_item(kRating, 0), for_item(kTime, 0), -1, for_item(kEvent, 0)}, log);
      return;
    }
    // All or nothing: what is wrong with one of them is wrong with the record.
    for (std::size_t n = 0; n < items.count; ++n) {
      log.check({user, items.values[n].text, for_item(kRating, n), for_item(kTime, n), -1, for_item(kEvent, n)});
    }
    for (std::size_t n = 0; n < items.count; ++n) {
      log.add({user, items.values[n].text, for_item(kRating, n), for_item(kTime, n), -1, for_item(kEvent, n)});
    }
  }

  Index not_finite() const { return not_finite_; }
  Index empty_lists() const { return empty_lists_ + lists_.empty_lists(); }

 private:
  struct Value {
    std::string text;
    int list = -1;  // it lies in this one, as this element
    int element = -1;
  };
  struct Field {
    std::vector<Value> values;  // the first `count` are this record's
    std::size_t count = 0;
  };

  void forget_list() {
    in_list_ = false;
    item_elements_ = 0;
  }
  void count_elements() {
    if (!path_.leads_to(places_[kItem].below)) return;
    in_list_ = true;
    item_elements_ = std::max(item_elements_, path_.element() + 1);
  }
  bool has(std::size_t slot) const { return (slots_ >> slot & 1U) != 0; }
  unsigned slots_of(std::string_view key) const {
    unsigned slots = 0;
    for (std::size_t slot = 0; slot < kInteractionSlots; ++slot) {
      if (!places_[slot].root.empty() && places_[slot].root == key) slots |= 1U << slot;
    }
    return slots;
  }
  void take(std::size_t slot, const input::Scalar& scalar) {
    if (scalar.kind == input::Scalar::Kind::boolean && slot <= kItem) {
      fail<DataError>("the {} is '{}', which is no id", slot == kUser ? "user" : "item", scalar.text);
    }
    Field& field = fields_[slot];
    if (field.count == field.values.size()) field.values.emplace_back();
    Value& value = field.values[field.count++];
    value.text.assign(scalar.text);
    value.list = path_.list();
    value.element = path_.element();
  }
  std::string_view first(std::size_t slot) const {
    return fields_[slot].count == 0 ? std::string_view() : std::string_view(fields_[slot].values[0].text);
  }
  /// The rating or time of an item.
  std::string_view for_item(std::size_t slot, std::size_t item) const {
    const Field& field = fields_[slot];
    if (field.count == 0) return {};
    if (field.values[0].list < 0 || fields_[kItem].count == 0) return field.values[0].text;
    const Value& of = fields_[kItem].values[item];
    if (places_[slot].root == places_[kItem].root && field.values[0].list == of.list) {
      const auto end = field.values.begin() + static_cast<std::ptrdiff_t>(field.count);
      const auto found = std::lower_bound(field.values.begin(), end, of.element,
                                          [](const Value& value, int element) { return value.element < element; });
      return found != end && found->element == of.element ? std::string_view(found->text) : std::string_view();
    }
    if (field.count == 1 && !places_[slot].below.empty()) return field.values[0].text;
    if (field.count == fields_[kItem].count) return field.values[item].text;
    fail<DataError>("{} values under '{}' for {} items; expected as many, or one outside a list", field.count,
                    places_[slot].root, fields_[kItem].count);
  }

  std::array<KeyPlace, kInteractionSlots> places_;
  KeyCache<unsigned> known_;
  unsigned slots_ = 0;  // of the key at hand, by bits
  NestedPath path_;
  std::array<Field, kInteractionSlots> fields_;
  bool in_list_ = false;   // items lie in one
  int item_elements_ = 0;  // of it
  Index not_finite_ = 0;
  Index empty_lists_ = 0;
  ItemLists lists_;
};

/// A key at the top that only an interaction has, not an object around a list of them.
bool is_record_key(std::string_view key, const InteractionColumns& columns) {
  if (!columns.user.empty()) return key == columns.user || columns.user.starts_with(std::string(key) + ".");
  return data::rank_of_name(key, data::ColumnRole::user).has_value();
}
}  // namespace

void read_record_interactions(input::RecordReader& records, input::RecordParser& parser,
                              const InteractionColumns& columns, input::BadLines& bad_lines, InteractionLog& log) {
  records.look_inside([&](std::string_view key) { return is_record_key(key, columns); });
  const Survey survey = survey_records(records, parser);
  const KeyChoice choice = choose_keys({survey, records.file(), false, columns, {}, log.kinds.events()});
  for (const std::string& note : choice.notes) bad_lines.note(note);
  log.read_as(choice.style);
  if (!choice.event.root.empty()) log.kinds.read_from(choice.event.name(), !columns.event.empty());
  log.columns = {choice.user.name(), choice.item.name(), choice.rating.name(), choice.time.name(), choice.event.name()};
  const Index surrogates_before = parser.lone_surrogates();
  InteractionFields fields(choice);
  while (records.next(bad_lines)) {
    bad_lines.guard_in(records.file(), records.number(), [&] {
      parser.parse(records.record(), fields);
      fields.add_to(log);
    });
  }
  log.settle();
  if (fields.not_finite() > 0) {
    bad_lines.note(
        fmt::format("{}: {} values are NaN or Infinity and count as missing", records.file(), fields.not_finite()));
  }
  if (fields.empty_lists() > 0) {
    bad_lines.note(fmt::format("{}: {} records have an empty list of items", records.file(), fields.empty_lists()));
  }
  if (parser.lone_surrogates() > surrogates_before) {
    bad_lines.note(fmt::format("{}: {} halves of characters (lone surrogates) are read as \ufffd", records.file(),
                               parser.lone_surrogates() - surrogates_before));
  }
}

}  // namespace monet::prepare
