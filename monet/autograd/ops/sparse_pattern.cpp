#include "monet/autograd/ops/sparse_pattern.h"

#include "monet/core/error.h"

#include <algorithm>
#include <utility>

namespace monet::autograd {

SparsePattern::SparsePattern(Csr pattern) : csr(std::move(pattern)), transposed(csr.transposed(&permutation)) {}

PatternUnion unite(std::span<const PatternPtr> parts) {
  if (parts.empty()) fail<InvalidArgument>("[unite] no patterns");
  const Index rows = parts.front()->rows();
  const Index cols = parts.front()->cols();
  PatternUnion out;
  for (const auto& part : parts) {
    if (part->rows() != rows || part->cols() != cols) {
      fail<InvalidArgument>("[unite] one pattern is {} x {}, another {} x {}", rows, cols, part->rows(), part->cols());
    }
    out.positions.emplace_back(static_cast<std::size_t>(part->nnz()));
  }
  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  std::vector<std::int32_t> merged;
  for (Index r = 0; r < rows; ++r) {
    merged.clear();
    for (const auto& part : parts) merged.insert(merged.end(), part->csr.row(r).begin(), part->csr.row(r).end());
    std::sort(merged.begin(), merged.end());
    merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
    for (std::size_t p = 0; p < parts.size(); ++p) {
      auto entry = static_cast<std::size_t>(parts[p]->csr.indptr()[static_cast<std::size_t>(r)]);
      for (const std::int32_t c : parts[p]->csr.row(r)) {
        const auto found = std::lower_bound(merged.begin(), merged.end(), c);
        out.positions[p][entry++] = static_cast<Index>(indices.size()) + (found - merged.begin());
      }
    }
    indices.insert(indices.end(), merged.begin(), merged.end());
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  out.pattern = std::make_shared<const SparsePattern>(Csr(rows, cols, std::move(indptr), std::move(indices)));
  return out;
}

}  // namespace monet::autograd
