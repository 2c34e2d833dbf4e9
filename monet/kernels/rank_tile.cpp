#include "monet/kernels/rank_tile.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/rank_tile.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Four of these are at most kTileColumns wide.
using Tag = HWY_CAPPED(float, 16);
using Vec = hn::Vec<Tag>;

void ColumnMax(MatrixView<const float> g, float* HWY_RESTRICT maxima) {
  const Tag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index c = 0; c < g.cols; c += 4 * lanes) {
    Vec m0 = hn::LoadU(d, maxima + c);
    Vec m1 = hn::LoadU(d, maxima + c + lanes);
    Vec m2 = hn::LoadU(d, maxima + c + 2 * lanes);
    Vec m3 = hn::LoadU(d, maxima + c + 3 * lanes);
    for (Index r = 0; r < g.rows; ++r) {
      const float* HWY_RESTRICT row = g.data + r * g.stride + c;
      m0 = hn::Max(m0, hn::LoadU(d, row));
      m1 = hn::Max(m1, hn::LoadU(d, row + lanes));
      m2 = hn::Max(m2, hn::LoadU(d, row + 2 * lanes));
      m3 = hn::Max(m3, hn::LoadU(d, row + 3 * lanes));
    }
    hn::StoreU(m0, d, maxima + c);
    hn::StoreU(m1, d, maxima + c + lanes);
    hn::StoreU(m2, d, maxima + c + 2 * lanes);
    hn::StoreU(m3, d, maxima + c + 3 * lanes);
  }
}

void ExpTable(MatrixView<const float> g, const float* HWY_RESTRICT shift, MatrixView<float> table) {
  const Tag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index r = 0; r < g.rows; ++r) {
    const float* HWY_RESTRICT from = g.data + r * g.stride;
    float* HWY_RESTRICT to = table.data + r * table.stride;
    for (Index c = 0; c < g.cols; c += lanes) {
      const Vec x = hn::LoadU(d, from + c);
      const Vec e = hn::Exp(d, hn::Sub(x, hn::LoadU(d, shift + c)));
      hn::StoreU(e, d, to + c);
      hn::StoreU(hn::Mul(e, x), d, to + g.cols + c);
    }
  }
}

void AddRows(MatrixView<const float> table, const std::int32_t* rows, Index count, float* HWY_RESTRICT sums) {
  const Tag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index c = 0; c < table.cols; c += 4 * lanes) {
    Vec s0 = hn::LoadU(d, sums + c);
    Vec s1 = hn::LoadU(d, sums + c + lanes);
    Vec s2 = hn::LoadU(d, sums + c + 2 * lanes);
    Vec s3 = hn::LoadU(d, sums + c + 3 * lanes);
    for (Index k = 0; k < count; ++k) {
      const float* HWY_RESTRICT row = table.data + rows[k] * table.stride + c;
      s0 = hn::Add(s0, hn::LoadU(d, row));
      s1 = hn::Add(s1, hn::LoadU(d, row + lanes));
      s2 = hn::Add(s2, hn::LoadU(d, row + 2 * lanes));
      s3 = hn::Add(s3, hn::LoadU(d, row + 3 * lanes));
    }
    hn::StoreU(s0, d, sums + c);
    hn::StoreU(s1, d, sums + c + lanes);
    hn::StoreU(s2, d, sums + c + 2 * lanes);
    hn::StoreU(s3, d, sums + c + 3 * lanes);
  }
}

Index AddAttention(MatrixView<const float> table, const Index* begin, const std::int32_t* rows, const float* min_sum,
                   float beta, MatrixView<float> scores, std::int32_t* weak) {
  const Tag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index columns = scores.cols;
  const Vec scale = hn::Set(d, beta);
  Index num_weak = 0;
  for (Index u = 0; u < scores.rows; ++u) {
    float* HWY_RESTRICT score = scores.data + u * scores.stride;
    const std::int32_t* HWY_RESTRICT row_of = rows + begin[u];
    const Index count = begin[u + 1] - begin[u];
    const Vec least = hn::Set(d, min_sum[u]);
    for (Index c = 0; c < columns; c += 4 * lanes) {
      const float* HWY_RESTRICT row = table.data + row_of[0] * table.stride + c;
      Vec p0 = hn::LoadU(d, row);
      Vec p1 = hn::LoadU(d, row + lanes);
      Vec p2 = hn::LoadU(d, row + 2 * lanes);
      Vec p3 = hn::LoadU(d, row + 3 * lanes);
      Vec q0 = hn::LoadU(d, row + columns);
      Vec q1 = hn::LoadU(d, row + columns + lanes);
      Vec q2 = hn::LoadU(d, row + columns + 2 * lanes);
      Vec q3 = hn::LoadU(d, row + columns + 3 * lanes);
      for (Index k = 1; k < count; ++k) {
        row = table.data + row_of[k] * table.stride + c;
        p0 = hn::Add(p0, hn::LoadU(d, row));
        p1 = hn::Add(p1, hn::LoadU(d, row + lanes));
        p2 = hn::Add(p2, hn::LoadU(d, row + 2 * lanes));
        p3 = hn::Add(p3, hn::LoadU(d, row + 3 * lanes));
        q0 = hn::Add(q0, hn::LoadU(d, row + columns));
        q1 = hn::Add(q1, hn::LoadU(d, row + columns + lanes));
        q2 = hn::Add(q2, hn::LoadU(d, row + columns + 2 * lanes));
        q3 = hn::Add(q3, hn::LoadU(d, row + columns + 3 * lanes));
      }
      const Vec smallest = hn::Min(hn::Min(p0, p1), hn::Min(p2, p3));
      if (HWY_UNLIKELY(!hn::AllFalse(d, hn::Lt(smallest, least)))) {
        weak[num_weak++] = static_cast<std::int32_t>(u);
        break;
      }
      const auto blend = [&](Vec p, Vec q, Index offset) HWY_ATTR {
        float* HWY_RESTRICT to = score + c + offset;
        hn::StoreU(hn::MulAdd(scale, hn::Div(q, p), hn::LoadU(d, to)), d, to);
      };
      blend(p0, q0, 0);
      blend(p1, q1, lanes);
      blend(p2, q2, 2 * lanes);
      blend(p3, q3, 3 * lanes);
    }
  }
  return num_weak;
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(ColumnMax);
HWY_EXPORT(ExpTable);
HWY_EXPORT(AddRows);
HWY_EXPORT(AddAttention);

void column_max(MatrixView<const float> g, float* maxima) noexcept {
  HWY_DYNAMIC_DISPATCH(ColumnMax)(g, maxima);
}

void exp_table(MatrixView<const float> g, const float* shift, MatrixView<float> table) noexcept {
  HWY_DYNAMIC_DISPATCH(ExpTable)(g, shift, table);
}

void add_rows(MatrixView<const float> table, const std::int32_t* rows, Index count, float* sums) noexcept {
  HWY_DYNAMIC_DISPATCH(AddRows)(table, rows, count, sums);
}

Index add_attention(MatrixView<const float> table, const Index* begin, const std::int32_t* rows, const float* min_sum,
                    float beta, MatrixView<float> scores, std::int32_t* weak) noexcept {
  return HWY_DYNAMIC_DISPATCH(AddAttention)(table, begin, rows, min_sum, beta, scores, weak);
}

}  // namespace monet::kernels
#endif
