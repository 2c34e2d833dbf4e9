#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace monet::files {

/// What bytes are, told by themselves and never by a file's name. `none`: nothing that is known here, such as a table
/// or records in UTF-8.
enum class ForeignKind {
  none,
  // Placeholders, and answers of servers in place of a file.
  lfs_pointer,
  annex_pointer,
  dvc_pointer,
  drive_page,
  html,
  xml_error,
  server_answer,
  // Columnar and database files.
  parquet,
  orc,
  arrow,
  feather,
  avro,
  duckdb,
  sqlite,
  access,
  // Containers and compressed streams.
  zip,
  seven_zip,
  rar,
  tar,
  gzip,
  zstd,
  xz,
  lzma,
  bzip2,
  lz4,
  lzip,
  compress,
  snappy,
  // Spreadsheets and documents.
  xlsx,
  xls,
  xml_spreadsheet,
  ods,
  numbers,
  word,
  slides,
  pdf,
  rtf,
  xml,
  // Arrays and models.
  npy,
  npz,
  hdf5,
  matlab,
  pickle,
  torch,
  keras,
  safetensors,
  r_data,
  stata,
  spss,
  sas,
  // Pictures.
  png,
  jpeg,
  gif,
  webp,
  bmp,
  tiff,
  heif,
  // Texts of other kinds, texts in other encodings, and the rest.
  sql,
  arff,
  matrix_market,
  utf16,
  utf32,
  apple_double,
  binary,
};

/// How many of the first bytes are looked at.
inline constexpr std::size_t kForeignBytes = 4096;
/// How many of them tell the kinds of zip files apart, with as many of the last ones.
inline constexpr std::size_t kForeignHead = std::size_t{1} << 16;

/// The kind of a file that begins with `head`: up to its first 64 KiB (kForeignBytes are enough for all but the kinds
/// of zip files). `tail` may hold its last bytes, where a zip file lists its members. O(size).
ForeignKind foreign_kind(std::string_view head, std::string_view tail = {});

/// The kind of zip file with members of these names: `xlsx`, `torch`, … or just `zip`.
ForeignKind kind_of_members(const std::vector<std::string>& names);

}  // namespace monet::files
