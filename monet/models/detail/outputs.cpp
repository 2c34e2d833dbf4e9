#include "monet/models/detail/outputs.h"

#include <vector>

namespace monet::models::detail {

void add_history(Output& output, const graph::Bipartite& graph) {
  std::vector<float> popularity;
  popularity.reserve(static_cast<std::size_t>(graph.num_items()));
  for (Index i = 0; i < graph.num_items(); ++i) {
    popularity.push_back(static_cast<float>(graph.item_users().degree(i)));
  }
  output.scoring.item_popularity = output.keep(std::move(popularity));
  output.scoring.history = graph.user_items().view();
}

void add_dot_scoring(Output& output, MatrixView<const float> users, MatrixView<const float> items,
                     const graph::Bipartite& graph) {
  output.scoring.kind = scoring::ScoreKind::dot;
  output.scoring.user_embedding = users;
  output.scoring.item_embedding = items;
  add_history(output, graph);
}

void add_dot_scoring(Output& output, autograd::Tape& tape, autograd::Var nodes, const graph::Bipartite& graph) {
  const MatrixView<const float> kept = output.keep(tape, nodes);
  add_dot_scoring(output, kept.row_range(0, graph.num_users()), kept.row_range(graph.num_users(), graph.num_items()),
                  graph);
}

}  // namespace monet::models::detail
