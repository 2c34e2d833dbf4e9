#include "monet/kernels/target_attention.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::kernels::testing {
namespace {

using Floats = std::vector<float>;
using Ids = std::vector<std::int32_t>;

constexpr float kUntouched = -12345.0F;
constexpr std::array<std::size_t, 12> kLengths{1, 2, 7, 8, 15, 16, 17, 31, 33, 64, 65, 129};

/// Softmax attention of one target over a history in float64, with bounds on what float32 may differ by.
struct Attention {
  double score = 0.0;
  double score_tolerance = 0.0;
  std::vector<double> slopes, slope_tolerances;

  Attention(const Strided& items, const Ids& history, const Strided& targets, Index target, std::int32_t exclude) {
    const std::size_t n = history.size();
    std::vector<double> s(n), weight(n);
    double dot_error = 0.0;
    const auto left_out = [&](std::size_t k) { return n > 1 && history[k] == exclude; };
    for (std::size_t k = 0; k < n; ++k) {
      double magnitude = 0.0;
      for (Index c = 0; c < items.cols(); ++c) {
        const double product = static_cast<double>(items(history[k], c)) * targets(target, c);
        s[k] += product;
        magnitude += std::abs(product);
      }
      dot_error = std::max(dot_error, static_cast<double>(items.cols() + 1) * kUnit * magnitude);
    }
    double maximum = -1e300;
    for (std::size_t k = 0; k < n; ++k) maximum = left_out(k) ? maximum : std::max(maximum, s[k]);
    double total = 0.0;
    for (std::size_t k = 0; k < n; ++k) total += weight[k] = left_out(k) ? 0.0 : std::exp(s[k] - maximum);
    for (std::size_t k = 0; k < n; ++k) score += weight[k] / total * s[k];
    // A weight is off by its argument's error (of the score, and of the difference from the maximum), 2 ulp of the
    // exponential, and the sum it is divided by.
    const auto weight_error = [&](std::size_t k) {
      return 2.0 * dot_error + kUnit * (std::abs(s[k] - maximum) + static_cast<double>(n) + 8.0);
    };
    for (std::size_t k = 0; k < n; ++k) {
      score_tolerance += weight[k] / total * (dot_error + weight_error(k) * std::abs(s[k] - score));
    }
    score_tolerance += 4.0 * kUnit * (std::abs(score) + std::abs(maximum));
    for (std::size_t k = 0; k < n; ++k) {
      const double a = weight[k] / total;
      const double rest = 1.0 + s[k] - score;
      slopes.push_back(left_out(k) ? 0.0 : a * rest);
      // A weight below the smallest normal number may be flushed to zero.
      const double flushed = 1.2e-38 * (1.0 + std::abs(rest));
      slope_tolerances.push_back(a * (weight_error(k) * std::abs(rest) + dot_error + score_tolerance +
                                      4.0 * kUnit * (1.0 + std::abs(s[k] - maximum) + std::abs(score - maximum))) +
                                 flushed);
    }
  }
};

Ids random_history(std::size_t size, Index items, std::uint64_t seed) {
  Ids all(static_cast<std::size_t>(items));
  std::iota(all.begin(), all.end(), 0);
  Rng rng(seed);
  for (std::size_t k = 0; k < size; ++k) std::swap(all[k], all[k + rng.below(all.size() - k)]);
  all.resize(size);
  std::sort(all.begin(), all.end());
  return all;
}

void expect_attention(const Strided& items, const Ids& history, const Strided& targets, std::int32_t exclude) {
  const std::size_t n = history.size();
  const std::size_t room = n + static_cast<std::size_t>(kSlopePadding);
  Floats positive(room + 3, kUntouched), negative(room + 3, kUntouched);
  // From the second float on, off any alignment.
  const TargetScores got = target_attention(items.view(), history, targets.view().row(0), targets.view().row(1),
                                            exclude, positive.data() + 1, negative.data() + 1);
  const Attention want_positive(items, history, targets, 0, exclude);
  const Attention want_negative(items, history, targets, 1, -1);
  EXPECT_TRUE(close(got.positive, want_positive.score, want_positive.score_tolerance));
  EXPECT_TRUE(close(got.negative, want_negative.score, want_negative.score_tolerance));
  EXPECT_NEAR(target_attention_reference(items.view(), history, targets.view().row(0), exclude), want_positive.score,
              1e-12 * (1.0 + std::abs(want_positive.score)));
  for (std::size_t k = 0; k < n; ++k) {
    ASSERT_TRUE(close(positive[k + 1], want_positive.slopes[k], want_positive.slope_tolerances[k])) << "entry " << k;
    ASSERT_TRUE(close(negative[k + 1], want_negative.slopes[k], want_negative.slope_tolerances[k])) << "entry " << k;
  }
  for (const Floats* slopes : {&positive, &negative}) {
    EXPECT_EQ(slopes->front(), kUntouched);
    EXPECT_EQ((*slopes)[room + 1], kUntouched);
    EXPECT_EQ((*slopes)[room + 2], kUntouched);
  }
}

TEST(TargetAttention, ReferenceIsTheWeightedMeanWorkedByHand) {
  // Scores ln 2 and 0, so weights 2/3 and 1/3.
  const Floats items{std::log(2.0F), 0.0F};
  const float target = 1.0F;
  const Ids history{0, 1};
  EXPECT_NEAR(target_attention_reference({items.data(), 2, 1}, history, &target, -1), 2.0 / 3.0 * std::log(2.0), 1e-7);
  EXPECT_EQ(target_attention_reference({items.data(), 2, 1}, history, &target, 0), 0.0);
  EXPECT_NEAR(target_attention_reference({items.data(), 2, 1}, std::span(history).first(1), &target, 0), std::log(2.0),
              1e-7);
}

TEST(TargetAttention, MatchesFloat64) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Strided items(150, width, 1), targets(2, width, 2);
      for (const std::size_t length : kLengths) {
        SCOPED_TRACE(::testing::Message() << "width " << width << ", history " << length);
        expect_attention(items, random_history(length, 150, length), targets, -1);
      }
    }
  });
}

