#pragma once

#include "monet/core/view.h"

#include <array>

namespace monet::kernels {

/// Columns of B and C must come in multiples of this (pad with zeros): the widest tile of any instruction set.
inline constexpr Index kSkinnyColumns = 64;

/// C (+)= A B for a narrow C that stays in cache, on the calling thread: A is [m, k] with element (i, t) at
/// a[i · a_row_stride + t · a_k_stride], so both X and Xᵀ are read as they lie; B is [k, n] and C [m, n], row-major, n
/// a multiple of kSkinnyColumns. Tiles of 6 rows × 4 registers. Meant for blocks whose B fits the first- or
/// second-level cache: a GEMM library packs its operands first, which for the projections' shapes costs as much as the
/// product (docs/benchmarks.md).
void skinny_gemm(const float* a, Index a_row_stride, Index a_k_stride, Index m, Index k, MatrixView<const float> b,
                 bool accumulate, MatrixView<float> c) noexcept;

/// Z = X Wᵀ for the rows of one block: X [r, f], `packed` = Wᵀ padded, [f, n], Z [r, n].
void project_block(MatrixView<const float> x, MatrixView<const float> packed, MatrixView<float> z) noexcept;

/// G += Xᵀ dZ for the rows of one block: X [r, f], dz [r, n], G [f, n]. `pack` is memory for kPackFloats floats. The
/// first rows of `soon`, which the caller reads next, are fetched meanwhile, and the rows of X behind the block.
void project_block_backward(MatrixView<const float> x, MatrixView<const float> dz, MatrixView<float> g, float* pack,
                            std::array<MatrixView<const float>, 2> soon = {}) noexcept;
inline constexpr Index kProjectRows = 96;  // most rows of a block: dz and pack then fit the first-level cache
inline constexpr Index kPackColumns = 48;
inline constexpr Index kPackFloats = kProjectRows * kPackColumns;

}  // namespace monet::kernels
