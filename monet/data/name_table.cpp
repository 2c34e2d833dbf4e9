#include "monet/data/name_table.h"

#include <cstring>
#include <functional>
#include <memory>
#include <utility>

namespace monet::data {

namespace {
constexpr std::size_t kFirstSlots = 1024;  // a power of two
}

NameTable::NameTable() {
  allocate(kFirstSlots);
}

void NameTable::allocate(std::size_t slots) {
  memory_ = Buffer(slots * sizeof(Slot));
  auto* first = static_cast<Slot*>(memory_.data());
  std::uninitialized_value_construct_n(first, slots);
  slots_ = {first, slots};
}

NameTable::Key NameTable::key_of(std::string_view name) {
  if (name.size() > 15) return {std::hash<std::string_view>()(name), ~std::uint64_t{0}};
  unsigned char bytes[16] = {};
  if (!name.empty()) std::memcpy(bytes, name.data(), name.size());
  bytes[15] = static_cast<unsigned char>(name.size());
  Key key;
  std::memcpy(&key, bytes, sizeof key);
  return key;
}

std::uint64_t NameTable::mix(const Key& key) {
  std::uint64_t x = (key.low ^ (key.high * 0x9e3779b97f4a7c15U)) * 0xd6e8feb86659fd93U;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93U;
  return x ^ (x >> 32);
}

NameTable::Slot& NameTable::locate(const Key& key, std::string_view name) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(mix(key)) & mask;
  for (;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.index < 0) return slot;
    if (slot.key == key && (!key.is_long() || names_[static_cast<std::size_t>(slot.index)] == name)) return slot;
  }
}

std::int32_t NameTable::add(std::string_view name) {
  const Key key = key_of(name);
  Slot* slot = &locate(key, name);
  if (slot->index >= 0) return slot->index;
  if (2 * (names_.size() + 1) > slots_.size()) {
    const Buffer old_memory = std::exchange(memory_, Buffer());
    const std::span<Slot> old = slots_;
    allocate(2 * old.size());
    for (const Slot& moved : old) {
      if (moved.index >= 0) locate(moved.key, names_[static_cast<std::size_t>(moved.index)]) = moved;
    }
    slot = &locate(key, name);
  }
  *slot = {key, size()};
  names_.emplace_back(name);
  return slot->index;
}

std::int32_t NameTable::find(std::string_view name) const {
  return locate(key_of(name), name).index;
}

void NameTable::prefetch(std::string_view name) const {
  __builtin_prefetch(&slots_[static_cast<std::size_t>(mix(key_of(name))) & (slots_.size() - 1)]);
}

std::vector<std::string> NameTable::take_names() {
  allocate(kFirstSlots);
  return std::exchange(names_, {});
}

}  // namespace monet::data
