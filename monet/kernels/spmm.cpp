#include "monet/kernels/spmm.h"

#include <hwy/cache_control.h>

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/spmm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Of 8, 16 and 32 entries (twice as many where a pass takes half as many columns), and 0, 4 and 8 rows, the fastest
// once the tables have left the cache.
constexpr Index kPrefetchAhead = 16;
constexpr Index kRowsAhead = 4;
constexpr Index kLine = 16;  // floats in a cache line

// Tried and dropped: rows with hundreds of entries going through x together, tile by tile of the second-level cache, in
// place of row by row; no gain in 3 runs on TikTok, whose 103 longest histories hold 70 % of the entries.
//
// What will be wanted after a row: the entries of the next one, and the rows some way ahead.
struct Next {
  Index entries;
  Index self;
  Index y;
};

// Row r of the product into row `to` of y, over as many columns at a time as eight registers hold.
HWY_INLINE void spmm_row(const SpmmOperands& o, Index r, Index to, const Next& next) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index begin = o.a.indptr[static_cast<std::size_t>(r)];
  const Index end = o.a.indptr[static_cast<std::size_t>(r) + 1];
  const std::int32_t* HWY_RESTRICT columns = o.a.indices.data();
  const float* HWY_RESTRICT weights = o.weights.data();
  const float weight_scale = o.weight_scale;
  const float* HWY_RESTRICT x = o.x.data;
  const Index x_stride = o.x.stride;
  const Index last = o.a.nnz() - 1;
  // The entry that is fetched while k is used: past `end`, one of the next row's.
  const auto ahead_of = [&](Index k, Index distance) {
    const Index ahead = k + distance;
    return std::min(ahead < end ? ahead : ahead - end + next.entries, last);
  };
  const bool with_self =
      o.self.data != nullptr && (o.with_self.empty() || o.with_self[static_cast<std::size_t>(r)] != 0);
  const float* self = with_self ? o.self.row(r) : nullptr;
  const float self_scale = o.self_scales.empty() ? o.self_scale : o.self_scales[static_cast<std::size_t>(r)];
  float* y = o.y.row(to);
  const Index width = o.y.cols;
  for (Index line = 0; line < width; line += kLine) {
    hwy::Prefetch(o.y.data + next.y * o.y.stride + line);
    if (with_self) hwy::Prefetch(o.self.data + next.self * o.self.stride + line);
  }

  Index c = 0;
  for (; c + 8 * lanes <= width; c += 8 * lanes) {
    auto v0 = hn::Zero(d), v1 = v0, v2 = v0, v3 = v0, v4 = v0, v5 = v0, v6 = v0, v7 = v0;
    if (self != nullptr) {
      const auto scale = hn::Set(d, self_scale);
      v0 = hn::Mul(scale, hn::LoadU(d, self + c));
      v1 = hn::Mul(scale, hn::LoadU(d, self + c + lanes));
      v2 = hn::Mul(scale, hn::LoadU(d, self + c + 2 * lanes));
      v3 = hn::Mul(scale, hn::LoadU(d, self + c + 3 * lanes));
      v4 = hn::Mul(scale, hn::LoadU(d, self + c + 4 * lanes));
      v5 = hn::Mul(scale, hn::LoadU(d, self + c + 5 * lanes));
      v6 = hn::Mul(scale, hn::LoadU(d, self + c + 6 * lanes));
      v7 = hn::Mul(scale, hn::LoadU(d, self + c + 7 * lanes));
    }
    for (Index k = begin; k < end; ++k) {
      const float* ahead = x + columns[ahead_of(k, kPrefetchAhead)] * x_stride + c;
      for (Index line = 0; line < 8 * lanes; line += kLine) hwy::Prefetch(ahead + line);
      const float* row = x + columns[k] * x_stride + c;
      const auto w = hn::Set(d, weight_scale * weights[k]);
      v0 = hn::MulAdd(w, hn::LoadU(d, row), v0);
      v1 = hn::MulAdd(w, hn::LoadU(d, row + lanes), v1);
      v2 = hn::MulAdd(w, hn::LoadU(d, row + 2 * lanes), v2);
      v3 = hn::MulAdd(w, hn::LoadU(d, row + 3 * lanes), v3);
      v4 = hn::MulAdd(w, hn::LoadU(d, row + 4 * lanes), v4);
      v5 = hn::MulAdd(w, hn::LoadU(d, row + 5 * lanes), v5);
      v6 = hn::MulAdd(w, hn::LoadU(d, row + 6 * lanes), v6);
      v7 = hn::MulAdd(w, hn::LoadU(d, row + 7 * lanes), v7);
    }
    hn::StoreU(v0, d, y + c);
    hn::StoreU(v1, d, y + c + lanes);
    hn::StoreU(v2, d, y + c + 2 * lanes);
    hn::StoreU(v3, d, y + c + 3 * lanes);
    hn::StoreU(v4, d, y + c + 4 * lanes);
    hn::StoreU(v5, d, y + c + 5 * lanes);
    hn::StoreU(v6, d, y + c + 6 * lanes);
    hn::StoreU(v7, d, y + c + 7 * lanes);
  }
  // Half as many, for widths of 64 with the widest vectors.
  for (; c + 4 * lanes <= width; c += 4 * lanes) {
    auto v0 = hn::Zero(d), v1 = v0, v2 = v0, v3 = v0;
    if (self != nullptr) {
      const auto scale = hn::Set(d, self_scale);
      v0 = hn::Mul(scale, hn::LoadU(d, self + c));
      v1 = hn::Mul(scale, hn::LoadU(d, self + c + lanes));
      v2 = hn::Mul(scale, hn::LoadU(d, self + c + 2 * lanes));
      v3 = hn::Mul(scale, hn::LoadU(d, self + c + 3 * lanes));
    }
    for (Index k = begin; k < end; ++k) {
      const float* ahead = x + columns[ahead_of(k, 2 * kPrefetchAhead)] * x_stride + c;
      for (Index line = 0; line < 4 * lanes; line += 16) hwy::Prefetch(ahead + line);
      const float* row = x + columns[k] * x_stride + c;
      const auto w = hn::Set(d, weight_scale * weights[k]);
      v0 = hn::MulAdd(w, hn::LoadU(d, row), v0);
      v1 = hn::MulAdd(w, hn::LoadU(d, row + lanes), v1);
      v2 = hn::MulAdd(w, hn::LoadU(d, row + 2 * lanes), v2);
      v3 = hn::MulAdd(w, hn::LoadU(d, row + 3 * lanes), v3);
    }
    hn::StoreU(v0, d, y + c);
    hn::StoreU(v1, d, y + c + lanes);
    hn::StoreU(v2, d, y + c + 2 * lanes);
    hn::StoreU(v3, d, y + c + 3 * lanes);
  }
  for (; c + lanes <= width; c += lanes) {
    auto sum = self == nullptr ? hn::Zero(d) : hn::Mul(hn::Set(d, self_scale), hn::LoadU(d, self + c));
    for (Index k = begin; k < end; ++k) {
      sum = hn::MulAdd(hn::Set(d, weight_scale * weights[k]), hn::LoadU(d, x + columns[k] * x_stride + c), sum);
    }
    hn::StoreU(sum, d, y + c);
  }
  for (; c < width; ++c) {
    float sum = self == nullptr ? 0.0F : self_scale * self[c];
    for (Index k = begin; k < end; ++k) sum += weight_scale * weights[k] * x[columns[k] * x_stride + c];
    y[c] = sum;
  }
}

