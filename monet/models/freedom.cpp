#include "monet/models/freedom.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/add_to_rows.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/dot_bpr.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/scale.h"
#include "monet/core/error.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/edge_sample.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/knn_item_graphs.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

namespace monet::models {

using autograd::Tape;
using autograd::Var;

namespace {

/// a for the image and shares of 1 - a for the others; alike where there is no image, or nothing else.
std::vector<float> graph_weights(const data::Dataset& dataset, float image_weight) {
  const auto count = static_cast<float>(dataset.modalities.size());
  std::vector<float> weights(dataset.modalities.size(), 1.0F / count);
  for (std::size_t m = 0; m < weights.size(); ++m) {
    if (weights.size() < 2 || dataset.modalities[m].name != "image") continue;
    std::fill(weights.begin(), weights.end(), (1.0F - image_weight) / (count - 1.0F));
    weights[m] = image_weight;
    break;
  }
  return weights;
}

detail::NodeMatrix frozen_graph(const Freedom::Options& options, const data::Dataset& dataset, ThreadPool& pool) {
  detail::require_modalities(Freedom::kName, dataset);
  std::vector<detail::NodeMatrix> graphs;
  for (const data::Modality& modality : dataset.modalities) {
    graphs.push_back(detail::knn_item_graph(pool, modality.features.view(), options.item_neighbours,
                                            detail::NeighbourWeight::equal));
  }
  return detail::weighted_union(graphs, graph_weights(dataset, options.image_weight));
}

}  // namespace

Freedom::Freedom(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)),
      graph_(&graph),
      all_edges_(detail::node_adjacency(graph, Adjacency::symmetric)),
      item_graph_(frozen_graph(options, dataset, pool)),
      all_items_(static_cast<std::size_t>(graph.num_items())) {
  detail::require_same_shape(kName, dataset, graph);
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users(), RowsOf::users);
  items_ =
      &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items(), RowsOf::items);
  features_ = detail::add_trained_features(parameters_, dataset, options.dim, false);
  std::iota(all_items_.begin(), all_items_.end(), static_cast<std::int32_t>(graph.num_users()));
}

void Freedom::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  for (const auto& modality : features_) modality.initialise(rng);
  seed_ = rng.next();
  kept_.reset();
}

Index Freedom::kept_edges() const {
  return static_cast<Index>(static_cast<double>(graph_->num_edges()) *
                            (1.0 - static_cast<double>(options_.edge_dropout)));
}

// By seed and epoch alone: an epoch that is interrupted before its first batch begins again.
void Freedom::begin_epoch(int epoch) {
  if (options_.edge_dropout == 0.0F) return;
  Rng rng(seed_, static_cast<std::uint64_t>(epoch));
  keep_edges(detail::draw_without_replacement(graph_->user_item_weights(), kept_edges(), rng));
}

void Freedom::keep_edges(std::span<const Index> edges) {
  graph::Bipartite kept(detail::with_entries(graph_->user_items(), edges));
  detail::NodeMatrix matrix = detail::node_adjacency(kept, Adjacency::symmetric);
  kept_.emplace(Kept{{edges.begin(), edges.end()}, std::move(kept), std::move(matrix)});
}

// G^layers x of the items.
Var Freedom::item_layers(Tape& tape, Var items, int layers) {
  for (int l = 0; l < layers; ++l) items = autograd::constant_spmm(tape, item_graph_.constant(), items);
  return items;
}

// Σ_m BPR of the batch's users and what is mapped of its items.
Var Freedom::modality_losses(Tape& tape, Var users, std::span<const std::int32_t> items, const Batch& positions) {
  std::vector<Var> terms;
  for (const auto& modality : features_) {
    const std::array parts{autograd::Embeddings{users, modality.mapped(tape, items, false)}};
    terms.push_back(autograd::dot_bpr(tape, parts, positions.users, positions.positives, positions.negatives, nullptr));
  }
  return autograd::add(tape, terms);
}

Loss Freedom::loss(Tape& tape, const Batch& batch) {
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape.parameter(block.value.view(), block.grad.view());
  const detail::BatchNodes of_batch(batch, graph_->num_users(), graph_->num_items());
  Var h;
  if (options_.item_layers == 1) {
    h = autograd::constant_spmm_rows(tape, item_graph_.constant(), nodes, of_batch.items, graph_->num_users());
  } else {
    const Var before = item_layers(tape, autograd::gather_rows(tape, nodes, all_items_), options_.item_layers - 1);
    h = autograd::constant_spmm_rows(tape, item_graph_.constant(), before, of_batch.items);
  }
  const detail::NodeMatrix& matrix = kept_ ? kept_->matrix : all_edges_;
  const Var mean = autograd::mean_of_layers(tape, matrix.constant(), nodes, options_.layers, of_batch.nodes);
  const Var rows = autograd::add_to_rows(tape, mean, h, of_batch.first_item);
  const std::array parts{autograd::Embeddings{rows, rows}};
  Var total = autograd::dot_bpr(tape, parts, of_batch.users, of_batch.positives, of_batch.negatives, nullptr);
  if (options_.modality_weight > 0.0F) {
    std::vector<std::int32_t> positives = of_batch.positives;
    std::vector<std::int32_t> negatives = of_batch.negatives;
    for (auto* places : {&positives, &negatives}) {
      for (std::int32_t& place : *places) place -= static_cast<std::int32_t>(of_batch.first_item);
    }
    const Var others = modality_losses(tape, mean, of_batch.items, {of_batch.users, positives, negatives});
    total = autograd::add(tape, total, autograd::scale(tape, others, options_.modality_weight));
  } else {
    for (const auto& modality : features_) modality.clear_gradients();
  }
  return detail::weighed(tape, total, {}, 0.0F);
}

