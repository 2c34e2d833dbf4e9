#include "monet/prepare/items/feature_writer.h"

#include "monet/core/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <limits>
#include <utility>

namespace monet::prepare {

static_assert(std::endian::native == std::endian::little, "rows are written as they lie in memory");

FeatureWriter::FeatureWriter(std::filesystem::path path, Index items)
    : path_(std::move(path)), items_(items), set_(static_cast<std::size_t>(items)) {}

void FeatureWriter::open(Index width) {
  if (width == 0) fail<DataError>("a row of features is empty");
  width_ = width;
  sum_.assign(static_cast<std::size_t>(width), 0.0);
  file_ = files::Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file_.valid()) files::fail_io(path_, "write", errno);
  constexpr std::size_t kPrefix = 10;  // magic, version 1.0, two bytes of length
  constexpr std::size_t kAlignment = 64;
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", items_, width_);
  header.append(kAlignment - (kPrefix + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.push_back(static_cast<char>(header.size() & 0xff));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  bytes += header;
  files::write_all(file_.get(), std::as_bytes(std::span(bytes)), path_);
  data_offset_ = static_cast<Index>(bytes.size());
}

void FeatureWriter::write_row(Index row, std::span<const float> values) {
  std::span<const std::byte> rest = std::as_bytes(values);
  Index offset = data_offset_ + row * static_cast<Index>(rest.size());
  while (!rest.empty()) {
    const ssize_t count = ::pwrite(file_.get(), rest.data(), rest.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) files::fail_io(path_, "write", errno);
    rest = rest.subspan(static_cast<std::size_t>(count));
    offset += count;
  }
}

void FeatureWriter::set(Index row, std::span<const float> values) {
  const auto width = static_cast<Index>(values.size());
  if (width_ == 0) open(width);
  if (width != width_) fail<DataError>("{} features where the rows before have {}", width, width_);
  const auto odd = std::find_if(values.begin(), values.end(), [](float x) { return !std::isfinite(x); });
  if (odd != values.end()) {
    if (std::all_of(values.begin(), values.end(), [](float x) { return std::isnan(x); })) return;
    fail<DataError>("feature {} is {}; features must be finite (a row that is all NaN counts as missing)",
                    odd - values.begin(), std::isnan(*odd) ? "NaN" : "infinite");
  }
  if (set_[static_cast<std::size_t>(row)]) {
    ++repeated_;
    return;
  }
  set_[static_cast<std::size_t>(row)] = true;
  ++count_;
  for (std::size_t c = 0; c < values.size(); ++c) sum_[c] += static_cast<double>(values[c]);
  write_row(row, values);
}

Coverage FeatureWriter::finish(MissingFeatures policy, const std::vector<std::string>& ids) {
  if (count_ == 0) fail<DataError>("no item of the dataset has features there; are they keyed by the same ids?");
  const Index missing = items_ - count_;
  const auto first = std::find(set_.begin(), set_.end(), false);
  if (missing > 0 && policy == MissingFeatures::error) {
    fail<DataError>("{} of {} items have no features, '{}' first; give `missing mean`, zero or keep", missing, items_,
                    ids[static_cast<std::size_t>(first - set_.begin())]);
  }
  std::vector<float> filler(sum_.size(),
                            policy == MissingFeatures::keep ? std::numeric_limits<float>::quiet_NaN() : 0.0F);
  if (policy == MissingFeatures::mean) {
    for (std::size_t c = 0; c < filler.size(); ++c)
      filler[c] = static_cast<float>(sum_[c] / static_cast<double>(count_));
  }
  for (Index row = 0; row < items_ && missing > 0; ++row) {
    if (!set_[static_cast<std::size_t>(row)]) write_row(row, filler);
  }
  if (const int error = file_.close(); error != 0) files::fail_io(path_, "write", error);
  return {width_, count_, missing};
}

}  // namespace monet::prepare
