#pragma once

#include "bench/kernels_support.h"

namespace monet::bench {

/// Prints the rates of the projections' products in both precisions: ours and oneDNN's, over the layouts there are.
void projection_products(const KernelSettings& settings);

}  // namespace monet::bench
