#pragma once

#include "monet/core/view.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace monet {

/// A read-only sparse pattern in compressed rows: the columns of row r are `indices[indptr[r] .. indptr[r+1])`.
struct CsrView {
  Index rows = 0;
  Index cols = 0;
  std::span<const Index> indptr;          // rows + 1
  std::span<const std::int32_t> indices;  // nnz

  Index nnz() const { return indptr.empty() ? 0 : indptr.back(); }
  Index degree(Index r) const { return indptr[static_cast<std::size_t>(r) + 1] - indptr[static_cast<std::size_t>(r)]; }
  std::span<const std::int32_t> row(Index r) const {
    return indices.subspan(static_cast<std::size_t>(indptr[static_cast<std::size_t>(r)]),
                           static_cast<std::size_t>(degree(r)));
  }
};

/// Whether both have the same shape and the same columns in each row. O(rows + nnz).
bool same_pattern(const CsrView& a, const CsrView& b);

/// An owning sparse pattern. Within a row the columns ascend and are unique (all constructors below see to it).
class Csr {
 public:
  Csr() : indptr_(1, 0) {}
  /// An empty pattern.
  Csr(Index rows, Index cols) : rows_(rows), cols_(cols), indptr_(static_cast<std::size_t>(rows) + 1, 0) {}
  /// Takes arrays that are already valid: indptr ascending from 0 to indices.size(), each row sorted and unique,
  /// columns in [0, cols). Throws InvalidArgument otherwise. O(nnz).
  Csr(Index rows, Index cols, std::vector<Index> indptr, std::vector<std::int32_t> indices);

  /// From (row, column) pairs in any order; repeated pairs are merged and counted in `duplicates` when it is given.
  /// Throws InvalidArgument for a pair outside the shape. O(nnz log row length).
  static Csr from_pairs(Index rows, Index cols, std::span<const std::pair<std::int32_t, std::int32_t>> pairs,
                        Index* duplicates = nullptr);

  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  Index nnz() const { return indptr_.back(); }
  Index degree(Index r) const { return view().degree(r); }
  std::span<const std::int32_t> row(Index r) const { return view().row(r); }
  std::span<const Index> indptr() const { return indptr_; }
  std::span<const std::int32_t> indices() const { return indices_; }
  CsrView view() const { return {rows_, cols_, indptr_, indices_}; }
  operator CsrView() const { return view(); }

  /// Whether (r, c) is present. O(log degree).
  bool contains(Index r, std::int32_t c) const;

  /// The transposed pattern. When `permutation` is given, entry k of the result is entry (*permutation)[k] of this one,
  /// so per-entry values follow. O(nnz).
  Csr transposed(std::vector<Index>* permutation = nullptr) const;

 private:
  Index rows_ = 0;
  Index cols_ = 0;
  std::vector<Index> indptr_;
  std::vector<std::int32_t> indices_;
};

}  // namespace monet
