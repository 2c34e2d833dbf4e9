#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/features/text/term_matrix.h"
#include "monet/features/text/truncated_svd.h"

#include <span>
#include <string_view>
#include <vector>

namespace monet::features {

struct TextOptions {
  TermOptions terms;
  SvdOptions svd;
};

/// Features of texts, and what there is to say of them.
struct TextFeatures {
  Matrix<float> rows;        // [items, width], of length 1; all NaN where an item has no term
  Index missing = 0;         // such items
  Index terms = 0;           // columns of the TF-IDF matrix
  double kept = 0.0;         // share of its squared entries that the features keep, in [0, 1]
  Matrix<float> directions;  // [terms, width]: a TF-IDF row times them, divided by its length, is a row of features
};

/// Latent semantic analysis: the TF-IDF rows' coordinates in their greatest singular directions, each row divided by
/// its length. `svd.width` columns, fewer where the matrix has a smaller rank. Throws DataError when no item has a term
/// that another one has, too.
TextFeatures text_features(ThreadPool& pool, const TermMatrix& matrix, const TextOptions& options);

/// Divides a row of features by its length; where nothing is kept of it, all of it becomes NaN (false).
bool settle_row(std::span<float> row);

/// "title:2,description,categories:1:labels" → fields: names, each with a weight (default 1) and, where it holds labels
/// and not words, `labels`. Throws InvalidArgument naming the part.
std::vector<TextField> parse_text_fields(std::string_view text);

}  // namespace monet::features
