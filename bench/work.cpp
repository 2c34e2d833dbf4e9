#include "bench/work.h"

#include "monet/core/matrix.h"
#include "monet/graph/receptive_field.h"
#include "monet/kernels/gemm.h"
#include "monet/models/lightgcn.h"
#include "monet/models/monet.h"
#include "bench/timing.h"

#include <algorithm>

namespace monet::bench {

using kernels::Transpose;

namespace {

double product_seconds(Index n, Index in, Index out, int repetitions) {
  const auto a = Matrix<float>::zeros(n, in);
  const auto b = Matrix<float>::zeros(in, out);
  const auto bt = Matrix<float>::zeros(out, in);
  auto c = Matrix<float>::zeros(n, out);
  const double straight = time(repetitions, [&] {
                            kernels::gemm(Transpose::no, Transpose::no, a.view(), b.view(), false, c.view());
                          }).median();
  const double transposed = time(repetitions, [&] {
                              kernels::gemm(Transpose::no, Transpose::yes, a.view(), bt.view(), false, c.view());
                            }).median();
  return std::min(straight, transposed);
}

double weight_gradient_seconds(Index n, Index in, Index out, int repetitions) {
  const auto x = Matrix<float>::zeros(n, in);
  const auto dy = Matrix<float>::zeros(n, out);
  auto dw = Matrix<float>::zeros(in, out);
  auto dwt = Matrix<float>::zeros(out, in);
  const double straight = time(repetitions, [&] {
                            kernels::gemm(Transpose::yes, Transpose::no, x.view(), dy.view(), false, dw.view());
                          }).median();
  const double transposed = time(repetitions, [&] {
                              kernels::gemm(Transpose::yes, Transpose::no, dy.view(), x.view(), false, dwt.view());
                            }).median();
  return std::min(straight, transposed);
}

/// What the formulas speak of.
struct Sizes {
  Index nodes;     // U + I
  Index items;     // I
  double entries;  // of A: both directions of each interaction
  Index d;
};

/// Both directions of `layers` passes within the batch's receptive field; shares as in graph::ReceptiveField.
double field_gathers(const graph::Bipartite& graph, int layers, bool histories, const train::Sampler::Triples& batch,
                     double dense_share, double first_share) {
  if (layers == 0) return 0.0;
  graph::ReceptiveField field(graph, layers, dense_share, first_share);
  std::vector<std::int32_t> items = batch.positives;
  items.insert(items.end(), batch.negatives.begin(), batch.negatives.end());
  field.build(batch.users, items, histories);
  Index history = 0;
  for (const std::int32_t user : batch.users) history += histories ? graph.user_items().degree(user) : 0;
  return static_cast<double>(step_gathers(graph, field, history, static_cast<Index>(batch.users.size())));
}

std::vector<std::int32_t> distinct(std::vector<std::int32_t> rows, const std::vector<std::int32_t>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

/// The different nodes of a batch, and their entries of A.
struct BatchSizes {
  Index nodes = 0;
  std::vector<std::int32_t> items;
  double entries = 0.0;

  Index num_items() const { return static_cast<Index>(items.size()); }

  BatchSizes(const graph::Bipartite& graph, const train::Sampler::Triples& batch) {
    const auto users = distinct(batch.users, {});
    items = distinct(batch.positives, batch.negatives);
    nodes = static_cast<Index>(users.size()) + num_items();
    for (const std::int32_t user : users) entries += static_cast<double>(graph.user_items().degree(user));
    for (const std::int32_t item : items) entries += static_cast<double>(graph.item_users().degree(item));
  }
};

// D⁻¹ (A + I): every layer passes over entries and the diagonal, both ways; the last over those of the batch's rows.
Gathers row_passes(const Sizes& s, const BatchSizes& of_batch, int layers, Index width) {
  if (layers == 0) return {0.0, width, s.nodes};
  const double whole = s.entries + static_cast<double>(s.nodes);
  const double last = of_batch.entries + static_cast<double>(of_batch.nodes);
  return {2.0 * ((layers - 1) * whole + last), width, s.nodes};
}

Work ngcf(const models::ModelOptions& o, const Sizes& s, const BatchSizes& of_batch) {
  Work work;
  Index width = s.d;
  for (std::size_t k = 0; k < o.layer_widths.size(); ++k) {
    const bool last = k + 1 == o.layer_widths.size();
    const Index next = o.layer_widths[k];
    const Index rows = last ? of_batch.nodes : s.nodes;
    work.gathers.push_back(last ? row_passes(s, of_batch, 1, width)
                                : Gathers{2.0 * (s.entries + static_cast<double>(s.nodes)), width, s.nodes});
    // W_g and W_b.
    work.products.push_back({rows, width, next});
    work.products.push_back({rows, width, next});
    width = next;
  }
  return work;
}

// Only the batch's items are projected, or all when they are more than half.
Work vbpr(const models::ModelOptions& o, const data::Dataset& dataset, const Sizes& s, const BatchSizes& of_batch,
          const train::Sampler::Triples& batch) {
  const Index rows = 2 * of_batch.num_items() > s.items ? s.items : of_batch.num_items();
  Work work;
  for (const auto& modality : dataset.modalities) {
    work.products.push_back({rows, modality.features.cols(), o.dim, false, true});
  }
  work.gathers.push_back({6.0 * static_cast<double>(batch.users.size()), 2 * o.dim, s.nodes});
  return work;
}

// The published form; the last layer is wanted for the batch's nodes only, its neighbours' mean excepted.
Work mmgcn(const models::ModelOptions& o, const data::Dataset& dataset, const Sizes& s, const BatchSizes& of_batch) {
  const Index chosen = of_batch.nodes;
  Work work;
  for (const auto& modality : dataset.modalities) {
    const bool mapped = modality.name == "image";
    Index width = modality.features.cols();
    if (mapped) {
      work.products.push_back({s.items, width, o.latent_dim, false, true});
      width = o.latent_dim;
    }
    for (const int layer : {1, 2, 3}) {
      const bool trained = layer > 1 || mapped || o.trainable_ids;
      const Index rows = layer == 3 ? chosen : s.nodes;
      work.products.push_back({s.nodes, width, width, trained, true});
      work.products.push_back({rows, width, s.d, trained, true});
      work.products.push_back({rows, width, s.d});
      if (o.combination == models::Combination::concat) work.products.push_back({rows, s.d, s.d});
      work.gathers.push_back({2.0 * s.entries, width, s.nodes});
      width = s.d;
    }
  }
  return work;
}

/// Edges that end at rows a batch names.
double edges_at(const Csr& pattern, std::vector<std::int32_t> rows) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  Index edges = 0;
  for (const std::int32_t row : rows) edges += pattern.degree(row);
  return static_cast<double>(edges);
}

Work grcn(const models::ModelOptions& o, const data::Dataset& dataset, const Sizes& s, const graph::Bipartite& graph,
          const train::Sampler::Triples& batch) {
  std::vector<std::int32_t> items = batch.positives;
  items.insert(items.end(), batch.negatives.begin(), batch.negatives.end());
  const double edges = s.entries / 2.0;
  const double at_users = edges_at(graph.user_items(), batch.users);
  const double at_items = edges_at(graph.item_users(), items);
  Work work;
  // Attention gathers a row for each edge, with which the content of the batch's items comes too, and one for each edge
  // of the batch's users; backward each side's rows once, and the gradients that the batch's rows have. A step of
  // routing: a sampled product and a weighed pass, three times each.
  const double routing = o.routing == models::Routing::paper ? 6.0 * o.num_routing * edges : 0.0;
  for (const auto& modality : dataset.modalities) {
    work.products.push_back({s.items, modality.features.cols(), o.latent_dim, false, true});
    work.gathers.push_back({3.0 * edges + 2.0 * at_users + at_items + routing, o.latent_dim, s.nodes / 2});
  }
  // Two layers, the last of the batch's rows only; as much backward.
  work.gathers.push_back({2.0 * (2.0 * edges + at_users + at_items), s.d, s.nodes / 2});
  return work;
}

// A step that keeps its item graph; its last layer for the batch's items only.
Work lattice(const models::ModelOptions& o, const data::Dataset& dataset, const Sizes& s, const BatchSizes& of_batch,
             const Csr* item_graph) {
  Work work;
  work.gathers.push_back(row_passes(s, of_batch, o.layers, s.d));
  if (o.item_layers == 0) return work;
  const auto least = static_cast<Index>(dataset.modalities.size()) * std::min(o.item_neighbours, s.items);
  Index last = 0;
  for (const std::int32_t item : of_batch.items) last += item_graph == nullptr ? least : item_graph->degree(item);
  const Index whole = item_graph == nullptr ? s.items * least : item_graph->nnz();
  work.gathers.push_back({2.0 * static_cast<double>((o.item_layers - 1) * whole + last), s.d, s.items});
  return work;
}

Work mario(const models::ModelOptions& o, const data::Dataset& dataset, const Sizes& s, const BatchSizes& of_batch,
           const train::Sampler::Triples& batch) {
  const auto rows = static_cast<Index>(2 * batch.users.size());
  const auto slabs = static_cast<Index>(dataset.modalities.size()) + 1;
  Work work;
  for (const auto& modality : dataset.modalities) {
    const Index width = modality.features.cols();
    work.products.push_back({of_batch.num_items(), width, s.d, false, true});
    work.products.push_back({rows, s.d, width});
    work.gathers.push_back({static_cast<double>(rows), width, s.items});
  }
  work.products.push_back({rows * slabs, s.d, o.latent_dim});
  work.gathers.push_back({3.0 * static_cast<double>(rows), slabs * s.d, s.nodes});
  return work;
}

}  // namespace

Work work_of(std::string_view model, const models::ModelOptions& options, const data::Dataset& dataset,
             const graph::Bipartite& graph, const train::Sampler::Triples& batch, const Csr* item_graph) {
  const Sizes s{graph.num_users() + graph.num_items(), graph.num_items(), 2.0 * static_cast<double>(graph.num_edges()),
                options.dim};
  const BatchSizes of_batch(graph, batch);
  Work work;
  if (model == "mf") {
    work.gathers.push_back({6.0 * static_cast<double>(batch.users.size()), s.d, s.nodes});
  } else if (model == "lightgcn") {
    if (options.adjacency == models::Adjacency::symmetric) {
      const double rows = field_gathers(graph, options.layers, false, batch, models::LightGcn::kDenseShare,
                                        models::LightGcn::kBatchShare);
      work.gathers.push_back({rows, s.d, s.nodes});
    } else {
      work.gathers.push_back(row_passes(s, of_batch, options.layers, s.d));
    }
  } else if (model == "ngcf") {
    work = ngcf(options, s, of_batch);
  } else if (model == "vbpr") {
    work = vbpr(options, dataset, s, of_batch, batch);
  } else if (model == "mmgcn") {
    work = mmgcn(options, dataset, s, of_batch);
  } else if (model == "grcn") {
    work = grcn(options, dataset, s, graph, batch);
  } else if (model == "lattice") {
    work = lattice(options, dataset, s, of_batch, item_graph);
  } else if (model == "mario") {
    work = mario(options, dataset, s, of_batch, batch);
  } else if (model == "monet") {
    for (const auto& modality : dataset.modalities) {
      work.products.push_back({s.items, modality.features.cols(), s.d, false, true});
    }
    work.gathers.push_back(
        {field_gathers(graph, options.layers, true, batch, models::Monet::kDenseShare, models::Monet::kDenseShare),
         s.d * static_cast<Index>(dataset.modalities.size()), s.nodes});
  }
  return work;
}

double gemm_part(const Work& work, int repetitions) {
  double seconds = 0.0;
  for (const Product& p : work.products) {
    seconds += product_seconds(p.n, p.in, p.out, repetitions);
    if (p.input_gradient) seconds += product_seconds(p.n, p.out, p.in, repetitions);
    if (p.weight_gradient) seconds += weight_gradient_seconds(p.n, p.in, p.out, repetitions);
  }
  return seconds;
}

double gather_part(const Work& work, int repetitions, Table table, Index pass) {
  double seconds = 0.0;
  for (const Gathers& g : work.gathers) {
    seconds += g.count * gather_seconds(g.table_rows, g.width, repetitions, table, pass);
  }
  return seconds;
}

}  // namespace monet::bench
