#pragma once

#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"
#include "monet/models/options.h"
#include "monet/train/sampler.h"
#include "bench/floor.h"

#include <string_view>
#include <vector>

namespace monet::bench {

/// A product [n, in] x [in, out] and the gradients that go with it.
struct Product {
  Index n = 0;
  Index in = 0;
  Index out = 0;
  bool input_gradient = true;   // [n, out] x [out, in]
  bool weight_gradient = true;  // [in, n] x [n, out]
};

/// Rows gathered at random from a table.
struct Gathers {
  double count = 0.0;
  Index width = 0;
  Index table_rows = 0;
};

/// What a training step cannot do without.
struct Work {
  std::vector<Product> products;
  std::vector<Gathers> gathers;
};

/// The work of one step of a model with these options on a batch (a step that rebuilds no graph). `item_graph`: the
/// graph over items that LATTICE keeps, or null for at least k entries a row and modality. Empty for a model without a
/// formula. Formulas: work.cpp.
Work work_of(std::string_view model, const models::ModelOptions& options, const data::Dataset& dataset,
             const graph::Bipartite& graph, const train::Sampler::Triples& batch, const Csr* item_graph = nullptr);

double gemm_part(const Work& work, int repetitions);
/// `pass`: rows that one pass over the graph gathers, as in gather_seconds.
double gather_part(const Work& work, int repetitions, Table table, Index pass);

}  // namespace monet::bench
