#pragma once

#include "monet/core/files/npy.h"
#include "monet/core/view.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace monet::files {

/// How the elements of an array lie in its file.
struct NpyLayout {
  char kind = '?';  // NumPy's: 'f', 'i', 'u', 'b'
  std::size_t element_bytes = 0;
  bool swapped = false;  // bytes of an element are in the other order
  bool fortran = false;  // columns one behind the other
  Index rows = 0;
  Index cols = 0;
};

/// The layout of what `parse_npy` takes, whose data are `data_bytes` long. Throws DataError as it does.
NpyLayout layout_of_floats(const NpyHeader& header, std::size_t data_bytes, std::string_view name);
/// The same of `parse_npy_int64`.
NpyLayout layout_of_int64(const NpyHeader& header, std::size_t data_bytes, std::string_view name);

/// Elements of a type that `layout` names, as many as `target` has, in its order of rows and columns, as float32.
void convert_elements(const NpyLayout& layout, std::span<const std::byte> data, MatrixView<float> target);

template <class Word>
Word load_element(const std::byte* from, bool swapped) {
  Word word;
  if (!swapped) {
    std::memcpy(&word, from, sizeof word);
    return word;
  }
  std::byte reversed[sizeof(Word)];
  std::reverse_copy(from, from + sizeof word, reversed);
  std::memcpy(&word, reversed, sizeof word);
  return word;
}

/// Calls `convert(bytes of one element)` for each element of `target`. Fortran order goes in blocks that stay in cache.
template <class Out, class Convert>
void fill_elements(const std::byte* data, const NpyLayout& layout, MatrixView<Out> target, Convert convert) {
  const std::size_t bytes = layout.element_bytes;
  if (!layout.fortran) {
    for (Index r = 0; r < target.rows; ++r) {
      Out* row = target.row(r);
      const std::byte* from = data + static_cast<std::size_t>(r * target.cols) * bytes;
      for (Index c = 0; c < target.cols; ++c) row[c] = convert(from + static_cast<std::size_t>(c) * bytes);
    }
    return;
  }
  constexpr Index kBlock = 32;
  for (Index r0 = 0; r0 < target.rows; r0 += kBlock) {
    for (Index c0 = 0; c0 < target.cols; c0 += kBlock) {
      for (Index c = c0; c < std::min(c0 + kBlock, target.cols); ++c) {
        for (Index r = r0; r < std::min(r0 + kBlock, target.rows); ++r) {
          target(r, c) = convert(data + static_cast<std::size_t>(c * target.rows + r) * bytes);
        }
      }
    }
  }
}

}  // namespace monet::files
