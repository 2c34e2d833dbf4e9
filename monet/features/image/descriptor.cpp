#include "monet/features/image/descriptor.h"

#include "monet/features/image/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace monet::features {

namespace {
constexpr Index kSide = 128;
constexpr std::array<Index, 3> kColourBins = {4, 5, 5};
constexpr Index kColours = Index{4} * 5 * 5;
constexpr Index kDirections = 8;
constexpr Index kColourLevels = 2;     // 1 and 4 cells
constexpr Index kDirectionLevels = 3;  // 1, 4 and 16

using Lab = std::array<float, 3>;

float linear(float value) {
  const float v = value / 255.0F;
  return v <= 0.04045F ? v / 12.92F : std::pow((v + 0.055F) / 1.055F, 2.4F);
}

float lab_curve(float t) {
  constexpr float kKnee = 216.0F / 24389.0F;
  return t > kKnee ? std::cbrt(t) : t * (841.0F / 108.0F) + 4.0F / 29.0F;
}

/// sRGB (IEC 61966-2-1) to CIE L*a*b* under D65.
Lab to_lab(const float* rgb) {
  const float r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
  const float x = lab_curve((0.4124564F * r + 0.3575761F * g + 0.1804375F * b) / 0.95047F);
  const float y = lab_curve(0.2126729F * r + 0.7151522F * g + 0.0721750F * b);
  const float z = lab_curve((0.0193339F * r + 0.1191920F * g + 0.9503041F * b) / 1.08883F);
  return {116.0F * y - 16.0F, 500.0F * (x - y), 200.0F * (y - z)};
}

/// The two bins that share a value, and the share of the second.
struct Share {
  Index first;
  Index second;
  float part;
};

/// `position` counts bin centres from 0; beyond the ends, all of it goes to the last bin.
Share between(float position, Index bins) {
  const float inside = std::clamp(position, 0.0F, static_cast<float>(bins - 1));
  const auto first = static_cast<Index>(inside);
  return {first, std::min(first + 1, bins - 1), inside - static_cast<float>(first)};
}

void add_colour(const Lab& lab, std::span<float> histogram) {
  // L* spans [0, 100]; hardly any colour of the world has |a*| or |b*| above 60.
  const std::array<Share, 3> shares = {between(lab[0] / 100.0F * 3.0F, kColourBins[0]),
                                       between((lab[1] + 60.0F) / 30.0F, kColourBins[1]),
                                       between((lab[2] + 60.0F) / 30.0F, kColourBins[2])};
  for (unsigned corner = 0; corner < 8; ++corner) {
    float weight = 1.0F;
    Index bin = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const bool upper = (corner >> axis & 1U) != 0;
      weight *= upper ? shares[axis].part : 1.0F - shares[axis].part;
      bin = bin * kColourBins[axis] + (upper ? shares[axis].second : shares[axis].first);
    }
    histogram[static_cast<std::size_t>(bin)] += weight;
  }
}

/// Directions of edges, not of their sides: modulo π, weighted by the gradient's length.
void add_direction(float dx, float dy, std::span<float> histogram) {
  const float length = std::sqrt(dx * dx + dy * dy);
  if (length == 0.0F) return;
  float turns = std::atan2(dy, dx) / std::numbers::pi_v<float>;  // [-1, 1]
  if (turns < 0.0F) turns += 1.0F;
  const float position = turns * static_cast<float>(kDirections);
  const auto first = static_cast<Index>(position);
  const float part = position - static_cast<float>(first);
  histogram[static_cast<std::size_t>(first % kDirections)] += length * (1.0F - part);
  histogram[static_cast<std::size_t>((first + 1) % kDirections)] += length * part;
}

/// The cells of the finest level are counted; coarser ones are sums of four.
template <class Add>
void pyramid(Index levels, Index bins, std::span<float> out, Add&& add) {
  const Index side = Index{1} << (levels - 1);
  const auto level_start = [&](Index level) { return ((Index{1} << (2 * level)) - 1) / 3 * bins; };
  const auto cell = [&](Index level, Index x, Index y) {
    return out.subspan(static_cast<std::size_t>(level_start(level) + ((y << level) + x) * bins),
                       static_cast<std::size_t>(bins));
  };
  for (Index y = 0; y < kSide; ++y) {
    for (Index x = 0; x < kSide; ++x) add(x, y, cell(levels - 1, x * side / kSide, y * side / kSide));
  }
  for (Index level = levels - 1; level > 0; --level) {
    for (Index y = 0; y < Index{1} << level; ++y) {
      for (Index x = 0; x < Index{1} << level; ++x) {
        const std::span<float> from = cell(level, x, y);
        const std::span<float> into = cell(level - 1, x / 2, y / 2);
        for (std::size_t b = 0; b < from.size(); ++b) into[b] += from[b];
      }
    }
  }
}

/// Each histogram divided by its sum (plus `floor`, below which it is noise) and by the number of cells of its level,
/// and rooted: so every level has the same length.
void root(Index levels, Index bins, float floor, std::span<float> histograms) {
  for (Index level = 0; level < levels; ++level) {
    const Index cells = Index{1} << (2 * level);
    for (Index cell = 0; cell < cells; ++cell) {
      const auto histogram = histograms.first(static_cast<std::size_t>(bins));
      float sum = floor;
      for (const float value : histogram) sum += value;
      for (float& value : histogram) value = std::sqrt(value / (sum * static_cast<float>(cells)));
      histograms = histograms.subspan(histogram.size());
    }
  }
}
}  // namespace

void describe(const Image& image, std::span<float> row) {
  const Matrix<float> small = resize(image, kSide, kSide, Filter::area);
  Matrix<float> lab(kSide * kSide, 3);
  for (Index p = 0; p < small.rows(); ++p) {
    const Lab colour = to_lab(small.row(p));
    std::copy(colour.begin(), colour.end(), lab.row(p));
  }
  std::fill(row.begin(), row.end(), 0.0F);
  const auto colours = row.first(static_cast<std::size_t>(5 * kColours));
  const auto directions = row.subspan(colours.size());
  pyramid(kColourLevels, kColours, colours, [&](Index x, Index y, std::span<float> histogram) {
    const float* at = lab.row(y * kSide + x);
    add_colour({at[0], at[1], at[2]}, histogram);
  });
  const auto lightness = [&](Index x, Index y) {
    return lab(std::clamp<Index>(y, 0, kSide - 1) * kSide + std::clamp<Index>(x, 0, kSide - 1), 0);
  };
  pyramid(kDirectionLevels, kDirections, directions, [&](Index x, Index y, std::span<float> histogram) {
    add_direction(lightness(x + 1, y) - lightness(x - 1, y), lightness(x, y + 1) - lightness(x, y - 1), histogram);
  });
  root(kColourLevels, kColours, 0.0F, colours);
  root(kDirectionLevels, kDirections, 1.0F, directions);
  float squares = 0.0F;
  for (const float value : row) squares += value * value;
  const float scale = 1.0F / std::sqrt(squares);
  for (float& value : row) value *= scale;
}

}  // namespace monet::features
