#include "monet/store/event.h"

namespace monet::store {

bool is_liking(const Event& event, const KindWeights& kinds) {
  const auto kind = kinds.find(event.kind);
  return event.weight.value_or(kind == kinds.end() ? 1.0 : kind->second) > 0.0;
}

}  // namespace monet::store
