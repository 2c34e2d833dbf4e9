// Row numbers of texts in order of appearance, as pandas.factorize gives them, at several times its speed: a column of
// ids mostly holds the same objects again, and an object is known by its address.
#include "python/src/factorize.h"

#include "monet/core/matrix.h"
#include "python/src/arrays.h"

#include <pybind11/numpy.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace monet::python {

namespace py = pybind11;

namespace {

constexpr std::size_t kAtOnce = 64;                   // rows
constexpr std::size_t kTried = std::size_t{1} << 16;  // rows before it is judged whether addresses help
constexpr std::size_t kBegin = 16;                    // bytes of a text that are kept beside its code

std::size_t mixed(std::uint64_t bits) {
  bits *= 0x9E3779B97F4A7C15U;
  return static_cast<std::size_t>(bits ^ (bits >> 32));
}

/// A table that is reached at random: its bytes lie in large pages (core/buffer.h).
template <class Slot>
class Slots {
 public:
  explicit Slots(std::size_t size) : size_(size), held_(1, static_cast<Index>(size)) {
    std::uninitialized_fill_n(held_.data(), size, Slot{});
  }
  std::size_t size() const { return size_; }
  Slot& operator[](std::size_t at) { return held_.data()[at]; }
  const Slot& operator[](std::size_t at) const { return held_.data()[at]; }

 private:
  std::size_t size_;
  Matrix<Slot> held_;
};

/// Codes of objects by their address. Open addressing, at most half full.
class Addresses {
 public:
  Addresses() { resize(std::size_t{1} << 12); }

  void prefetch(const PyObject* object) const { __builtin_prefetch(&slots_[place(object)]); }
  /// The code, or -1.
  std::int32_t find(const PyObject* object) const {
    for (std::size_t at = place(object);; at = (at + 1) & mask_) {
      if (slots_[at].object == object) return slots_[at].code;
      if (slots_[at].object == nullptr) return -1;
    }
  }
  void add(const PyObject* object, std::int32_t code) {
    if (2 * (used_ + 1) > slots_.size()) resize(2 * slots_.size());
    insert({object, code});
    ++used_;
  }

 private:
  struct Slot {
    const PyObject* object = nullptr;
    std::int32_t code = -1;
  };
  std::size_t place(const PyObject* object) const { return mixed(std::bit_cast<std::uintptr_t>(object) >> 4) & mask_; }
  void insert(Slot slot) {
    std::size_t at = place(slot.object);
    while (slots_[at].object != nullptr) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
  void resize(std::size_t size) {
    const Slots<Slot> old = std::exchange(slots_, Slots<Slot>(size));
    mask_ = size - 1;
    for (std::size_t at = 0; at < old.size(); ++at) {
      if (old[at].object != nullptr) insert(old[at]);
    }
  }

  Slots<Slot> slots_{0};
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

std::size_t bytes_of(PyObject* text) {
  return static_cast<std::size_t>(PyUnicode_GET_LENGTH(text)) * static_cast<std::size_t>(PyUnicode_KIND(text));
}

bool same_text(PyObject* a, PyObject* b) {
  if (PyUnicode_GET_LENGTH(a) != PyUnicode_GET_LENGTH(b) || PyUnicode_KIND(a) != PyUnicode_KIND(b)) return false;
  return std::memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), bytes_of(a)) == 0;
}

/// Of the characters; Python's own would write into every object.
std::uint64_t hash_of(PyObject* text) {
  const auto* at = static_cast<const char*>(PyUnicode_DATA(text));
  std::size_t left = bytes_of(text);
  std::uint64_t hash = left + static_cast<std::uint64_t>(PyUnicode_KIND(text));
  while (left > 0) {
    std::uint64_t word = 0;
    const std::size_t taken = std::min(left, sizeof word);
    std::memcpy(&word, at, taken);
    hash = (std::rotl(hash, 23) ^ word) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29;
    at += taken;
    left -= taken;
  }
  return hash;
}

/// Codes of texts by what they say. Open addressing, at most half full.
class Texts {
 public:
  Texts() { resize(std::size_t{1} << 12); }

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[mixed(hash) & mask_]); }
  /// The text that stands where one of this hash would be sought first.
  void prefetch_text(std::uint64_t hash) const {
    const Slot& slot = slots_[mixed(hash) & mask_];
    if (slot.code >= 0 && slot.shape == 0) __builtin_prefetch(texts_[static_cast<std::size_t>(slot.code)]);
  }
  /// The code of the text, a new one where it was not met; `row` is then noted as its first.
  std::int32_t code(PyObject* text, std::uint64_t hash, std::int64_t row) {
    Slot sought = slot_of(text, hash, static_cast<std::int32_t>(texts_.size()));
    for (std::size_t at = mixed(hash) & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.code < 0) break;
      if (is_same(slot, sought, text)) return slot.code;
    }
    if (2 * (texts_.size() + 1) > slots_.size()) resize(2 * slots_.size());
    insert(sought);
    texts_.push_back(text);
    first_.push_back(row);
    return sought.code;
  }
  std::size_t size() const { return texts_.size(); }
  std::vector<std::int64_t> take_first() { return std::move(first_); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::int32_t code = -1;
    std::uint32_t shape = 0;  // length and kind of a text that is kept whole, otherwise 0
    std::array<char, kBegin> begin = {};
  };
  static Slot slot_of(PyObject* text, std::uint64_t hash, std::int32_t code) {
    Slot slot{hash, code};
    const std::size_t bytes = bytes_of(text);
    if (bytes == 0 || bytes > kBegin) return slot;
    slot.shape = static_cast<std::uint32_t>(bytes * 8 + static_cast<std::size_t>(PyUnicode_KIND(text)));
    std::memcpy(slot.begin.data(), PyUnicode_DATA(text), bytes);
    return slot;
  }
  bool is_same(const Slot& known, const Slot& sought, PyObject* text) const {
    if (known.hash != sought.hash || known.shape != sought.shape) return false;
    if (known.shape != 0) return known.begin == sought.begin;
    return same_text(texts_[static_cast<std::size_t>(known.code)], text);
  }
  void insert(const Slot& slot) {
    std::size_t at = mixed(slot.hash) & mask_;
    while (slots_[at].code >= 0) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
  void resize(std::size_t size) {
    const Slots<Slot> old = std::exchange(slots_, Slots<Slot>(size));
    mask_ = size - 1;
    for (std::size_t at = 0; at < old.size(); ++at) {
      if (old[at].code >= 0) insert(old[at]);
    }
  }

  Slots<Slot> slots_{0};
  std::size_t mask_ = 0;
  std::vector<PyObject*> texts_;  // kept by the array
  std::vector<std::int64_t> first_;
};

