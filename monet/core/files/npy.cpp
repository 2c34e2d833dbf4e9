#include "monet/core/files/npy.h"

#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/half.h"
#include "monet/core/files/mapped_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace monet::files {

namespace {
template <class Word>
Word load(const std::byte* from, bool swapped) {
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

struct Layout {
  Index rows = 0;
  Index cols = 0;
  bool fortran = false;
  std::span<const std::byte> data;
};

/// Shape and data of an array whose elements take `element_bytes`, checked against the length of the file.
Layout layout_of(const NpyHeader& header, std::span<const std::byte> bytes, std::size_t element_bytes,
                 std::string_view name) {
  if (header.shape.empty() || header.shape.size() > 2) {
    fail<DataError>("{}: an array of rank {} ({}); expected [items, width], so reshape it", name, header.shape.size(),
                    header.describe());
  }
  Layout layout;
  layout.rows = header.shape[0];
  layout.cols = header.shape.size() == 2 ? header.shape[1] : 1;
  layout.fortran = header.fortran_order;
  layout.data = bytes.subspan(header.data_offset);
  std::uint64_t expected = element_bytes;
  if (__builtin_mul_overflow(expected, static_cast<std::uint64_t>(layout.rows), &expected) ||
      __builtin_mul_overflow(expected, static_cast<std::uint64_t>(layout.cols), &expected) ||
      std::max(layout.rows, layout.cols) > std::numeric_limits<std::int32_t>::max()) {
    fail<DataError>("{}: the shape of {} is too large", name, header.describe());
  }
  if (expected != layout.data.size()) {
    fail<DataError>("{}: {}: {} needs {} bytes of data, the file has {}; write it again with numpy.save", name,
                    layout.data.size() < expected ? "truncated" : "too long", header.describe(), expected,
                    layout.data.size());
  }
  return layout;
}

/// Calls `convert(bytes of one element)` for each element. Fortran order goes in blocks that stay in cache.
template <class Out, class Convert>
Matrix<Out> fill_matrix(const Layout& layout, std::size_t element_bytes, Convert convert) {
  Matrix<Out> out(layout.rows, layout.cols);
  const std::byte* data = layout.data.data();
  if (!layout.fortran) {
    const Index size = out.size();
    for (Index k = 0; k < size; ++k) out.data()[k] = convert(data + static_cast<std::size_t>(k) * element_bytes);
    return out;
  }
  constexpr Index kBlock = 32;
  for (Index r0 = 0; r0 < layout.rows; r0 += kBlock) {
    for (Index c0 = 0; c0 < layout.cols; c0 += kBlock) {
      for (Index c = c0; c < std::min(c0 + kBlock, layout.cols); ++c) {
        for (Index r = r0; r < std::min(r0 + kBlock, layout.rows); ++r) {
          out(r, c) = convert(data + static_cast<std::size_t>(c * layout.rows + r) * element_bytes);
        }
      }
    }
  }
  return out;
}

template <class Word, class Convert>
Matrix<float> converted(const Layout& layout, bool swapped, Convert convert) {
  return fill_matrix<float>(layout, sizeof(Word),
                            [swapped, convert](const std::byte* at) { return convert(load<Word>(at, swapped)); });
}

template <class Word>
Matrix<float> plain(const Layout& layout, bool swapped) {
  return converted<Word>(layout, swapped, [](Word word) { return static_cast<float>(word); });
}

struct ElementType {
  char kind;
  std::size_t bytes;
  bool swapped;
};

ElementType element_type(const NpyHeader& header, std::string_view name) {
  const std::string& descr = header.descr;
  if (descr.find('O') != std::string::npos) {
    fail<DataError>(
        "{}: holds pickled Python objects (dtype object), which are never read; save numbers: "
        "numpy.save(path, numpy.stack(list).astype('float32'))",
        name);
  }
  const bool plain = descr.size() == 3 && std::string_view("<>=|").find(descr[0]) != std::string_view::npos &&
                     descr[2] >= '1' && descr[2] <= '8';
  if (!plain) return {'?', 0, false};
  return {descr[1], static_cast<std::size_t>(descr[2] - '0'), descr[0] == '>'};
}
}  // namespace

Matrix<float> parse_npy(std::span<const std::byte> bytes, std::string_view name) {
  const NpyHeader header = parse_npy_header(bytes, name);
  const auto [kind, size, swapped] = element_type(header, name);
  const bool known = (kind == 'f' && (size == 2 || size == 4 || size == 8)) || kind == 'i' || kind == 'u' ||
                     (kind == 'b' && size == 1);
  if (!known || !std::has_single_bit(size)) {
    fail<DataError>("{}: elements of type {}; expected numbers, so save array.astype('float32')", name, header.descr);
  }
  const Layout layout = layout_of(header, bytes, size, name);
  switch (kind) {
    case 'b': return converted<std::uint8_t>(layout, false, [](std::uint8_t flag) { return flag != 0 ? 1.0F : 0.0F; });
    case 'i':
      switch (size) {
        case 1: return plain<std::int8_t>(layout, swapped);
        case 2: return plain<std::int16_t>(layout, swapped);
        case 4: return plain<std::int32_t>(layout, swapped);
        default: return plain<std::int64_t>(layout, swapped);
      }
    case 'u':
      switch (size) {
        case 1: return plain<std::uint8_t>(layout, swapped);
        case 2: return plain<std::uint16_t>(layout, swapped);
        case 4: return plain<std::uint32_t>(layout, swapped);
        default: return plain<std::uint64_t>(layout, swapped);
      }
    default: break;
  }
  switch (size) {
    case 2: return converted<std::uint16_t>(layout, swapped, half_to_float);
    case 4: return plain<float>(layout, swapped);
    default: return plain<double>(layout, swapped);
  }
}

Matrix<float> read_npy(const std::filesystem::path& path) {
  return parse_npy(MappedFile(path).bytes(), path.string());
}

Matrix<std::int64_t> parse_npy_int64(std::span<const std::byte> bytes, std::string_view name) {
  const NpyHeader header = parse_npy_header(bytes, name);
  const auto [kind, size, swapped] = element_type(header, name);
  if (kind != 'i' || (size != 4 && size != 8)) {
    fail<DataError>("{}: elements of type {}; expected i4 or i8", name, header.descr);
  }
  const Layout layout = layout_of(header, bytes, size, name);
  const bool swap = swapped;
  if (size == 4) {
    return fill_matrix<std::int64_t>(
        layout, size, [swap](const std::byte* at) -> std::int64_t { return load<std::int32_t>(at, swap); });
  }
  return fill_matrix<std::int64_t>(layout, size, [swap](const std::byte* at) { return load<std::int64_t>(at, swap); });
}

Matrix<std::int64_t> read_npy_int64(const std::filesystem::path& path) {
  return parse_npy_int64(MappedFile(path).bytes(), path.string());
}

void write_npy(const std::filesystem::path& path, MatrixView<const float> values) {
  static_assert(std::endian::native == std::endian::little);
  std::string dict =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", values.rows, values.cols);
  constexpr std::size_t kPrefix = 10;  // magic, version, header length
  constexpr std::size_t kAlignment = 64;
  dict.append(kAlignment - 1 - (kPrefix + dict.size()) % kAlignment, ' ');
  dict.push_back('\n');
  const auto length = static_cast<std::uint16_t>(dict.size());

  AtomicFile file(path);
  file.write(std::string_view("\x93NUMPY\x01\x00", 8));
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(dict);
  for (Index r = 0; r < values.rows; ++r) file.write(std::as_bytes(values.row_span(r)));
  file.commit();
}

}  // namespace monet::files
