#include "monet/core/csr.h"

#include "monet/core/error.h"

#include <algorithm>

namespace monet {

bool same_pattern(const CsrView& a, const CsrView& b) {
  return a.rows == b.rows && a.cols == b.cols && std::ranges::equal(a.indptr, b.indptr) &&
         std::ranges::equal(a.indices, b.indices);
}

namespace {
std::size_t at(Index i) {
  return static_cast<std::size_t>(i);
}
}  // namespace

Csr::Csr(Index rows, Index cols, std::vector<Index> indptr, std::vector<std::int32_t> indices)
    : rows_(rows), cols_(cols), indptr_(std::move(indptr)), indices_(std::move(indices)) {
  if (rows < 0 || cols < 0 || indptr_.size() != at(rows) + 1 || indptr_.front() != 0 ||
      indptr_.back() != static_cast<Index>(indices_.size())) {
    fail<InvalidArgument>("[csr] {} row offsets ending at {} do not describe {} rows with {} entries", indptr_.size(),
                          indptr_.empty() ? Index{-1} : indptr_.back(), rows, indices_.size());
  }
  for (Index r = 0; r < rows; ++r) {
    if (indptr_[at(r) + 1] < indptr_[at(r)]) fail<InvalidArgument>("[csr] the offset of row {} descends", r + 1);
  }
  for (Index r = 0; r < rows; ++r) {
    std::int32_t previous = -1;
    for (const std::int32_t c : row(r)) {
      if (c <= previous || c >= cols) {
        fail<InvalidArgument>("[csr] row {}: column {} after {} is not ascending within [0, {})", r, c, previous, cols);
      }
      previous = c;
    }
  }
}

Csr Csr::from_pairs(Index rows, Index cols, std::span<const std::pair<std::int32_t, std::int32_t>> pairs,
                    Index* duplicates) {
  Csr out(rows, cols);
  for (const auto& [r, c] : pairs) {
    if (r < 0 || r >= rows || c < 0 || c >= cols) {
      fail<InvalidArgument>("[csr] pair ({}, {}) is outside {} x {}", r, c, rows, cols);
    }
    ++out.indptr_[at(r) + 1];
  }
  for (Index r = 0; r < rows; ++r) out.indptr_[at(r) + 1] += out.indptr_[at(r)];
  out.indices_.resize(pairs.size());
  std::vector<Index> next(out.indptr_.begin(), out.indptr_.end() - 1);
  for (const auto& [r, c] : pairs) out.indices_[at(next[at(r)]++)] = c;

  Index kept = 0;
  for (Index r = 0; r < rows; ++r) {
    const auto begin = out.indices_.begin() + out.indptr_[at(r)];
    const auto end = out.indices_.begin() + out.indptr_[at(r) + 1];
    std::sort(begin, end);
    const auto unique_end = std::unique(begin, end);
    out.indptr_[at(r)] = kept;
    kept = std::copy(begin, unique_end, out.indices_.begin() + kept) - out.indices_.begin();
  }
  if (duplicates != nullptr) *duplicates = static_cast<Index>(pairs.size()) - kept;
  out.indptr_[at(rows)] = kept;
  out.indices_.resize(at(kept));
  return out;
}

bool Csr::contains(Index r, std::int32_t c) const {
  const auto columns = row(r);
  return std::binary_search(columns.begin(), columns.end(), c);
}

Csr Csr::transposed(std::vector<Index>* permutation) const {
  Csr out(cols_, rows_);
  for (const std::int32_t c : indices_) ++out.indptr_[at(c) + 1];
  for (Index c = 0; c < cols_; ++c) out.indptr_[at(c) + 1] += out.indptr_[at(c)];
  out.indices_.resize(indices_.size());
  if (permutation != nullptr) permutation->resize(indices_.size());
  std::vector<Index> next(out.indptr_.begin(), out.indptr_.end() - 1);
  for (Index r = 0; r < rows_; ++r) {
    for (Index k = indptr_[at(r)]; k < indptr_[at(r) + 1]; ++k) {
      const Index slot = next[at(indices_[at(k)])]++;
      out.indices_[at(slot)] = static_cast<std::int32_t>(r);
      if (permutation != nullptr) (*permutation)[at(slot)] = k;
    }
  }
  return out;
}

}  // namespace monet
