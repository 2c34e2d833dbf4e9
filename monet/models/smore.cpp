#include "monet/models/smore.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/gated_sum.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/softmax_loss.h"
#include "monet/autograd/ops/softmax_scaled.h"
#include "monet/autograd/ops/tanh.h"
#include "monet/core/error.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/gcn_name.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/knn_item_graphs.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace monet::models {

using autograd::GatedTerm;
using autograd::Tape;
using autograd::Var;

namespace {

constexpr std::string_view kFusion = "fusion";
constexpr std::string_view kFusionShort = "f";

std::vector<detail::NodeMatrix> graphs_of(const Smore::Options& options, const data::Dataset& dataset,
                                          ThreadPool& pool) {
  detail::require_modalities(Smore::kName, dataset);
  detail::require_distinct_gcn_names(Smore::kName, dataset);
  std::vector<detail::NodeMatrix> graphs;
  for (const data::Modality& modality : dataset.modalities) {
    if (modality.name == kFusion || modality.name == kFusionShort) {
      fail<DataError>("[smore] a modality called {} would be taken for the fusion; rename it", modality.name);
    }
    const Index neighbours = modality.name == "image" ? options.image_neighbours : options.text_neighbours;
    graphs.push_back(
        detail::knn_item_graph(pool, modality.features.view(), neighbours, detail::NeighbourWeight::cosine));
  }
  graphs.push_back(detail::largest_union(graphs));
  return graphs;
}

}  // namespace

Smore::Smore(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)),
      graph_(&graph),
      fourier_(options.dim),
      adjacency_(detail::node_adjacency(graph, Adjacency::symmetric)),
      item_views_(graph),
      item_graphs_(graphs_of(options, dataset, pool)),
      dropout_(options.gate_dropout),
      all_items_(static_cast<std::size_t>(graph.num_items())) {
  detail::require_same_shape(kName, dataset, graph);
  const Index d = options.dim;
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), d);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users(), RowsOf::users);
  items_ =
      &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items(), RowsOf::items);
  features_ = detail::add_trained_features(parameters_, dataset, d);
  for (const data::Modality& modality : dataset.modalities) add_part(modality.name, detail::short_name(modality), true);
  add_part(std::string(kFusion), std::string(kFusionShort), false);
  std::iota(all_items_.begin(), all_items_.end(), static_cast<std::int32_t>(graph.num_users()));
}

void Smore::add_part(const std::string& name, const std::string& short_name, bool is_modality) {
  const Index d = options_.dim;
  Part part;
  part.name = name;
  part.filter = &parameters_.add(name + "_complex_weight", d / 2 + 1, 2);
  part.gate = detail::add_linear_map(parameters_, "gate_" + short_name + ".0", d, d);
  part.preference = detail::add_linear_map(parameters_, "gate_" + name + "_prefer.0", d, d);
  if (is_modality) {
    part.query = detail::add_linear_map(parameters_, "query_" + short_name + ".0", d, d);
    part.query_values = detail::add_linear_map(parameters_, "query_" + short_name + ".2", d, d, false);
  }
  parts_.push_back(std::move(part));
}

void Smore::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  for (const auto& modality : features_) modality.initialise(rng);
  for (const Part& part : parts_) {
    for (Index k = 0; k < part.filter->value.rows; ++k) {
      for (float& w : part.filter->value.row_span(k)) w = static_cast<float>(rng.normal());
    }
    part.gate.initialise(rng);
    part.preference.initialise(rng);
    if (part.query.weight == nullptr) continue;
    part.query.initialise(rng);
    part.query_values.initialise(rng);
  }
}

// y of each modality and of the fusion.
std::vector<Var> Smore::filtered_features(Tape& tape) {
  std::vector<Var> filtered;
  Var product;
  const auto add = [&](Var spectrum) {
    const Parameter* filter = parts_[filtered.size()].filter;
    const Var weights = tape.parameter(filter->value, filter->grad);
    filtered.push_back(autograd::inverse_spectrum(tape, fourier_, autograd::filter_spectrum(tape, spectrum, weights)));
  };
  for (const auto& modality : features_) {
    const Var spectrum = autograd::spectrum(tape, fourier_, modality.mapped(tape));
    product = product.valid() ? autograd::multiply_spectra(tape, product, spectrum) : spectrum;
    add(spectrum);
  }
  add(product);
  return filtered;
}

// The rows of a gate's dropout that belong to a batch's nodes; empty for none.
MatrixView<const float> Smore::mask(Tape& tape, const detail::BatchNodes& batch, std::size_t part,
                                    std::uint64_t seed) const {
  if (!dropout_.active()) return {};
  const Var memory = tape.make(static_cast<Index>(batch.nodes.size()), options_.dim, {});
  const auto rows = tape.mutable_value(memory);
  tape.pool().for_range(rows.rows, [&](Index begin, Index end, int) {
    for (Index k = begin; k < end; ++k) {
      dropout_.mask(seed, part, batch.nodes[static_cast<std::size_t>(k)],
                    {rows.row(k), static_cast<std::size_t>(rows.cols)});
    }
  });
  return rows;
}

