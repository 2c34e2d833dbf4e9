#include "tests/recipe/toy.h"

#include "monet/autograd/ops/scale.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/registry.h"

namespace monet::models {

using autograd::Tape;
using autograd::Var;

Toy::Toy(const Options& options, const data::Dataset& /*dataset*/, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)), graph_(&graph) {
  users_ = &parameters_.add("toy.user", graph.num_users(), options.dim, RowsOf::users);
  items_ = &parameters_.add("toy.item", graph.num_items(), options.dim, RowsOf::items);
}

void Toy::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
}

Loss Toy::loss(Tape& tape, const Batch& batch) {
  const Var users = autograd::scale(tape, tape.parameter(users_->value, users_->grad), options_.gain);
  const Var items = tape.parameter(items_->value, items_->grad);
  return detail::weighed(tape, detail::dot_bpr(tape, detail::gather_batch(tape, users, items, batch)), {}, 0.0F);
}

Output Toy::output(Tape& tape, Detail /*detail*/) {
  Output out;
  const Var users = autograd::scale(tape, tape.constant(users_->value), options_.gain);
  const auto& items = out.keep(Matrix<float>::copy_of(items_->value));
  detail::add_dot_scoring(out, out.keep(tape, users), items.view(), *graph_);
  return out;
}

const OptionSet<Toy::Options>& Toy::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    s.number("gain", &Options::gain, 0, 10, "what every score is multiplied by");
    s.word<Mood>("mood", &Options::mood, {{"calm", Mood::calm}, {"merry", Mood::merry}}, "how it feels");
    return s;
  }();
  return set;
}

void Toy::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "toy.user", 1);
}

std::size_t Toy::training_bytes(const Options& options, const data::Dataset& dataset) {
  return detail::tables_bytes(dataset, options.dim, 6);
}

const Registration& toy_registration() {
  static const Registration entry =
      registration_of<Toy>({"a model of the recipe", {.learning_rate = 0.01}, {{"gain", {"0.5", "1"}}}});
  return entry;
}

}  // namespace monet::models
