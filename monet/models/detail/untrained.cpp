#include "monet/models/detail/untrained.h"

#include "monet/core/error.h"

namespace monet::models::detail {

LossParts Untrained::compute_gradients(const Batch& /*batch*/) {
  fail<InternalError>("[{}] there is nothing to train", name());
}

}  // namespace monet::models::detail
