#include "monet/prepare/catalogue.h"
#include "monet/prepare/key_roles.h"
#include "monet/prepare/utf8.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace monet::prepare {

namespace {
enum Slot : std::size_t { kId, kTitle, kDescription, kCategories, kBrand, kPrice, kImage, kSlots };

std::vector<std::string> named(const std::string& name) {
  return name.empty() ? std::vector<std::string>{} : std::vector<std::string>{name};
}

/// Pictures come as a URL, a list of them, or a list of objects with one URL for each size.
bool is_picture_key(std::string_view key) {
  return key.empty() || key == "large" || key == "hi_res" || key == "url" || key == "path";
}

class Fields : public RecordSink {
 public:
  explicit Fields(const ItemColumns& columns)
      : join_keys_(!columns.description.empty()),
        roles_({{data::ColumnRole::item, named(columns.id), "id"},
                {data::ColumnRole::title, named(columns.title)},
                {data::ColumnRole::description, columns.description},
                {data::ColumnRole::category, named(columns.categories)},
                {data::ColumnRole::brand, named(columns.brand)},
                {data::ColumnRole::price, named(columns.price)},
                {data::ColumnRole::image, named(columns.image)}}) {}

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
  void scalar(const Scalar& scalar) override {
    const auto slot = static_cast<std::size_t>(match_.slot);
    Field& field = fields_[slot];
    const bool joined = slot == kDescription && join_keys_;
    if (scalar.kind == Scalar::Kind::null || scalar.text.empty() || (match_.rank > field.rank && !joined)) return;
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
  std::string first(Slot slot) const { return fields_[slot].parts.empty() ? std::string() : fields_[slot].parts[0]; }
  std::string joined(Slot slot) const {
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
  std::array<Field, kSlots> fields_;
};
}  // namespace

void read_record_catalogue(LineReader& lines, RecordParser& parser, const ItemColumns& columns, BadLines& bad_lines,
                           Catalogue& catalogue) {
  Fields fields(columns);
  while (lines.next()) {
    if (trimmed(lines.line()).empty()) continue;
    bad_lines.guard(lines, [&] {
      fields.begin();
      parser.parse(lines.line(), fields);
      catalogue.take(fields.item());
    });
  }
}

}  // namespace monet::prepare
