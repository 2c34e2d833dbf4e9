#pragma once

#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"
#include "monet/models/monet.h"

namespace monet::bench {

/// MONET's ranking loss of a batch (Eq. 2–7, concatenation, MeGCN, target-aware) in plain float64, straight
/// from the equations and without any kernel of the engine. O(Σ I·d_m·d + L·|E|·M·d).
double reference_loss(const models::ParameterSet& parameters, const data::Dataset& dataset,
                      const graph::Bipartite& graph, const models::Monet::Options& options, const models::Batch& batch);

}  // namespace monet::bench