TEST(TargetAttention, LeavesOutThePositiveUnlessItIsTheWholeHistory) {
  monet::testing::on_every_target([] {
    const Strided items(150, 33, 1), targets(2, 33, 2);
    for (const std::size_t length : kLengths) {
      SCOPED_TRACE(::testing::Message() << "history " << length);
      const Ids history = random_history(length, 150, length);
      for (const std::int32_t exclude : {history.front(), history[length / 2], history.back()}) {
        expect_attention(items, history, targets, exclude);
      }
    }
    expect_attention(items, {3, 5, 9}, targets, 4);  // not a member
  });
}

TEST(TargetAttention, LargeScoresNeitherOverflowNorVanish) {
  monet::testing::on_every_target([] {
    for (const std::size_t length : {1U, 2U, 17U, 64U}) {
      // One column, so that the scores are these numbers.
      Strided items(150, 1, 1);
      Strided targets(2, 1, 2);
      targets(0, 0) = 1.0F;
      targets(1, 0) = -1.0F;
      Rng rng(length);
      for (const double spread : {500.0, 80.0, 5.0}) {
        for (const double centre : {-500.0, 0.0, 500.0}) {
          for (Index i = 0; i < 150; ++i) items(i, 0) = static_cast<float>(centre + rng.uniform(-spread, spread));
          SCOPED_TRACE(::testing::Message() << "history " << length << ", scores " << centre << " +- " << spread);
          const Ids history = random_history(length, 150, length);
          expect_attention(items, history, targets, -1);
          expect_attention(items, history, targets, history.front());
        }
      }
      // All alike.
      fill(items.view(), 500.0F);
      expect_attention(items, random_history(length, 150, length), targets, -1);
    }
  });
}

/// Gradients of both targets and of the items, as memory of one and the same matrix or apart.
struct Gradients {
  Gradients(Index items, Index width) : all(items + 2, width, 7) {}
  MatrixView<float> items() { return all.view().row_range(0, all.rows() - 2); }
  Strided all;
};

