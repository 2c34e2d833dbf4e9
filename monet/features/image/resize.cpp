#include "monet/features/image/resize.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::features {

namespace {
/// Which pixels of a line make a new pixel, and how much of each.
struct Cover {
  Index first = 0;
  std::vector<float> shares;  // add up to 1
};

/// The part of [begin, end) that pixel `p` fills.
double overlap(double begin, double end, Index p) {
  return std::min(end, static_cast<double>(p + 1)) - std::max(begin, static_cast<double>(p));
}

/// A triangle of height 1 over [centre - reach, centre + reach], at the middle of pixel `p`.
double triangle(double centre, double reach, Index p) {
  return 1.0 - std::abs(static_cast<double>(p) + 0.5 - centre) / reach;
}

std::vector<Cover> covers(Index from, Index to, Filter filter) {
  std::vector<Cover> out(static_cast<std::size_t>(to));
  const double step = static_cast<double>(from) / static_cast<double>(to);
  const double reach = std::max(step, 1.0);
  std::vector<double> weights;
  for (Index i = 0; i < to; ++i) {
    const double centre = step * (static_cast<double>(i) + 0.5);
    const double begin = filter == Filter::area ? step * static_cast<double>(i) : centre - reach;
    const double end = filter == Filter::area ? step * static_cast<double>(i + 1) : centre + reach;
    Cover& cover = out[static_cast<std::size_t>(i)];
    cover.first = std::clamp<Index>(static_cast<Index>(std::floor(begin)), 0, from - 1);
    weights.clear();
    double sum = 0.0;
    for (Index p = cover.first; p < from && static_cast<double>(p) < end; ++p) {
      weights.push_back(filter == Filter::area ? overlap(begin, end, p) : std::max(triangle(centre, reach, p), 0.0));
      sum += weights.back();
    }
    for (const double weight : weights) cover.shares.push_back(static_cast<float>(weight / sum));
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

Matrix<float> resize(const Image& image, Index width, Index height, Filter filter) {
  if (width < 1 || height < 1) fail<InvalidArgument>("[resize] to {} x {} pixels", width, height);
  const std::vector<Cover> columns = covers(image.width, width, filter);
  const std::vector<Cover> rows = covers(image.height, height, filter);
  Matrix<float> out = Matrix<float>::zeros(width * height, 3);
  std::vector<float> line(static_cast<std::size_t>(3 * width));
  // Each line of the picture is added to the new rows that it is part of; `oldest` is the first that is not finished.
  Index oldest = 0;
  for (Index y = 0; y < image.height; ++y) {
    shrink_line(image, y, columns, line);
    for (Index row = oldest; row < height; ++row) {
      const Cover& cover = rows[static_cast<std::size_t>(row)];
      if (cover.first > y) break;
      const auto at = static_cast<std::size_t>(y - cover.first);
      if (at >= cover.shares.size()) {
        oldest = row + 1;
        continue;
      }
      float* target = out.row(row * width);
      for (std::size_t c = 0; c < line.size(); ++c) target[c] += cover.shares[at] * line[c];
    }
  }
  return out;
}

}  // namespace monet::features
