#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/matrix.h"
#include "monet/core/view.h"
#include "monet/scoring/new_item_map.h"
#include "monet/scoring/scoring.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace monet::models {

/// A tensor a model leaves behind in its artifact beside the parameters, as a view.
struct NamedTensor {
  std::string name;
  MatrixView<const float> value;
};

/// What a model computed for scoring. It owns what its views look into, but for the history, which is the graph's: it
/// stays as it is when the model is trained on.
class Output {
 public:
  scoring::Scoring scoring;
  std::vector<NamedTensor> tensors;  // `item_foldin`, `item_embedding.<modality>`, …; with Detail::artifact only
  /// How an item's features become its rows where it has no interactions; with Detail::artifact, of models that can.
  /// Without `missing`, and the prior without the popularity term.
  std::optional<scoring::NewItemMap> new_items;

  /// Takes a value in and returns it where it will stay.
  template <class T>
  const T& keep(T value) {
    return *keep(std::make_shared<const T>(std::move(value)));
  }
  template <class T>
  const T* keep(std::shared_ptr<const T> value) {
    owned_.push_back(value);
    return value.get();
  }
  /// Takes a value off a tape: its memory where the tape owns it, otherwise a copy.
  MatrixView<const float> keep(autograd::Tape& tape, autograd::Var value);

 private:
  std::vector<std::shared_ptr<const void>> owned_;
  std::vector<const float*> taken_;  // memory that came off a tape
};

/// What is asked for: what scoring needs, or also what an artifact holds beside it (which may take further passes).
enum class Detail { scores, artifact };

}  // namespace monet::models
