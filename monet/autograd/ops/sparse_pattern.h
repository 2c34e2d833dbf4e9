#pragma once

#include "monet/core/csr.h"

#include <memory>
#include <span>
#include <vector>

namespace monet::autograd {

/// An immutable sparse pattern and its transpose: entry k of `transposed` is entry permutation[k] of `csr`. A sparse
/// matrix on the tape is such a pattern, shared, and a value [nnz, 1] in the order of `csr`.
struct SparsePattern {
  /// O(nnz).
  explicit SparsePattern(Csr pattern);

  Csr csr;
  std::vector<Index> permutation;  // before `transposed`, whose initialiser fills it
  Csr transposed;

  Index rows() const { return csr.rows(); }
  Index cols() const { return csr.cols(); }
  Index nnz() const { return csr.nnz(); }
};

using PatternPtr = std::shared_ptr<const SparsePattern>;

/// A union of patterns and where the entries of each part lie in it.
struct PatternUnion {
  PatternPtr pattern;
  std::vector<std::vector<Index>> positions;  // positions[p][k]: the entry of the union that is entry k of part p
};

/// The entries present in any part. O(Σ nnz). Throws InvalidArgument for no parts or when the shapes differ.
PatternUnion unite(std::span<const PatternPtr> parts);

}  // namespace monet::autograd
