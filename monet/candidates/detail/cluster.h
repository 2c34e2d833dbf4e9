#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"

#include <atomic>
#include <cstdint>

namespace monet::candidates::detail {

/// Points that the rows of a sample lie around: [at most k, D], by k-means. Without Faiss (no_faiss.cpp) it is one,
/// their mean. The same for the same seed. Throws Stopped.
Matrix<float> cluster(ThreadPool& pool, const Matrix<float>& sample, Index k, std::int32_t seed,
                      const std::atomic<bool>* stop);

/// Whether `cluster` finds more than one.
bool can_cluster();

}  // namespace monet::candidates::detail
