#pragma once

#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

#include <cstdint>
#include <span>

namespace monet::autograd {

/// A sparse matrix without gradient. Not copied: it must live as long as the tape is used.
struct ConstantMatrix {
  const SparsePattern* pattern = nullptr;
  std::span<const float> values;      // in the order of pattern->csr
  std::span<const float> transposed;  // in that of pattern->transposed
};

/// Sparse times dense: y = A x, A [R, C], x [C, d] → [R, d]. Gradient: x̄ = Aᵀ ȳ. 2 nnz d operations each.
/// Throws InvalidArgument when the shapes do not fit.
Var constant_spmm(Tape& tape, const ConstantMatrix& matrix, Var x);

/// Some rows of it, with A standing before rows [first, first + C) of x [n, d]: row k of the result is row rows[k] of
/// A x_{first..}. → [rows.size(), d]. Costs the entries of these rows, in the backward too, which reads A by rows (its
/// `transposed` may be empty) and clears x̄ when it is fresh. `rows` is copied. Throws InvalidArgument when the shapes
/// do not fit or a row is outside [0, R).
Var constant_spmm_rows(Tape& tape, const ConstantMatrix& matrix, Var x, std::span<const std::int32_t> rows,
                       Index first = 0);

/// The mean of layers 0..L of a propagation, E^l = S E^{l-1}, at some rows, or at all of them when `rows` is empty:
/// y = (1/(L+1)) Σ_l (S^l x)_rows, S [n, n], x [n, d] → [rows.size() or n, d]. By Horner's scheme, so the last pass
/// computes only these rows, and the first of the backward starts from them. `rows` is copied. Throws InvalidArgument
/// when the shapes do not fit, a row is outside [0, n), or for L < 0.
Var mean_of_layers(Tape& tape, const ConstantMatrix& matrix, Var x, int layers, std::span<const std::int32_t> rows);

}  // namespace monet::autograd