void expect_backward(Index width, std::size_t length, Index begin, Index end, bool targets_in_history) {
  SCOPED_TRACE(::testing::Message() << "width " << width << ", history " << length << ", columns " << begin << " to "
                                    << end << ", targets in the history " << targets_in_history);
  constexpr Index kItems = 70;
  const Strided table(kItems + 2, width, 1);
  const Ids history = random_history(length, kItems, length);
  // The positive is an item of the history in training; the negative never is, but may be for an excluded one.
  const Index p = targets_in_history ? history.front() : kItems;
  const Index n = targets_in_history ? history.back() : kItems + 1;
  Rng rng(3);
  Floats positive_slope(length), negative_slope(length);
  for (std::size_t k = 0; k < length; ++k) {
    positive_slope[k] = static_cast<float>(rng.uniform(-1.0, 1.0));
    negative_slope[k] = static_cast<float>(rng.uniform(-1.0, 1.0));
  }
  constexpr float kScale = -0.7F;
  const Gradients before(kItems, width);
  Gradients got(kItems, width);
  target_attention_backward(table.view(), history, table.view().row(p), table.view().row(n), positive_slope.data(),
                            negative_slope.data(), kScale, begin, end, got.items(), got.all.view().row(p),
                            got.all.view().row(n));
  EXPECT_TRUE(got.all.margins_intact());

  const auto size = static_cast<std::size_t>((kItems + 2) * width);
  std::vector<double> want(size, 0.0), magnitude(size, 0.0);
  const auto add = [&](Index row, Index c, double term) {
    const auto at = static_cast<std::size_t>(row * width + c);
    want[at] += term;
    magnitude[at] += std::abs(term);
  };
  for (Index c = 0; c < width; ++c) {
    for (Index r = 0; r < kItems + 2; ++r) add(r, c, before.all(r, c));
    if (c < begin || c >= end) continue;
    for (std::size_t k = 0; k < length; ++k) {
      const double sp = static_cast<double>(kScale) * positive_slope[k];
      const double sn = -static_cast<double>(kScale) * negative_slope[k];
      add(history[k], c, sp * table(p, c));
      add(history[k], c, sn * table(n, c));
      add(p, c, sp * table(history[k], c));
      add(n, c, sn * table(history[k], c));
    }
  }
  for (Index r = 0; r < kItems + 2; ++r) {
    for (Index c = 0; c < width; ++c) {
      const auto at = static_cast<std::size_t>(r * width + c);
      const double tolerance = static_cast<double>(2 * length + 5) * kUnit * magnitude[at];
      ASSERT_TRUE(close(got.all(r, c), want[at], c < begin || c >= end ? 0.0 : tolerance)) << r << ", " << c;
    }
  }
}

TEST(TargetAttentionBackward, MatchesFloat64) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      for (const std::size_t length : {1U, 2U, 17U, 65U}) {
        for (const bool targets_in_history : {false, true}) {
          expect_backward(width, length, 0, width, targets_in_history);
          expect_backward(width, length, width / 3, width - width / 4, targets_in_history);
        }
      }
    }
  });
}

TEST(Triplet, DotsAndTheirGradientMatchFloat64) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Strided rows(3, width, 1);  // user, positive, negative
      const auto row = [&](Index r) { return rows.view().row(r); };
      const TripletDots got = triplet_dots(row(0), row(1), row(2), width);
      const auto expect_dot = [&](float value, Index a, Index b) {
        double sum = 0.0;
        double magnitude = 0.0;
        for (Index c = 0; c < width; ++c) {
          const double product = static_cast<double>(rows(a, c)) * rows(b, c);
          sum += product;
          magnitude += std::abs(product);
        }
        EXPECT_TRUE(close(value, sum, static_cast<double>(width + 1) * kUnit * magnitude));
      };
      expect_dot(got.user_positive, 0, 1);
      expect_dot(got.user_negative, 0, 2);
      expect_dot(got.user_user, 0, 0);
      expect_dot(got.positive_positive, 1, 1);
      expect_dot(got.negative_negative, 2, 2);

      constexpr float kG = -0.6F, kDecay = 0.3F;
      const Index begin = width / 4;
      const Index end = width - width / 5;
      for (const bool one_target : {false, true}) {
        const Strided before(3, width, 2);
        Strided grads(3, width, 2);
        const Index n = one_target ? 1 : 2;  // one item as both: its gradients meet in one row
        triplet_backward(row(0), row(1), row(n), kG, kDecay, begin, end, grads.view().row(0), grads.view().row(1),
                         grads.view().row(n));
        EXPECT_TRUE(grads.margins_intact());
        for (Index c = 0; c < width; ++c) {
          std::array<double, 3> want{before(0, c), before(1, c), before(2, c)};
          if (c >= begin && c < end) {
            const double g = kG, decay = kDecay, u = rows(0, c), p = rows(1, c), other = rows(n, c);
            want[0] += g * (p - other) + decay * u;
            want[1] += g * u + decay * p;
            want[static_cast<std::size_t>(n)] += -g * u + decay * other;
          }
          for (Index r = 0; r < 3; ++r) {
            // No term is larger than 1 here, and there are at most five.
            const double tolerance = c >= begin && c < end ? 8.0 * kUnit * 5.0 : 0.0;
            ASSERT_TRUE(close(grads(r, c), want[static_cast<std::size_t>(r)], tolerance)) << r << ", " << c;
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace monet::kernels::testing
