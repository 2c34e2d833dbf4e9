#pragma once

#include "monet/core/csr.h"
#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::features {

struct SvdOptions {
  Index width = 256;      // singular directions wanted
  Index oversample = 32;  // directions carried beside them
  int passes = 6;         // products with XᵀX
  std::uint64_t seed = 1;
};

/// X ≈ U S Vᵀ, cut to the greatest singular values.
struct TruncatedSvd {
  Matrix<float> scores;                // [rows, k]: U S
  std::vector<float> singular_values;  // k, descending
  Matrix<float> directions;            // [cols, k]: V, so that a row x of another matrix has the coordinates x V
};

/// The greatest singular values of a sparse matrix and the rows' coordinates in their directions, by subspace iteration
/// from a random start (Halko, Martinsson and Tropp, 2011): Z ← orth(XᵀX Z), `passes` times, and Rayleigh–Ritz on X Z.
/// Each column's entry of greatest magnitude is positive. k is `options.width`, or the rank where that is less. The
/// result depends on the seed, not on the number of threads. Cost: `passes` + 1 times 4 · nnz · l operations, and a
/// Householder QR of [cols, l], with l = width + oversample; memory 4 (rows + 3 cols) l bytes. Throws InvalidArgument.
TruncatedSvd truncated_svd(ThreadPool& pool, CsrView x, std::span<const float> weights, const SvdOptions& options);

}  // namespace monet::features
