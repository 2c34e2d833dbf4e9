#include "monet/models/detail/untrained.h"

#include "monet/core/error.h"

namespace monet::models::detail {

Loss Untrained::loss(autograd::Tape& /*tape*/, const Batch& /*batch*/) {
  fail<InternalError>("[{}] there is nothing to train", name());
}

}  // namespace monet::models::detail
