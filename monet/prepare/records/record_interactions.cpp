#include "monet/prepare/records/record_interactions.h"

#include "monet/input/utf8.h"
#include "monet/prepare/records/key_roles.h"

#include <array>
#include <string>

namespace monet::prepare {

namespace {
enum InteractionSlot : std::size_t { kUser, kItem, kRating, kTime, kInteractionSlots };

class InteractionFields : public input::RecordSink {
 public:
  explicit InteractionFields(const InteractionColumns& columns)
      : roles_({{data::ColumnRole::user, names_given(columns.user)},
                {data::ColumnRole::item, names_given(columns.item)},
                {data::ColumnRole::rating, names_given(columns.rating)},
                {data::ColumnRole::time, names_given(columns.time)}}) {}

  void begin() {
    for (Field& field : fields_) field = {std::move(field.text), kUnset};
  }
  bool wants(std::string_view key) override {
    match_ = roles_.find(key);
    return match_.slot >= 0;
  }
  void scalar(const input::Scalar& scalar) override {
    Field& field = fields_[static_cast<std::size_t>(match_.slot)];
    if (match_.rank >= field.rank || scalar.kind == input::Scalar::Kind::null) return;
    field.rank = match_.rank;
    field.text.assign(scalar.text);
  }
  RawInteraction raw() const { return {text(kUser), text(kItem), text(kRating), text(kTime), -1}; }

 private:
  static constexpr int kUnset = 1 << 20;
  struct Field {
    std::string text;
    int rank = kUnset;
  };
  std::string_view text(InteractionSlot slot) const {
    return fields_[slot].rank == kUnset ? std::string_view{} : std::string_view(fields_[slot].text);
  }

  KeyRoles roles_;
  KeyRoles::Match match_;
  std::array<Field, kInteractionSlots> fields_;
};
}  // namespace

void read_record_interactions(input::LineReader& lines, input::RecordParser& parser, const InteractionColumns& columns,
                              input::BadLines& bad_lines, InteractionLog& log) {
  InteractionFields fields(columns);
  while (lines.next(bad_lines)) {
    if (input::trimmed(lines.line()).empty()) continue;
    bad_lines.guard(lines, [&] {
      fields.begin();
      parser.parse(lines.line(), fields);
      log.add(fields.raw());
    });
  }
  log.settle();
}

}  // namespace monet::prepare