/// Goes over a column a few rows at a time, so that what a row needs is on its way from memory while others are done.
class Factorizer {
 public:
  explicit Factorizer(std::size_t rows) : codes_(rows) {}

  /// False where something is no text.
  bool add(std::span<PyObject* const> objects, std::size_t row) {
    if (by_address_) {
      for (const PyObject* object : objects) addresses_.prefetch(object);
    }
    std::size_t count = 0;
    for (std::size_t n = 0; n < objects.size(); ++n) {
      const std::int32_t code = by_address_ ? addresses_.find(objects[n]) : -1;
      codes_[row + n] = code;
      if (code < 0) unknown_[count++] = n;
    }
    const std::span<const std::size_t> unknown(unknown_.data(), count);
    for (const std::size_t n : unknown) __builtin_prefetch(objects[n]);
    for (const std::size_t n : unknown) {
      if (objects[n] == nullptr || !PyUnicode_CheckExact(objects[n])) return false;
      hashes_[n] = hash_of(objects[n]);
      texts_.prefetch(hashes_[n]);
    }
    for (const std::size_t n : unknown) texts_.prefetch_text(hashes_[n]);
    const std::size_t before = texts_.size();
    for (const std::size_t n : unknown) {
      codes_[row + n] = texts_.code(objects[n], hashes_[n], static_cast<std::int64_t>(row + n));
      if (by_address_) addresses_.add(objects[n], codes_[row + n]);
    }
    seen_ += objects.size();
    known_ += objects.size() - count;
    copies_ += count - (texts_.size() - before);
    if (by_address_ && seen_ >= kTried && copies_ > known_) {
      by_address_ = false;
      addresses_ = Addresses();
    }
    return true;
  }
  py::tuple result() { return py::make_tuple(take(std::move(codes_)), take(texts_.take_first())); }

 private:
  std::vector<std::int32_t> codes_;
  Addresses addresses_;
  Texts texts_;
  bool by_address_ = true;
  std::size_t seen_ = 0;
  std::size_t known_ = 0;   // by their address
  std::size_t copies_ = 0;  // known by what they say alone
  std::array<std::size_t, kAtOnce> unknown_{};
  std::array<std::uint64_t, kAtOnce> hashes_{};
};

/// (codes, rows where each code is met first), or None where something is no text, or there are too many.
py::object factorize(const py::array& column) {
  if (column.dtype().kind() != 'O' || column.ndim() != 1 || column.size() > std::int64_t{1} << 31) return py::none();
  const auto rows = static_cast<std::size_t>(column.size());
  const auto stride = column.strides(0);
  const auto* bytes = static_cast<const char*>(column.data());
  Factorizer factorizer(rows);
  std::array<PyObject*, kAtOnce> objects{};
  for (std::size_t row = 0; row < rows; row += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, rows - row);
    for (std::size_t n = 0; n < count; ++n) {
      std::memcpy(&objects[n], bytes + static_cast<py::ssize_t>(row + n) * stride, sizeof(PyObject*));
    }
    if (!factorizer.add({objects.data(), count}, row)) return py::none();
  }
  return factorizer.result();
}

}  // namespace

void bind_factorize(py::module_& module) {
  module.def("factorize", &factorize, py::arg("column"));
}

}  // namespace monet::python
