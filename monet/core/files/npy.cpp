#include "monet/core/files/npy.h"

#include "monet/core/files/atomic.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/files/npy_elements.h"

#include <fmt/core.h>

#include <bit>

namespace monet::files {

Matrix<float> parse_npy(std::span<const std::byte> bytes, std::string_view name) {
  const NpyHeader header = parse_npy_header(bytes, name);
  const auto data = bytes.subspan(header.data_offset);
  const NpyLayout layout = layout_of_floats(header, data.size(), name);
  Matrix<float> out(layout.rows, layout.cols);
  convert_elements(layout, data, out.view());
  return out;
}

Matrix<float> read_npy(const std::filesystem::path& path) {
  return parse_npy(MappedFile(path).bytes(), path.string());
}

Matrix<std::int64_t> parse_npy_int64(std::span<const std::byte> bytes, std::string_view name) {
  const NpyHeader header = parse_npy_header(bytes, name);
  const auto data = bytes.subspan(header.data_offset);
  const NpyLayout layout = layout_of_int64(header, data.size(), name);
  Matrix<std::int64_t> out(layout.rows, layout.cols);
  const auto fill = [&](auto convert) { fill_elements(data.data(), layout, out.view(), convert); };
  const bool swap = layout.swapped;
  if (layout.element_bytes == 4) {
    fill([swap](const std::byte* at) -> std::int64_t { return load_element<std::int32_t>(at, swap); });
  } else {
    fill([swap](const std::byte* at) { return load_element<std::int64_t>(at, swap); });
  }
  return out;
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
