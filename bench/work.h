#pragma once

#include "monet/models/step_work.h"
#include "bench/floor.h"

namespace monet::bench {

/// Seconds of the products and of the gathered rows of a step's work (models::Model::step_work), measured in this run.
double gemm_part(const models::StepWork& work, int repetitions);
/// `pass`: rows that one pass over the graph gathers, as in gather_seconds.
double gather_part(const models::StepWork& work, int repetitions, Table table, Index pass);

}  // namespace monet::bench
