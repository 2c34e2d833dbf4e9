#include "monet/kernels/code_bounds.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/code_bounds.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/highway.h>

#if HWY_TARGET == HWY_AVX3_DL
// HWY_BEFORE_NAMESPACE, and what Highway asks of such a processor but does not tell the compiler.
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#else
HWY_BEFORE_NAMESPACE();
#endif
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
// A whole number of these makes kCodeItems.
using Floats = HWY_CAPPED(float, 16);
using Ints = hn::RebindToSigned<Floats>;
using Words = hn::Repartition<std::int16_t, Ints>;
using FloatVec = hn::Vec<Floats>;
using IntVec = hn::Vec<Ints>;

// Two words at once, for every item.
HWY_INLINE hn::Vec<Words> Pair(const std::int16_t* words) {
  std::int32_t both = 0;
  hwy::CopyBytes<sizeof(both)>(words, &both);
  return hn::BitCast(Words(), hn::Set(Ints(), both));
}

// On x86 the words of a pair are multiplied and added in place, so lane i stays item i.
HWY_INLINE IntVec MultiplyPairs(hn::Vec<Words> a, hn::Vec<Words> b, IntVec sum) {
#if HWY_TARGET == HWY_AVX3_DL
  // Highway 1.0 multiplies and adds in two instructions here, too.
  return IntVec{_mm512_dpwssd_epi32(sum.raw, a.raw, b.raw)};
#else
  IntVec second = hn::Zero(Ints());
  sum = hn::ReorderWidenMulAccumulate(Ints(), a, b, sum, second);
  return hn::Add(sum, second);
#endif
}

struct Extremes {
  FloatVec mean, highest, lowest;
};

/// Σ w_v codes of vectors [first, first + N), for the items of one register.
template <int N>
HWY_INLINE void SumWords(const CodeBlock& block, const CodeVectors& vectors, Index first, Index item, IntVec* sums) {
  const Ints ints;
  const Words words;
  const hn::Vec<Words> low = hn::Set(words, std::int16_t{255});
  const hn::Repartition<std::uint16_t, Ints> unsigned_words;
  const auto* from = reinterpret_cast<const std::int32_t*>(block.codes) + item;
  const std::int16_t* word = vectors.words + first * vectors.groups * 4;
  for (Index g = 0; g < vectors.groups; ++g, from += kCodeItems, word += 4) {
    const hn::Vec<Words> codes = hn::BitCast(words, hn::LoadU(ints, from));
    const hn::Vec<Words> even = hn::And(codes, low);
    const hn::Vec<Words> odd = hn::BitCast(words, hn::ShiftRight<8>(hn::BitCast(unsigned_words, codes)));
    for (int v = 0; v < N; ++v) {
      const std::int16_t* at = word + v * vectors.groups * 4;
      sums[v] = MultiplyPairs(even, Pair(at), sums[v]);
      sums[v] = MultiplyPairs(odd, Pair(at + 2), sums[v]);
    }
  }
}

#if HWY_TARGET == HWY_AVX3_DL
template <int N>
HWY_INLINE void SumBytes(const CodeBlock& block, const CodeVectors& vectors, Index first, IntVec* sums) {
  const std::uint8_t* from = block.codes;
  const std::int8_t* byte = vectors.bytes + first * vectors.groups * 4;
  for (Index g = 0; g < vectors.groups; ++g, from += kCodeItems * 4, byte += 4) {
    const __m512i codes = _mm512_loadu_si512(from);
    for (int v = 0; v < N; ++v) {
      std::int32_t four = 0;
      hwy::CopyBytes<sizeof(four)>(byte + v * vectors.groups * 4, &four);
      sums[v].raw = _mm512_dpbusd_epi32(sums[v].raw, codes, _mm512_set1_epi32(four));
    }
  }
}
#endif

/// Vectors [first, first + N) for the items of one register.
template <int N>
HWY_INLINE void Products(const CodeBlock& block, const CodeVectors& vectors, Index first, Index item, Extremes& found) {
  const Ints ints;
  const Floats floats;
  IntVec sums[N];
  for (int v = 0; v < N; ++v) sums[v] = hn::Zero(ints);
#if HWY_TARGET == HWY_AVX3_DL
  if (vectors.bytes != nullptr) {
    SumBytes<N>(block, vectors, first, sums);
  } else {
    SumWords<N>(block, vectors, first, item, sums);
  }
#else
  SumWords<N>(block, vectors, first, item, sums);
#endif
  const FloatVec scale = hn::LoadU(floats, block.scales + item);
  for (int v = 0; v < N; ++v) {
    const Index at = first + v;
    const FloatVec whole = hn::ConvertTo(floats, hn::Sub(sums[v], hn::Set(ints, vectors.offsets[at])));
    const FloatVec step = hn::Mul(scale, hn::Set(floats, vectors.steps[at]));
    const FloatVec score = hn::MulAdd(step, whole, hn::Set(floats, block.bases[at]));
    if (at == 0) {
      found.mean = score;
    } else {
      found.highest = at == 1 ? score : hn::Max(found.highest, score);
      found.lowest = at == 1 ? score : hn::Min(found.lowest, score);
    }
  }
}

