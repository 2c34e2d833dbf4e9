#pragma once

#include "monet/core/csr.h"
#include "monet/core/thread_pool.h"
#include "monet/core/view.h"

#include <vector>

namespace monet::graph {

struct KnnOptions {
  Index neighbours = 10;       // k >= 1, counting the row itself
  bool keep_negative = false;  // false: only similarities above 0 make an edge, so a row may have fewer than k
};

/// A directed, weighted graph over rows: row r holds its nearest rows.
struct KnnGraph {
  Csr pattern;                      // [n, n], columns ascending
  std::vector<float> similarities;  // [nnz], cosines in the order of `pattern`
};

/// The k nearest rows of each row of `features` [n, d] by cosine x_r·x_c / (‖x_r‖ ‖x_c‖), the row itself among
/// them; of equal similarities the lower index is taken. A row of zeros has no cosine, and so neither neighbours nor a
/// place among those of others. Not symmetric. Products are made in tiles, never n × n: O(n d)
/// memory for the rows divided by their norms, 2 n² d operations. Tiles do not depend on the number of threads, and
/// so the result does not. Throws InvalidArgument for k < 1, DataError for a row with a value that is not finite.
KnnGraph cosine_neighbours(ThreadPool& pool, MatrixView<const float> features, const KnnOptions& options);

}  // namespace monet::graph
