#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/sharded/shard_field.h"
#include "monet/sharded/shard_graph.h"

namespace monet::sharded {

/// autograd::propagate where each process has its own users [own users, D] and items [own items, D]. A layer needs the
/// rows of the ghosts, and gives back what own users add to them: 2 rows a ghost and layer in either direction, sent
/// while own edges are summed. With a field, only the ghosts of its sets travel; rows of the outputs outside S_0 are
/// then undefined. Collective, backward too. Throws InvalidArgument when shapes do not fit.
autograd::Embeddings propagate(autograd::Tape& tape, const ShardGraph& graph, autograd::Var users, autograd::Var items,
                               const autograd::PropagateOptions& options, const ShardField* field);

}  // namespace monet::sharded
