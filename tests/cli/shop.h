#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace monet::test {

/// Reads a whole file; std::runtime_error when it cannot be read.
std::string read_text(const std::filesystem::path& path);
/// Writes a whole file, making its folder.
void write_text(const std::filesystem::path& path, std::string_view text);
/// The lines of a text, without line ends.
std::vector<std::string> lines_of(const std::string& text);

/// The bytes of an npy file, version 1.0: any header text, so that broken ones can be made too.
std::string npy_bytes(const std::string& descr, const std::string& shape, std::string_view data,
                      bool fortran_order = false);
/// `[rows, cols]` float32 with values that differ from row to row.
std::string npy_features(std::size_t rows, std::size_t cols, unsigned seed = 1);
/// The same with one value replaced.
std::string npy_features_with(std::size_t rows, std::size_t cols, std::size_t row, std::size_t col, float value);

constexpr std::size_t kUsers = 24;
constexpr std::size_t kItems = 18;
constexpr std::size_t kWidth = 6;

/// A dataset directory in the 5-core layout: kUsers users, each with 6 training items, one validation and one test
/// item, kItems items, modalities `image` and `text` of width kWidth.
void write_five_core(const std::filesystem::path& folder);
/// The same interactions in the MMRec layout, with external ids (`u0` …, `i0` …).
void write_mmrec(const std::filesystem::path& folder);

/// Items of a user in these datasets; all distinct, and every item is in somebody's training.
std::vector<std::size_t> training_items(std::size_t user);
std::size_t validation_item(std::size_t user);
std::size_t test_item(std::size_t user);

}  // namespace monet::test