void SpmmRows(const SpmmOperands& o, Index begin, Index end) {
  for (Index r = begin; r < end; ++r) {
    spmm_row(o, r, r, {o.a.indptr[static_cast<std::size_t>(r) + 1], r + kRowsAhead, r + kRowsAhead});
  }
}

template <class To>
HWY_INLINE void listed_rows(const SpmmOperands& o, const std::int32_t* rows, Index count, To&& to) {
  for (Index n = 0; n < count; ++n) {
    // Entries two rows ahead: those of the next one are read for what to fetch.
    const Index after = rows[std::min(n + 2, count - 1)];
    hwy::Prefetch(o.a.indices.data() + o.a.indptr[static_cast<std::size_t>(after)]);
    hwy::Prefetch(o.weights.data() + o.a.indptr[static_cast<std::size_t>(after)]);
    const Index later = std::min(n + kRowsAhead, count - 1);
    spmm_row(o, rows[n], to(n),
             {o.a.indptr[static_cast<std::size_t>(rows[std::min(n + 1, count - 1)])], rows[later], to(later)});
  }
}

void SpmmListedRows(const SpmmOperands& o, const std::int32_t* rows, Index count) {
  listed_rows(o, rows, count, [rows](Index n) { return Index{rows[n]}; });
}

void SpmmPackedRows(const SpmmOperands& o, const std::int32_t* rows, Index count) {
  listed_rows(o, rows, count, [](Index n) { return n; });
}