Smore::Parts Smore::parts(Tape& tape, Var nodes, const detail::BatchNodes* batch, std::uint64_t seed) {
  Parts out;
  const Var ids = autograd::gather_rows(tape, nodes, all_items_);
  const std::span<const std::int32_t> rows = batch == nullptr ? std::span<const std::int32_t>{} : batch->nodes;
  out.content = autograd::mean_of_layers(tape, adjacency_.constant(), nodes, options_.layers, rows);
  out.filtered = filtered_features(tape);
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    const Var gate = parts_[p].gate.on(tape)(tape, out.filtered[p]);
    const Var purified = autograd::gated_sum(tape, std::array{GatedTerm{ids, gate, {}}}, Var{}, 1.0F);
    out.views.push_back(item_views_.of(tape, item_graphs_[p], options_.item_layers, purified, batch));
  }
  std::vector<GatedTerm> terms;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    const Part& part = parts_[p];
    Var attended = out.views[p];
    if (part.query.weight != nullptr) {
      const Var hidden = autograd::tanh(tape, part.query.on(tape)(tape, out.views.back()));
      attended = autograd::softmax_scaled(tape, part.query_values.on(tape)(tape, hidden), attended);
    }
    terms.push_back({attended, part.preference.on(tape)(tape, out.content),
                     batch == nullptr ? MatrixView<const float>{} : mask(tape, *batch, p, seed)});
  }
  out.side = autograd::gated_sum(tape, terms, Var{}, 1.0F / static_cast<float>(parts_.size()));
  return out;
}

Loss Smore::loss(Tape& tape, const Batch& batch) {
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape.parameter(block.value.view(), block.grad.view());
  const detail::BatchNodes& of_batch = tape.keep(detail::BatchNodes(batch, graph_->num_users(), graph_->num_items()));
  const Parts of = parts(tape, nodes, &of_batch, batch.seed);
  return detail::contrasted_bpr(tape, of.content, of.side, of_batch, options_.weight_decay,
                                options_.contrastive_weight);
}

Output Smore::output(Tape& tape, Detail detail) {
  Output out;
  const Parts all = parts(tape, tape.constant(parameters_.blocks().front().value.view()), nullptr, 0);
  detail::add_dot_scoring(out, tape, autograd::add(tape, all.content, all.side), *graph_);
  if (detail == Detail::artifact) {
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      out.tensors.push_back({"item_embedding." + parts_[p].name,
                             out.keep(tape, all.views[p]).row_range(graph_->num_users(), graph_->num_items())});
    }
  }
  return out;
}

// Attention, gates and the last layers for the batch's nodes only. Spectra are products with constants.
StepWork Smore::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  const Index d = options_.dim;
  const Index spectrum = fourier_.forward.rows();
  StepWork work{detail::contrast_products(batch, d), {}};
  work.gathers.push_back(detail::row_passes(sizes, options_.layers, d));
  for (const auto& modality : features_) {
    work.products.push_back({sizes.items, modality.raw.cols, d});
    work.products.push_back({sizes.items, d, spectrum, true, false});
    for (int k = 0; k < 2; ++k) work.products.push_back({sizes.batch_nodes, d, d});
  }
  for (const detail::NodeMatrix& graph : item_graphs_) {
    work.products.push_back({sizes.items, spectrum, d, true, false});
    work.products.push_back({sizes.items, d, d});
    work.products.push_back({sizes.batch_nodes, d, d});
    work.gathers.push_back({item_views_.gathers(graph, options_.item_layers, batch), d, sizes.items});
  }
  return work;
}

const OptionSet<Smore::Options>& Smore::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    describe::layers(s, &Options::layers);
    s.whole("image-neighbours", &Options::image_neighbours, 1, OptionInfo::kAny,
            "k of the graph of similar pictures, the item itself counted");
    s.whole("text-neighbours", &Options::text_neighbours, 1, OptionInfo::kAny,
            "k of the graph of similar texts, and of every other modality");
    describe::item_layers(s, &Options::item_layers);
    s.number("gate-dropout", &Options::gate_dropout, 0, 0.99, "dropout of the gates by what users did");
    describe::contrastive_weight(s, &Options::contrastive_weight, "weight of the contrast of the two embeddings");
    describe::weight_decay(s, &Options::weight_decay);
    return s;
  }();
  return set;
}

void Smore::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
}

std::size_t Smore::training_bytes(const Options& options, const data::Dataset& dataset) {
  const auto parts = static_cast<Index>(dataset.modalities.size()) + 1;
  // Value, gradient, two moments; layers with gradients; for each part spectra, gates, what they let through, its
  // layers, views, attention and preferences with theirs.
  const Index tables = 4 + 2 * (Index{options.layers} + 2) + 2 * parts * (10 + Index{options.item_layers});
  const Index most = std::max(options.image_neighbours, options.text_neighbours);
  return detail::tables_bytes(dataset, options.dim, tables) + detail::trained_features_bytes(dataset, options.dim) +
         detail::knn_bytes(dataset, most, 2) +
         static_cast<std::size_t>(3 * dataset.train.nnz()) * detail::kMatrixEntryBytes +
         static_cast<std::size_t>(Index{4} * 5 * parts * options.dim * (options.dim + 2) + autograd::kSoftmaxFloats) *
             sizeof(float);
}

const Registration& smore_registration() {
  static const Registration entry = registration_of<Smore>(
      {"features fused in the frequency domain let ids through, over graphs of similar items",
       {.learning_rate = 1e-3, .decay = 0.96, .batch_size = 2048, .sampling = Sampling::interactions},
       // MMRec: layers, neighbours, weights and dropout.
       {{"layers", {"3", "4"}},
        {"image-neighbours", {"10", "15", "20", "40"}},
        {"text-neighbours", {"10", "15", "20", "40"}},
        {"weight-decay", {"0.00001", "0.0001"}},
        {"gate-dropout", {"0", "0.1"}}},
       false,
       {Setting{}}});
  return entry;
}

}  // namespace monet::models
