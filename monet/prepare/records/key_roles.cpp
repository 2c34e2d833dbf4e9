#include "monet/prepare/records/key_roles.h"

#include <algorithm>

namespace monet::prepare {

namespace {
constexpr std::size_t kMostKnown = 256;  // keys beyond are looked up again: some records are keyed by data
}

std::vector<std::string> names_given(const std::string& name) {
  return name.empty() ? std::vector<std::string>{} : std::vector<std::string>{name};
}

KeyRoles::Match KeyRoles::look_up(std::string_view key) const {
  for (std::size_t slot = 0; slot < roles_.size(); ++slot) {
    const KeyRole& role = roles_[slot];
    if (!role.names.empty()) {
      const auto named = std::find(role.names.begin(), role.names.end(), key);
      if (named != role.names.end()) return {static_cast<int>(slot), static_cast<int>(named - role.names.begin())};
      continue;
    }
    if (const auto rank = data::rank_of_name(key, role.role)) {
      return {static_cast<int>(slot), static_cast<int>(*rank)};
    }
    constexpr int kLast = 1000;
    if (!role.fallback.empty() && key == role.fallback) return {static_cast<int>(slot), kLast};
  }
  return {};
}

KeyRoles::Match KeyRoles::find(std::string_view key) {
  for (std::size_t tried = 0; tried < known_.size(); ++tried) {
    if (next_ >= known_.size()) next_ = 0;
    const Known& known = known_[next_++];
    if (known.key == key) return known.match;
  }
  const Match match = look_up(key);
  if (known_.size() < kMostKnown) {
    known_.push_back({std::string(key), match});
    next_ = known_.size();
  }
  return match;
}

}  // namespace monet::prepare
