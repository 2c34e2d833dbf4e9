#pragma once

#include "monet/data/columns.h"
#include "monet/prepare/records/key_cache.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// One thing that a record may say, and under which keys: those named when there are any (`product.title` is a key
/// inside an object; `none`: there is none), else the field's usual names for the role.
struct KeyRole {
  data::ColumnRole role;
  std::vector<std::string> names;
};

/// The names of a role for which an option takes one: none where it is empty.
std::vector<std::string> names_given(const std::string& name);

/// Which key says what. A key that is named for a role is not guessed for another.
class KeyRoles {
 public:
  explicit KeyRoles(std::vector<KeyRole> roles) : roles_(std::move(roles)) {}

  struct Match {
    int slot = 0;            // index of the role
    int rank = 0;            // of several keys with one role the lowest rank counts
    std::string_view below;  // the keys below it that are meant; empty: whatever is there
  };
  /// The roles of a top-level key: one, or those of keys inside it; valid until the next call.
  const std::vector<Match>& find(std::string_view key);

 private:
  std::vector<Match> look_up(std::string_view key) const;

  std::vector<KeyRole> roles_;
  KeyCache<std::vector<Match>> known_;
};

}  // namespace monet::prepare
