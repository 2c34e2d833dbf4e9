#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// What is known of the keys that came before. Keys come in the same order in record after record, so a look-up mostly
/// is one comparison.
template <class T>
class KeyCache {
 public:
  /// What `make` says of the key, valid until the next call; asked again where there are very many keys, as in records
  /// that are keyed by data.
  template <class Make>
  const T& find(std::string_view key, Make&& make) {
    for (std::size_t tried = 0; tried < known_.size(); ++tried) {
      if (next_ >= known_.size()) next_ = 0;
      const Known& known = known_[next_++];
      if (known.key == key) return known.value;
    }
    constexpr std::size_t kMostKnown = 256;
    if (known_.size() == kMostKnown) return other_ = make(key);
    known_.push_back({std::string(key), make(key)});
    next_ = known_.size();
    return known_.back().value;
  }

 private:
  struct Known {
    std::string key;
    T value;
  };
  std::vector<Known> known_;
  std::size_t next_ = 0;
  T other_{};
};

}  // namespace monet::prepare
