#pragma once

#include "monet/data/dataset.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/monet.h"

namespace monet::bench {

/// Where a table is when a pass begins: in the cache as far as it fits, or pushed out of it by other data.
enum class Table { warm, cold };

/// Seconds to gather one row of `width` floats at random from a table of `rows` rows, one thread, in this run: the
/// weighted sum of many random rows by the sparse kernel itself, which does nothing else. Of a cold table as many rows
/// are gathered as `pass` says, a pass over the graph: its first touch of each row goes to memory.
double gather_seconds(Index rows, Index width, int repetitions, Table table = Table::warm, Index pass = 65536);

/// Seconds of the GEMMs of a step: for each modality X Wᵀ and the weight gradient, each at the best rate that oneDNN
/// reaches for its shape over the operand layouts that the options allow, blocks of items included.
double gemm_seconds(const data::Dataset& dataset, const models::Monet::Options& options, int repetitions);

/// Rows that the passes write, forward and backward.
Index rows_written(const graph::ReceptiveField& field);

/// Seconds to write one row of `width` floats of a table of `rows` rows, in order.
double write_seconds(Index rows, Index width, int repetitions);

/// Seconds of Adam over that many parameters, and nothing between its steps.
double adam_seconds(Index parameters, int repetitions);

}  // namespace monet::bench
