#pragma once

#include "monet/core/view.h"

#include <vector>

namespace monet::models {

/// A product [n, in] x [in, out] and the gradients that go with it.
struct Product {
  Index n = 0;
  Index in = 0;
  Index out = 0;
  bool input_gradient = true;   // [n, out] x [out, in]
  bool weight_gradient = true;  // [in, n] x [n, out]
};

/// Rows gathered at random from a table.
struct Gathers {
  double count = 0.0;
  Index width = 0;
  Index table_rows = 0;
};

/// What a training step cannot do without: the floor that its time is measured against.
struct StepWork {
  std::vector<Product> products;
  std::vector<Gathers> gathers;
};

}  // namespace monet::models
