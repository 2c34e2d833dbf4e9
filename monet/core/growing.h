#pragma once

#include "monet/core/buffer.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace monet {

/// An array that grows behind its end and never changes before it: `with` gives a longer one, and whoever holds the
/// shorter one still sees just that. They share memory, so that adding costs what is added, but for a copy of
/// everything at the first time and whenever the spare room (a quarter) is used up. Copies are cheap. Any number of
/// threads may read; two that add to the same array get arrays of their own.
template <class T>
class Growing {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Growing() = default;
  /// A view of memory that must outlive this and all that come of it.
  explicit Growing(std::span<const T> values) : values_(values) {}
  /// A copy of `values`.
  static Growing copy_of(std::span<const T> values) { return Growing().with(values); }

  std::span<const T> values() const { return values_; }
  std::size_t size() const { return values_.size(); }
  /// These values and `more` behind them.
  Growing with(std::span<const T> more) const {
    const std::size_t size = values_.size() + more.size();
    Growing longer;
    std::size_t used = values_.size();
    if (memory_ && size <= memory_->capacity() && memory_->used.compare_exchange_strong(used, size)) {
      longer.memory_ = memory_;
    } else {
      longer.memory_ = std::make_shared<Memory>(size + size / 4 + kSpare, size);
      std::copy(values_.begin(), values_.end(), longer.memory_->data());
    }
    T* const data = longer.memory_->data();
    std::copy(more.begin(), more.end(), data + values_.size());
    longer.values_ = {data, size};
    return longer;
  }

 private:
  static constexpr std::size_t kSpare = 256;

  struct Memory {
    Memory(std::size_t capacity, std::size_t size) : buffer(capacity * sizeof(T)), used(size) {}
    std::size_t capacity() const { return buffer.size() / sizeof(T); }
    T* data() { return static_cast<T*>(buffer.data()); }
    Buffer buffer;
    std::atomic<std::size_t> used;  // by the longest array
  };

  std::shared_ptr<Memory> memory_;  // none: a view
  std::span<const T> values_;
};

}  // namespace monet
