#pragma once

#include "monet/core/matrix.h"
#include "monet/core/view.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::files {

/// What the header of a NumPy file says.
struct NpyHeader {
  std::string descr;  // NumPy's type string: "<f4", ">f8", "<i8", "|O", …
  bool fortran_order = false;
  std::vector<Index> shape;
  std::size_t data_offset = 0;  // bytes before the data

  /// "<f4 [6710, 128]".
  std::string describe() const;
};

/// Reads magic, version (1.0, 2.0, 3.0) and header, not the data. `name` stands for the file in messages. Throws
/// DataError for a wrong magic, an unknown version, a header that is not a dict literal of the three known keys, or one
/// that is cut off.
NpyHeader parse_npy_header(std::span<const std::byte> bytes, std::string_view name);
/// The same of a file. Throws IoError, DataError.
NpyHeader read_npy_header(const std::filesystem::path& path);

/// An array of f2, f4 or f8, of integers or truth values, either byte order, C or Fortran order, rank 1 (as [n, 1]) or
/// 2, as float32; f8 and wide integers are rounded, and what is beyond float32 becomes infinite. NaN and infinity pass.
/// Throws DataError: any other type (pickled objects are never read), another rank, a length that does not fit the
/// shape. O(size).
Matrix<float> parse_npy(std::span<const std::byte> bytes, std::string_view name);
Matrix<float> read_npy(const std::filesystem::path& path);

/// An array of i4 or i8, with the same rules.
Matrix<std::int64_t> parse_npy_int64(std::span<const std::byte> bytes, std::string_view name);
Matrix<std::int64_t> read_npy_int64(const std::filesystem::path& path);

/// Writes [rows, cols] as little-endian f4 in C order, version 1.0, atomically. Throws IoError.
void write_npy(const std::filesystem::path& path, MatrixView<const float> values);

}  // namespace monet::files
