#include "monet/prepare/columnar/id_column.h"

#include "monet/core/error.h"
#include "monet/input/text.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <memory>
#include <utility>

namespace monet::prepare {

using duckdb::c::TypeId;

std::int32_t& NumberTable::index_of(std::int64_t number) {
  if (2 * used_ >= slots_.size()) grow();
  for (std::size_t at = place_of(number);; at = (at + 1) & (slots_.size() - 1)) {
    Slot& slot = slots_[at];
    if (slot.index >= 0 && slot.number == number) return slot.index;
    if (slot.index >= 0) continue;
    slot.number = number;
    ++used_;
    return slot.index;
  }
}

void NumberTable::allocate(std::size_t slots) {
  memory_ = Buffer(slots * sizeof(Slot));
  auto* first = static_cast<Slot*>(memory_.data());
  std::uninitialized_value_construct_n(first, slots);
  slots_ = {first, slots};
}

void NumberTable::grow() {
  const Buffer old_memory = std::exchange(memory_, Buffer());
  const std::span<Slot> old = slots_;
  allocate(2 * old.size());
  for (const Slot& slot : old) {
    if (slot.index < 0) continue;
    std::size_t at = place_of(slot.number);
    while (slots_[at].index >= 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

std::int64_t IdColumn::whole(const duckdb::Values& values, std::size_t at) const {
  switch (type_) {
    case TypeId::int8: return values.as<std::int8_t>(at);
    case TypeId::int16: return values.as<std::int16_t>(at);
    case TypeId::int32: return values.as<std::int32_t>(at);
    case TypeId::uint8: return values.as<std::uint8_t>(at);
    case TypeId::uint16: return values.as<std::uint16_t>(at);
    case TypeId::uint32: return values.as<std::uint32_t>(at);
    default: return values.as<std::int64_t>(at);
  }
}

IdColumn::Id IdColumn::of_float(double value, double largest) {
  if (std::isnan(value)) fail<DataError>("there is no {} id; every interaction needs one", what_);
  if (value == std::trunc(value) && std::abs(value) < largest) {
    ++whole_floats_;
    return {true, static_cast<std::int64_t>(value), {}};
  }
  if (!(std::abs(value) < largest)) {
    fail<DataError>(
        "the {} id {} is a floating-point number, which cannot hold all its digits; write ids as integers "
        "or texts",
        what_, value);
  }
  written_ = fmt::format("{}", value);
  return {false, 0, written_};
}

IdColumn::Id IdColumn::read(const duckdb::Values& values, std::size_t at) {
  if (!values.has(at)) fail<DataError>("there is no {} id; every interaction needs one", what_);
  constexpr double kDoubleHolds = 9007199254740992.0;
  constexpr double kFloatHolds = 16777216.0;
  switch (type_) {
    case TypeId::text: return {false, 0, input::checked_id(values.text(at), what_)};
    case TypeId::float64: return of_float(values.as<double>(at), kDoubleHolds);
    case TypeId::float32: return of_float(static_cast<double>(values.as<float>(at)), kFloatHolds);
    case TypeId::uint64: {
      const auto value = values.as<std::uint64_t>(at);
      if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) break;
      written_ = fmt::format("{}", value);
      return {false, 0, written_};
    }
    default: break;
  }
  return {true, whole(values, at), {}};
}

std::int32_t IdColumn::index_of(const Id& id) {
  if (!id.is_number) return names_.add(id.text);
  std::int32_t& index = numbers_.index_of(id.number);
  if (index < 0) {
    const fmt::format_int text(id.number);
    index = names_.add(std::string_view(text.data(), text.size()));
  }
  return index;
}

void IdColumn::prefetch(const duckdb::Values& values, std::size_t at) const {
  if (type_ == TypeId::text) {
    if (values.has(at)) names_.prefetch(values.text(at));
  } else if (type_ != TypeId::float32 && type_ != TypeId::float64) {
    numbers_.prefetch(whole(values, at));
  }
}

}  // namespace monet::prepare
