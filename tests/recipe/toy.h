#pragma once

#include "monet/models/model.h"
#include "monet/models/shared_options.h"

namespace monet::models {

/// The model of CONTRIBUTING.md's recipe: matrix factorisation whose scores are `gain` times the product.
///
/// Parameters: `toy.user` [U, d], `toy.item` [I, d], Xavier-uniform.
class Toy final : public Model {
 public:
  static constexpr std::string_view kName = "toy";
  static constexpr bool kTrained = true;
  enum class Mood { calm, merry };
  struct Options {
    Index dim = 8;
    float gain = 1.0F;
    Mood mood = Mood::calm;  // read and kept; it changes nothing
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  Toy(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  Output output(autograd::Tape& tape, Detail detail) override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return false; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
};

}  // namespace monet::models
