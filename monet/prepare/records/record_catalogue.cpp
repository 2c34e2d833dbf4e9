#include "monet/input/number_text.h"
#include "monet/input/utf8.h"
#include "monet/prepare/choose_keys.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/items/labels.h"
#include "monet/prepare/records/key_roles.h"
#include "monet/prepare/records/nested_path.h"
#include "monet/prepare/records/record_survey.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace monet::prepare {

namespace {
enum EntrySlot : std::size_t { kId, kTitle, kDescription, kCategories, kBrand, kPrice, kImage, kEntrySlots };

/// Pictures come as a URL, a list of them, or a list of objects with one URL for each size.
bool is_picture_key(std::string_view key) {
  return key.empty() || key == "large" || key == "hi_res" || key == "url" || key == "path" || key == "src" ||
         key == "href" || key == "link" || key == "uri";
}

class EntryFields : public input::RecordSink {
 public:
  EntryFields(const ItemColumns& columns, KeyPlace id)
      : id_(std::move(id)),
        join_keys_(!columns.description.empty()),
        roles_({{data::ColumnRole::item, names_given(id_.root)},
                {data::ColumnRole::title, names_given(columns.title)},
                {data::ColumnRole::description, columns.description},
                {data::ColumnRole::category, names_given(columns.categories)},
                {data::ColumnRole::brand, names_given(columns.brand)},
                {data::ColumnRole::price, names_given(columns.price)},
                {data::ColumnRole::image, names_given(columns.image)}}) {}

  void begin() override {
    for (Field& field : fields_) {
      field.parts.clear();
      field.rank = kUnset;
    }
  }
  bool wants(std::string_view key) override {
    matches_ = &roles_.find(key);
    path_.begin();
    // Of an id's key that comes twice the last counts.
    if (wants_digits()) fields_[kId] = {};
    return !matches_->empty();
  }
  bool wants_digits() const override {
    return std::any_of(matches_->begin(), matches_->end(), [](const KeyRoles::Match& m) { return m.slot == kId; });
  }
  void open(Bracket bracket, std::string_view inner_key) override { path_.open(bracket, inner_key); }
  void close() override { path_.close(); }
  void scalar(const input::Scalar& scalar) override {
    const std::string_view below = path_.of(scalar);
    if (scalar.kind == input::Scalar::Kind::null || scalar.text.empty()) return;
    if (scalar.kind == input::Scalar::Kind::number && input::is_not_finite(scalar.text)) return;
    for (const KeyRoles::Match& match : *matches_) {
      if (match.slot == kId ? below == id_.below : match.below.empty() || below == match.below) take(match, scalar);
    }
  }
  Item item() const {
    return {first(kId), first(kTitle), joined(kDescription), categories(), first(kBrand), price(), first(kImage)};
  }

 private:
  static constexpr int kUnset = 1 << 20;
  struct Field {
    std::vector<LabelEntry> parts;
    int rank = kUnset;
  };
  void take(const KeyRoles::Match& match, const input::Scalar& scalar) {
    const auto slot = static_cast<std::size_t>(match.slot);
    Field& field = fields_[slot];
    const bool joined = slot == kDescription && join_keys_;
    if (match.rank > field.rank && !joined) return;
    if (slot == kImage && match.below.empty() && !is_picture_key(scalar.inner_key)) return;
    if (match.rank < field.rank && !joined) field.parts.clear();
    field.rank = match.rank;
    // What lies at a place that was named is meant, whatever it is called there.
    const bool is_named = slot == kId || slot == kImage || !match.below.empty();
    field.parts.push_back({scalar.kind, std::string(scalar.text), std::string(is_named ? "" : scalar.inner_key)});
  }
  std::vector<std::string_view> texts(EntrySlot slot) const { return labels_of(fields_[slot].parts); }
  std::string first(EntrySlot slot) const {
    const std::vector<LabelEntry>& parts = fields_[slot].parts;
    if (parts.empty()) return {};
    if (parts.front().key.empty()) return parts.front().text;
    const std::vector<std::string_view> found = texts(slot);
    return found.empty() ? std::string() : std::string(found.front());
  }
  /// `{"amount": 9.5, "currency": "EUR"}`: the amount.
  std::string price() const {
    const std::vector<LabelEntry>& parts = fields_[kPrice].parts;
    for (const char* name : {"", "amount", "value", "price"}) {
      const auto found =
          std::find_if(parts.begin(), parts.end(), [&](const LabelEntry& entry) { return entry.key == name; });
      if (found != parts.end()) return found->text;
    }
    const auto number = std::find_if(parts.begin(), parts.end(), [](const LabelEntry& entry) {
      return entry.kind == input::Scalar::Kind::number && entry.key != "id";
    });
    return number != parts.end() ? number->text : first(kPrice);
  }
  std::string joined(EntrySlot slot) const {
    std::string text;
    for (const std::string_view part : texts(slot)) {
      if (!text.empty()) text += ' ';
      text += part;
    }
    return text;
  }
  /// Paths through a tree of categories share their beginnings: each name once.
  std::string categories() const {
    std::set<std::string_view> seen;
    std::string text;
    for (const std::string_view part : texts(kCategories)) {
      if (!seen.insert(part).second) continue;
      if (!text.empty()) text += '|';
      text += part;
    }
    return text;
  }

  KeyPlace id_;
  NestedPath path_;
  bool join_keys_;
  KeyRoles roles_;
  const std::vector<KeyRoles::Match>* matches_ = nullptr;  // of the key at hand
  std::array<Field, kEntrySlots> fields_;
};
}  // namespace

void read_record_catalogue(input::RecordReader& records, input::RecordParser& parser, const ItemColumns& columns,
                           input::BadLines& bad_lines, Catalogue& catalogue) {
  records.look_inside([&](std::string_view key) {
    if (!columns.id.empty()) return key == columns.id || columns.id.starts_with(std::string(key) + ".");
    return key == "id" || key == "_id" || data::rank_of_name(key, data::ColumnRole::item).has_value();
  });
  const Survey survey = survey_records(records, parser);
  std::vector<std::string> notes;
  const KeyPlace id = choose_item_key(
      survey, records.file(), columns.id, [&](std::string_view known) { return catalogue.knows(known); }, false, notes,
      catalogue.called());
  for (const std::string& note : notes) bad_lines.note(note);
  if (id.root.empty() && survey.records > 0) {
    fail<DataError>("{}: no key of item ids is recognised among {}; name it with `item-id-column`{}", records.file(),
                    survey.names(),
                    survey.records == 1 ? "; a file that is one object for all needs one for each (pandas: "
                                          "orient='records')"
                                        : "");
  }
  const KeySurvey* key = survey.find(id.name());
  catalogue.read_ids_as(key != nullptr && holds_whole_floats(*key));
  EntryFields fields(columns, id);
  while (records.next(bad_lines)) {
    bad_lines.guard_in(records.file(), records.number(), [&] {
      parser.parse(records.record(), fields);
      catalogue.take(fields.item());
    });
  }
  catalogue.settle();
}

}  // namespace monet::prepare
