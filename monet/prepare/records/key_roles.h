#pragma once

#include "monet/data/columns.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// One thing that a record may say, and under which keys: those named when there are any, else the field's usual names
/// for the role (`fallback` after them).
struct KeyRole {
  data::ColumnRole role;
  std::vector<std::string> names;
  std::string fallback = {};
};

/// The names of a role for which an option takes one: none where it is empty.
std::vector<std::string> names_given(const std::string& name);

/// Which key says what. Keys come in the same order in record after record, so a look-up mostly is one comparison.
class KeyRoles {
 public:
  explicit KeyRoles(std::vector<KeyRole> roles) : roles_(std::move(roles)) {}

  struct Match {
    int slot = -1;  // index of the role; -1: none
    int rank = 0;   // of several keys with one role the lowest rank counts
  };
  Match find(std::string_view key);

 private:
  struct Known {
    std::string key;
    Match match;
  };
  Match look_up(std::string_view key) const;

  std::vector<KeyRole> roles_;
  std::vector<Known> known_;
  std::size_t next_ = 0;
};

}  // namespace monet::prepare
