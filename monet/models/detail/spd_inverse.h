#pragma once

#include "monet/core/thread_pool.h"
#include "monet/core/view.h"

namespace monet::models::detail {

/// In place of a symmetric positive definite matrix [n, n], of which only the lower triangle is read, the lower
/// triangle of its inverse **with the sign turned**; the upper one is left undefined. Float64.
///
/// The sweep operator in blocks of 128: with D the inverse of the pivot block (Cholesky), A_ij −= A_ik D A_kj,
/// A_ik ← A_ik D, A_kk ← −D. n³ operations, as an inverse by Cholesky takes, nearly all of them products of blocks,
/// which the workers share; n · 2 · 128 numbers of memory beside the matrix. Of positive definite matrices no pivoting
/// is needed. The result does not depend on the number of threads.
///
/// Throws DataError when a pivot block has no Cholesky factor: the matrix is not positive definite, or nearly so.
void invert_negated(ThreadPool& pool, MatrixView<double> matrix);

}  // namespace monet::models::detail
