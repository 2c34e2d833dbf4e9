#include "monet/data/name_table.h"

#include <functional>
#include <utility>

namespace monet::data {

namespace {
constexpr std::size_t kFirstSlots = 1024;  // a power of two
}

NameTable::NameTable() : slots_(kFirstSlots) {}

std::size_t NameTable::locate(std::string_view name, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash) & mask;
  while (slots_[at].index >= 0 &&
         !(slots_[at].hash == hash && names_[static_cast<std::size_t>(slots_[at].index)] == name)) {
    at = (at + 1) & mask;
  }
  return at;
}

std::int32_t NameTable::add(std::string_view name) {
  const std::uint64_t hash = std::hash<std::string_view>()(name);
  std::size_t at = locate(name, hash);
  if (slots_[at].index >= 0) return slots_[at].index;
  if (2 * (names_.size() + 1) > slots_.size()) {
    grow();
    at = locate(name, hash);
  }
  slots_[at] = {hash, size()};
  names_.emplace_back(name);
  return slots_[at].index;
}

std::int32_t NameTable::find(std::string_view name) const {
  return slots_[locate(name, std::hash<std::string_view>()(name))].index;
}

void NameTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.index < 0) continue;
    std::size_t at = static_cast<std::size_t>(slot.hash) & mask;
    while (slots_[at].index >= 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::vector<std::string> NameTable::take_names() {
  slots_.assign(kFirstSlots, {});
  return std::exchange(names_, {});
}

}  // namespace monet::data