// Four registers of a row of x stay where they are for all its entries.
template <class From>
HWY_INLINE void scatter(const SpmmOperands& o, const std::int32_t* rows, Index count, Index col_begin, Index col_end,
                        From&& from) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const std::int32_t* HWY_RESTRICT columns = o.a.indices.data();
  const float* HWY_RESTRICT weights = o.weights.data();
  const float weight_scale = o.weight_scale;
  const Index y_stride = o.y.stride;
  const Index last = o.a.nnz() - 1;
  for (Index n = 0; n < count; ++n) {
    const float* x = o.x.row(from(n));
    const Index begin = o.a.indptr[static_cast<std::size_t>(rows[n])];
    const Index end = o.a.indptr[static_cast<std::size_t>(rows[n]) + 1];
    const Index next = n + 1 < count ? o.a.indptr[static_cast<std::size_t>(rows[n + 1])] : begin;
    const auto ahead_of = [&](Index k) {
      const Index ahead = k + 2 * kPrefetchAhead;
      return std::min(ahead < end ? ahead : ahead - end + next, last);
    };
    Index c = col_begin;
    for (; c + 4 * lanes <= col_end; c += 4 * lanes) {
      const auto x0 = hn::LoadU(d, x + c);
      const auto x1 = hn::LoadU(d, x + c + lanes);
      const auto x2 = hn::LoadU(d, x + c + 2 * lanes);
      const auto x3 = hn::LoadU(d, x + c + 3 * lanes);
      float* y = o.y.data + c;
      for (Index k = begin; k < end; ++k) {
        const float* ahead = y + columns[ahead_of(k)] * y_stride;
        for (Index line = 0; line < 4 * lanes; line += kLine) hwy::Prefetch(ahead + line);
        float* to = y + columns[k] * y_stride;
        const auto w = hn::Set(d, weight_scale * weights[k]);
        hn::StoreU(hn::MulAdd(w, x0, hn::LoadU(d, to)), d, to);
        hn::StoreU(hn::MulAdd(w, x1, hn::LoadU(d, to + lanes)), d, to + lanes);
        hn::StoreU(hn::MulAdd(w, x2, hn::LoadU(d, to + 2 * lanes)), d, to + 2 * lanes);
        hn::StoreU(hn::MulAdd(w, x3, hn::LoadU(d, to + 3 * lanes)), d, to + 3 * lanes);
      }
    }
    for (Index k = begin; c < col_end && k < end; ++k) {
      const float* ahead = o.y.data + columns[ahead_of(k)] * y_stride;
      for (Index line = c; line < col_end; line += kLine) hwy::Prefetch(ahead + line);
      float* to = o.y.data + columns[k] * y_stride;
      const float weight = weight_scale * weights[k];
      const auto w = hn::Set(d, weight);
      Index rest = c;
      for (; rest + lanes <= col_end; rest += lanes) {
        hn::StoreU(hn::MulAdd(w, hn::LoadU(d, x + rest), hn::LoadU(d, to + rest)), d, to + rest);
      }
      for (; rest < col_end; ++rest) to[rest] += weight * x[rest];
    }
  }
}

