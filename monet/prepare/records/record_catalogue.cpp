#include "monet/input/utf8.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/records/key_roles.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace monet::prepare {

namespace {
enum EntrySlot : std::size_t { kId, kTitle, kDescription, kCategories, kBrand, kPrice, kImage, kEntrySlots };

/// Pictures come as a URL, a list of them, or a list of objects with one URL for each size.
bool is_picture_key(std::string_view key) {
  return key.empty() || key == "large" || key == "hi_res" || key == "url" || key == "path";
}

class EntryFields : public input::RecordSink {
 public:
  explicit EntryFields(const ItemColumns& columns)
      : join_keys_(!columns.description.empty()),
        roles_({{data::ColumnRole::item, names_given(columns.id), "id"},
                {data::ColumnRole::title, names_given(columns.title)},
                {data::ColumnRole::description, columns.description},
                {data::ColumnRole::category, names_given(columns.categories)},
                {data::ColumnRole::brand, names_given(columns.brand)},
                {data::ColumnRole::price, names_given(columns.price)},
                {data::ColumnRole::image, names_given(columns.image)}}) {}

  void begin() {
    for (Field& field : fields_) {
      field.parts.clear();
      field.rank = kUnset;
    }
  }
  bool wants(std::string_view key) override {
    match_ = roles_.find(key);
    return match_.slot >= 0;
  }
  void scalar(const input::Scalar& scalar) override {
    const auto slot = static_cast<std::size_t>(match_.slot);
    Field& field = fields_[slot];
    const bool joined = slot == kDescription && join_keys_;
    if (scalar.kind == input::Scalar::Kind::null || scalar.text.empty() || (match_.rank > field.rank && !joined))
      return;
    if (slot == kImage && !is_picture_key(scalar.inner_key)) return;
    if (match_.rank < field.rank && !joined) field.parts.clear();
    field.rank = match_.rank;
    const bool several = slot == kDescription || slot == kCategories;
    if (several || field.parts.empty()) field.parts.emplace_back(scalar.text);
  }
  Item item() const {
    return {first(kId), first(kTitle), joined(kDescription), categories(), first(kBrand), first(kPrice), first(kImage)};
  }

 private:
  static constexpr int kUnset = 1 << 20;
  struct Field {
    std::vector<std::string> parts;
    int rank = kUnset;
  };
  std::string first(EntrySlot slot) const {
    return fields_[slot].parts.empty() ? std::string() : fields_[slot].parts[0];
  }
  std::string joined(EntrySlot slot) const {
    std::string text;
    for (const std::string& part : fields_[slot].parts) text += (text.empty() ? "" : " ") + part;
    return text;
  }
  /// Paths through a tree of categories share their beginnings: each name once.
  std::string categories() const {
    std::set<std::string_view> seen;
    std::string text;
    for (const std::string& part : fields_[kCategories].parts) {
      if (!seen.insert(part).second) continue;
      if (!text.empty()) text += '|';
      text += part;
    }
    return text;
  }

  bool join_keys_;
  KeyRoles roles_;
  KeyRoles::Match match_;
  std::array<Field, kEntrySlots> fields_;
};
}  // namespace

void read_record_catalogue(input::LineReader& lines, input::RecordParser& parser, const ItemColumns& columns,
                           input::BadLines& bad_lines, Catalogue& catalogue) {
  EntryFields fields(columns);
  while (lines.next(bad_lines)) {
    if (input::trimmed(lines.line()).empty()) continue;
    bad_lines.guard(lines, [&] {
      fields.begin();
      parser.parse(lines.line(), fields);
      catalogue.take(fields.item());
    });
  }
  catalogue.settle();
}

}  // namespace monet::prepare