Output Freedom::output(Tape& tape, Detail detail) {
  Output out;
  const Var nodes = tape.constant(parameters_.blocks().front().value.view());
  const Var h = item_layers(tape, autograd::gather_rows(tape, nodes, all_items_), options_.item_layers);
  const Var mean = autograd::mean_of_layers(tape, all_edges_.constant(), nodes, options_.layers, {});
  detail::add_dot_scoring(out, tape, autograd::add_to_rows(tape, mean, h, graph_->num_users()), *graph_);
  if (detail == Detail::artifact) {
    for (const auto& modality : features_) {
      out.tensors.push_back({"item_embedding." + modality.name, out.keep(tape, modality.mapped(tape))});
    }
  }
  return out;
}

// The last layers for the batch's nodes only.
StepWork Freedom::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(kept_ ? kept_->graph : *graph_, batch);
  StepWork work;
  work.gathers.push_back(detail::row_passes(sizes, options_.layers, options_.dim));
  const Csr& similar = item_graph_.pattern->csr;
  const double last = detail::entries_of(similar, sizes.batch_items);
  work.gathers.push_back(
      {2.0 * ((options_.item_layers - 1) * static_cast<double>(similar.nnz()) + last), options_.dim, sizes.items});
  if (options_.modality_weight == 0.0F) return work;
  for (const auto& modality : features_) {
    work.products.push_back({sizes.num_batch_items(), modality.raw.cols, options_.dim});
    work.gathers.push_back({2.0 * static_cast<double>(sizes.num_batch_items()), modality.raw.cols, sizes.items});
  }
  return work;
}

// One byte that says whether edges were kept, the seed, and then a bit for each edge.
std::vector<std::byte> Freedom::state() const {
  std::vector<std::byte> bytes(1 + sizeof(std::uint64_t), std::byte{0});
  bytes[0] = static_cast<std::byte>(kept_.has_value());
  std::memcpy(bytes.data() + 1, &seed_, sizeof(seed_));
  if (!kept_) return bytes;
  const std::size_t first = bytes.size();
  bytes.resize(first + (static_cast<std::size_t>(graph_->num_edges()) + 7) / 8);
  for (const Index edge : kept_->edges) {
    bytes[first + static_cast<std::size_t>(edge / 8)] |= std::byte{1} << static_cast<unsigned>(edge % 8);
  }
  return bytes;
}

void Freedom::restore(std::span<const std::byte> state) {
  constexpr std::size_t kHead = 1 + sizeof(std::uint64_t);
  const auto edges = static_cast<std::size_t>(graph_->num_edges());
  const std::size_t want = !state.empty() && state[0] == std::byte{1} ? kHead + (edges + 7) / 8 : kHead;
  if (state.size() != want || state[0] > std::byte{1}) {
    fail<DataError>("[freedom] the checkpoint does not say which edges the epoch keeps; train again with `force`");
  }
  std::memcpy(&seed_, state.data() + 1, sizeof(seed_));
  kept_.reset();
  if (state[0] == std::byte{0}) return;
  std::vector<Index> kept;
  for (std::size_t edge = 0; edge < edges; ++edge) {
    if (((state[kHead + edge / 8] >> static_cast<unsigned>(edge % 8)) & std::byte{1}) != std::byte{0}) {
      kept.push_back(static_cast<Index>(edge));
    }
  }
  if (static_cast<Index>(kept.size()) != kept_edges()) {
    fail<DataError>("[freedom] the checkpoint keeps {} edges, expected {}; train again with `force`", kept.size(),
                    kept_edges());
  }
  keep_edges(kept);
}

const OptionSet<Freedom::Options>& Freedom::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    describe::layers(s, &Options::layers);
    describe::item_neighbours(s, &Options::item_neighbours);
    describe::item_layers(s, &Options::item_layers);
    s.number("image-weight", &Options::image_weight, 0, 1, "share of the image in the graph of similar items");
    s.number("edge-dropout", &Options::edge_dropout, 0, 0.99, "share of the interactions left out in an epoch");
    s.number("modality-weight", &Options::modality_weight, 0, describe::kLargestFloat,
             "weight of ranking by each modality alone");
    return s;
  }();
  return set;
}

void Freedom::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
}

std::size_t Freedom::training_bytes(const Options& options, const data::Dataset& dataset) {
  // Value, gradient, two moments; layers of users and items and of similar items, and their gradients.
  return detail::tables_bytes(dataset, options.dim,
                              4 + 2 * (Index{options.layers} + 2) + 2 * Index{options.item_layers}) +
         detail::trained_features_bytes(dataset, options.dim) + detail::knn_bytes(dataset, options.item_neighbours, 2) +
         static_cast<std::size_t>(2 * dataset.train.nnz()) * 2 * detail::kMatrixEntryBytes;
}

const Registration& freedom_registration() {
  static const Registration entry = registration_of<Freedom>(
      {"ids over a frozen graph of similar items, and over a sample of the interactions each epoch",
       {.learning_rate = 1e-3, .decay = 1.0, .batch_size = 2048, .sampling = Sampling::interactions},
       // MMRec: the sample and the weight.
       {{"edge-dropout", {"0.8", "0.9"}}, {"modality-weight", {"0", "0.00001", "0.0001", "0.001"}}},
       false,
       {Setting{}}});
  return entry;
}

}  // namespace monet::models
