#include "monet/prepare/records/key_roles.h"

namespace monet::prepare {

std::vector<std::string> names_given(const std::string& name) {
  return name.empty() ? std::vector<std::string>{} : std::vector<std::string>{name};
}

std::vector<KeyRoles::Match> KeyRoles::look_up(std::string_view key) const {
  std::vector<Match> inside;
  for (std::size_t slot = 0; slot < roles_.size(); ++slot) {
    const std::vector<std::string>& names = roles_[slot].names;
    for (std::size_t rank = 0; rank < names.size(); ++rank) {
      const std::string_view name = names[rank];
      if (name == data::kNoColumn) continue;
      if (name == key) {
        inside.push_back({static_cast<int>(slot), static_cast<int>(rank), {}});
      } else if (name.size() > key.size() && name.starts_with(key) && name[key.size()] == '.') {
        inside.push_back({static_cast<int>(slot), static_cast<int>(rank), name.substr(key.size() + 1)});
      }
    }
  }
  if (!inside.empty()) return inside;
  for (std::size_t slot = 0; slot < roles_.size(); ++slot) {
    if (!roles_[slot].names.empty()) continue;
    if (const auto rank = data::rank_of_name(key, roles_[slot].role)) {
      return {{static_cast<int>(slot), static_cast<int>(*rank), {}}};
    }
  }
  return {};
}

const std::vector<KeyRoles::Match>& KeyRoles::find(std::string_view key) {
  return known_.find(key, [this](std::string_view unknown) { return look_up(unknown); });
}

}  // namespace monet::prepare