bool CodeBounds(const CodeBlock& block, const CodeVectors& vectors, float least, float* upper, float* lower) {
  const Floats floats;
  const auto lanes = static_cast<Index>(hn::Lanes(floats));
  const FloatVec error = hn::Set(floats, block.error);
  bool any = false;
  for (Index item = 0; item < kCodeItems; item += lanes) {
    Extremes found{hn::Zero(floats), hn::Zero(floats), hn::Zero(floats)};
    Index v = 0;
    for (; v + 6 <= vectors.count; v += 6) Products<6>(block, vectors, v, item, found);
    switch (vectors.count - v) {
      case 1: Products<1>(block, vectors, v, item, found); break;
      case 2: Products<2>(block, vectors, v, item, found); break;
      case 3: Products<3>(block, vectors, v, item, found); break;
      case 4: Products<4>(block, vectors, v, item, found); break;
      case 5: Products<5>(block, vectors, v, item, found); break;
      default: break;
    }
    if (vectors.count == 1) found.highest = found.lowest = found.mean;
    const FloatVec range = hn::Add(hn::Sub(found.highest, found.lowest), hn::Add(error, error));
    const FloatVec spread = hn::Mul(hn::Mul(range, range), hn::Set(floats, vectors.quarter));
    const FloatVec best = hn::Min(found.highest, hn::Add(found.mean, spread));
    const FloatVec prior = block.prior != nullptr ? hn::LoadU(floats, block.prior + item) : hn::Zero(floats);
    const FloatVec most = hn::Add(hn::Add(best, hn::Add(error, hn::Set(floats, block.slack))), prior);
    hn::StoreU(most, floats, upper + item);
    hn::StoreU(hn::Add(hn::Sub(found.mean, error), prior), floats, lower + item);
    any |= !hn::AllFalse(floats, hn::Ge(most, hn::Set(floats, least)));
  }
  return any;
}
#else
bool CodeBounds(const CodeBlock& block, const CodeVectors& vectors, float least, float* upper, float* lower) {
  constexpr Index kOrder[] = {0, 2, 1, 3};
  bool any = false;
  for (Index item = 0; item < kCodeItems; ++item) {
    float mean = 0.0F, highest = 0.0F, lowest = 0.0F;
    for (Index v = 0; v < vectors.count; ++v) {
      std::int32_t sum = -vectors.offsets[v];
      for (Index g = 0; g < vectors.groups; ++g) {
        for (Index c = 0; c < 4; ++c) {
          sum += block.codes[(g * kCodeItems + item) * 4 + kOrder[c]] * vectors.words[(v * vectors.groups + g) * 4 + c];
        }
      }
      const float score = block.bases[v] + block.scales[item] * vectors.steps[v] * static_cast<float>(sum);
      if (v == 0) {
        mean = highest = lowest = score;
      } else {
        highest = v == 1 ? score : std::max(highest, score);
        lowest = v == 1 ? score : std::min(lowest, score);
      }
    }
    const float range = highest - lowest + 2.0F * block.error;
    const float prior = block.prior != nullptr ? block.prior[item] : 0.0F;
    upper[item] = std::min(highest, mean + range * range * vectors.quarter) + (block.error + block.slack) + prior;
    lower[item] = mean - block.error + prior;
    any |= upper[item] >= least;
  }
  return any;
}
#endif

bool PrefersBytes() {
  return HWY_TARGET == HWY_AVX3_DL;
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(CodeBounds);
HWY_EXPORT(PrefersBytes);

bool prefers_bytes() noexcept {
  return HWY_DYNAMIC_DISPATCH(PrefersBytes)();
}

std::int32_t largest_step(Index columns) noexcept {
  constexpr std::int64_t kMost = 32767;
  return static_cast<std::int32_t>(std::min(kMost, (std::int64_t{1} << 30) / (256 * std::max<Index>(columns, 1))));
}

bool code_bounds(const CodeBlock& block, const CodeVectors& vectors, float least, float* upper, float* lower) noexcept {
  return HWY_DYNAMIC_DISPATCH(CodeBounds)(block, vectors, least, upper, lower);
}

}  // namespace monet::kernels
#endif
