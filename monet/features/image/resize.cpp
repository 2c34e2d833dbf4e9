#include "monet/features/image/resize.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::features {

namespace {
/// Which pixels of a line a new pixel covers, and how much of each.
struct Cover {
  Index first = 0;
  std::vector<float> shares;  // add up to 1
};

std::vector<Cover> covers(Index from, Index to) {
  std::vector<Cover> out(static_cast<std::size_t>(to));
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (Index i = 0; i < to; ++i) {
    Cover& cover = out[static_cast<std::size_t>(i)];
    const double begin = step * static_cast<double>(i);
    const double end = std::min(step * static_cast<double>(i + 1), static_cast<double>(from));
    cover.first = std::min(static_cast<Index>(begin), from - 1);
    for (Index p = cover.first; p < from && static_cast<double>(p) < end; ++p) {
      const double low = std::max(begin, static_cast<double>(p));
      const double high = std::min(end, static_cast<double>(p + 1));
      cover.shares.push_back(static_cast<float>((high - low) / (end - begin)));
    }
  }
  return out;
}

/// One line of the picture at its new width.
void shrink_line(const Image& image, Index y, const std::vector<Cover>& columns, std::vector<float>& line) {
  for (std::size_t x = 0; x < columns.size(); ++x) {
    const std::uint8_t* pixel = image.pixel(columns[x].first, y);
    float sum[3] = {0.0F, 0.0F, 0.0F};
    for (const float share : columns[x].shares) {
      for (int c = 0; c < 3; ++c) sum[c] += share * static_cast<float>(pixel[c]);
      pixel += 3;
    }
    std::copy_n(sum, 3, line.begin() + static_cast<std::ptrdiff_t>(3 * x));
  }
}
}  // namespace

Matrix<float> resize(const Image& image, Index width, Index height) {
  if (width < 1 || height < 1) fail<InvalidArgument>("[resize] to {} x {} pixels", width, height);
  const std::vector<Cover> columns = covers(image.width, width);
  Matrix<float> out = Matrix<float>::zeros(width * height, 3);
  std::vector<float> line(static_cast<std::size_t>(3 * width));
  Index at = -1;  // the picture's line that `line` holds
  Index row = 0;
  for (const Cover& cover : covers(image.height, height)) {
    float* target = out.row(row * width);
    for (std::size_t p = 0; p < cover.shares.size(); ++p) {
      const Index wanted = cover.first + static_cast<Index>(p);
      if (wanted != at) shrink_line(image, wanted, columns, line);
      at = wanted;
      for (std::size_t c = 0; c < line.size(); ++c) target[c] += cover.shares[p] * line[c];
    }
    ++row;
  }
  return out;
}

}  // namespace monet::features
