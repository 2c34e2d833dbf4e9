#pragma once

#include "monet/core/view.h"

#include <span>
#include <string>
#include <vector>

namespace monet::scoring {

/// How a model makes the rows that an item without interactions has in its tables of nothing but the item's features:
/// what training would have left there. With x_m the features of modality m and P = Σ w_m,
///   p_m = W_m ((x_m − center_m) ⊙ scale_m) + b_m, over max(‖p_m‖, 1e-12) where `unit_rows`; p = [p_1 ‖ p_2 ‖ …] [P]
///   row of a table = T p + t
/// and, where `blocks` > 0, each of so many blocks of columns of the `item_embedding` row gets `length`. Views only.
struct NewItemMap {
  struct Modality {
    std::string name;
    MatrixView<const float> weight;  // W_m [w_m, d_m]
    std::span<const float> bias;     // b_m [w_m]; empty: none
    std::span<const double> center;  // [d_m]; empty: 0
    std::span<const double> scale;   // [d_m], or [1] for all columns; empty: 1
    std::span<const float> missing;  // [d_m]: the features of an item that has none; empty: it must have them
  };
  struct Table {
    std::string name;                // as in an artifact: `item_embedding`, `item_foldin`, `item_embedding.<modality>`
    MatrixView<const float> weight;  // T [n, P]
    std::span<const float> bias;     // t [n]; empty: none
  };

  std::vector<Modality> modalities;  // in the order of p
  std::vector<Table> tables;         // the first is item_embedding
  bool unit_rows = false;
  Index blocks = 0;     // 0: rows are as they come
  float length = 0.0F;  // of every block
  float prior = 0.0F;   // what the item scores whoever asks (Scoring::item_prior, where there is one)
};

}  // namespace monet::scoring