void SpmmScatter(const SpmmOperands& o, const std::int32_t* rows, Index count, Index col_begin, Index col_end) {
  scatter(o, rows, count, col_begin, col_end, [rows](Index n) { return Index{rows[n]}; });
}

void SpmmScatterPacked(const SpmmOperands& o, const std::int32_t* rows, Index count, Index col_begin, Index col_end) {
  scatter(o, rows, count, col_begin, col_end, [](Index n) { return n; });
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(SpmmRows);
HWY_EXPORT(SpmmListedRows);
HWY_EXPORT(SpmmPackedRows);
HWY_EXPORT(SpmmScatter);
HWY_EXPORT(SpmmScatterPacked);

void spmm_rows(const SpmmOperands& operands, Index begin, Index end) noexcept {
  HWY_DYNAMIC_DISPATCH(SpmmRows)(operands, begin, end);
}

void spmm_listed_rows(const SpmmOperands& operands, std::span<const std::int32_t> rows) noexcept {
  HWY_DYNAMIC_DISPATCH(SpmmListedRows)(operands, rows.data(), static_cast<Index>(rows.size()));
}

void spmm_packed_rows(const SpmmOperands& operands, std::span<const std::int32_t> rows) noexcept {
  HWY_DYNAMIC_DISPATCH(SpmmPackedRows)(operands, rows.data(), static_cast<Index>(rows.size()));
}

void spmm_scatter(const SpmmOperands& operands, std::span<const std::int32_t> rows, Index col_begin,
                  Index col_end) noexcept {
  HWY_DYNAMIC_DISPATCH(SpmmScatter)(operands, rows.data(), static_cast<Index>(rows.size()), col_begin, col_end);
}

void spmm_scatter_packed(const SpmmOperands& operands, std::span<const std::int32_t> rows, Index col_begin,
                         Index col_end) noexcept {
  HWY_DYNAMIC_DISPATCH(SpmmScatterPacked)
  (operands, rows.data(), static_cast<Index>(rows.size()), col_begin, col_end);
}

void spmm_reference(const SpmmOperands& o) noexcept {
  for (Index r = 0; r < o.y.rows; ++r) {
    const bool with_self = o.with_self.empty() || o.with_self[static_cast<std::size_t>(r)] != 0;
    const double scale = o.self_scales.empty() ? o.self_scale : o.self_scales[static_cast<std::size_t>(r)];
    for (Index c = 0; c < o.y.cols; ++c) {
      double sum = o.self.data == nullptr || !with_self ? 0.0 : scale * o.self(r, c);
      for (Index k = o.a.indptr[static_cast<std::size_t>(r)]; k < o.a.indptr[static_cast<std::size_t>(r) + 1]; ++k) {
        const auto entry = static_cast<std::size_t>(k);
        sum += static_cast<double>(o.weight_scale) * o.weights[entry] * o.x(o.a.indices[entry], c);
      }
      o.y(r, c) = static_cast<float>(sum);
    }
  }
}

std::vector<Index> balanced_ranges(CsrView a, int parts) {
  constexpr Index kRowCost = 2;  // a row's own write and set-up, in entries
  std::vector<Index> boundaries(static_cast<std::size_t>(parts) + 1, a.rows);
  boundaries[0] = 0;
  const Index total = a.nnz() + kRowCost * a.rows;
  for (int part = 1; part < parts; ++part) {
    const Index target = total * part / parts;
    Index low = 0;
    Index high = a.rows;
    while (low < high) {
      const Index middle = (low + high) / 2;
      if (a.indptr[static_cast<std::size_t>(middle)] + kRowCost * middle < target) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    boundaries[static_cast<std::size_t>(part)] = low;
  }
  return boundaries;
}

}  // namespace monet::kernels
#endif
