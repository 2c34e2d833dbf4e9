#include "monet/core/files/npy_elements.h"

#include "monet/core/error.h"
#include "monet/core/files/half.h"

#include <fmt/core.h>

#include <bit>
#include <cstdint>
#include <limits>

namespace monet::files {

namespace {
/// Shape of an array whose elements are of the layout's type, checked against the length of the data.
NpyLayout with_shape(NpyLayout layout, const NpyHeader& header, std::size_t data_bytes, std::string_view name) {
  if (header.shape.empty() || header.shape.size() > 2) {
    fail<DataError>("{}: an array of rank {} ({}); expected [items, width], so reshape it", name, header.shape.size(),
                    header.describe());
  }
  layout.rows = header.shape[0];
  layout.cols = header.shape.size() == 2 ? header.shape[1] : 1;
  layout.fortran = header.fortran_order;
  std::uint64_t expected = layout.element_bytes;
  if (__builtin_mul_overflow(expected, static_cast<std::uint64_t>(layout.rows), &expected) ||
      __builtin_mul_overflow(expected, static_cast<std::uint64_t>(layout.cols), &expected) ||
      std::max(layout.rows, layout.cols) > std::numeric_limits<std::int32_t>::max()) {
    fail<DataError>("{}: the shape of {} is too large", name, header.describe());
  }
  if (expected != data_bytes) {
    fail<DataError>("{}: {}: {} needs {} bytes of data, the file has {}; write it again with numpy.save", name,
                    data_bytes < expected ? "truncated" : "too long", header.describe(), expected, data_bytes);
  }
  return layout;
}

NpyLayout element_type(const NpyHeader& header, std::string_view name) {
  const std::string& descr = header.descr;
  if (descr.find('O') != std::string::npos) {
    fail<DataError>(
        "{}: holds pickled Python objects (dtype object), which are never read; save numbers: "
        "numpy.save(path, numpy.stack(list).astype('float32'))",
        name);
  }
  const bool plain = descr.size() == 3 && std::string_view("<>=|").find(descr[0]) != std::string_view::npos &&
                     descr[2] >= '1' && descr[2] <= '8';
  NpyLayout layout;
  if (!plain) return layout;
  layout.kind = descr[1];
  layout.element_bytes = static_cast<std::size_t>(descr[2] - '0');
  layout.swapped = descr[0] == '>';
  return layout;
}

template <class Word>
void convert_words(const NpyLayout& layout, std::span<const std::byte> data, MatrixView<float> target) {
  fill_elements(data.data(), layout, target, [swapped = layout.swapped](const std::byte* at) {
    return static_cast<float>(load_element<Word>(at, swapped));
  });
}
}  // namespace

NpyLayout layout_of_floats(const NpyHeader& header, std::size_t data_bytes, std::string_view name) {
  const NpyLayout type = element_type(header, name);
  const std::size_t size = type.element_bytes;
  const bool known = (type.kind == 'f' && (size == 2 || size == 4 || size == 8)) || type.kind == 'i' ||
                     type.kind == 'u' || (type.kind == 'b' && size == 1);
  if (!known || !std::has_single_bit(size)) {
    fail<DataError>("{}: elements of type {}; expected numbers, so save array.astype('float32')", name, header.descr);
  }
  return with_shape(type, header, data_bytes, name);
}

NpyLayout layout_of_int64(const NpyHeader& header, std::size_t data_bytes, std::string_view name) {
  const NpyLayout type = element_type(header, name);
  if (type.kind != 'i' || (type.element_bytes != 4 && type.element_bytes != 8)) {
    fail<DataError>("{}: elements of type {}; expected i4 or i8", name, header.descr);
  }
  return with_shape(type, header, data_bytes, name);
}

void convert_elements(const NpyLayout& layout, std::span<const std::byte> data, MatrixView<float> target) {
  switch (layout.kind) {
    case 'b':
      return fill_elements(data.data(), layout, target,
                           [](const std::byte* at) { return *at != std::byte{0} ? 1.0F : 0.0F; });
    case 'i':
      switch (layout.element_bytes) {
        case 1: return convert_words<std::int8_t>(layout, data, target);
        case 2: return convert_words<std::int16_t>(layout, data, target);
        case 4: return convert_words<std::int32_t>(layout, data, target);
        default: return convert_words<std::int64_t>(layout, data, target);
      }
    case 'u':
      switch (layout.element_bytes) {
        case 1: return convert_words<std::uint8_t>(layout, data, target);
        case 2: return convert_words<std::uint16_t>(layout, data, target);
        case 4: return convert_words<std::uint32_t>(layout, data, target);
        default: return convert_words<std::uint64_t>(layout, data, target);
      }
    default: break;
  }
  switch (layout.element_bytes) {
    case 2:
      return fill_elements(data.data(), layout, target, [swapped = layout.swapped](const std::byte* at) {
        return half_to_float(load_element<std::uint16_t>(at, swapped));
      });
    case 4: return convert_words<float>(layout, data, target);
    default: return convert_words<double>(layout, data, target);
  }
}

}  // namespace monet::files
