#include "monet/models/output.h"

#include <algorithm>

namespace monet::models {

MatrixView<const float> Output::keep(autograd::Tape& tape, autograd::Var value) {
  const MatrixView<const float> view = tape.value(value);
  if (std::find(taken_.begin(), taken_.end(), view.data) != taken_.end()) return view;
  Matrix<float> memory = tape.take_value(value);
  if (memory.empty()) return keep(Matrix<float>::copy_of(view)).view();
  taken_.push_back(view.data);
  keep(std::move(memory));
  return view;
}

}  // namespace monet::models
