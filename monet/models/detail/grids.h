#pragma once

#include <string>
#include <vector>

namespace monet::models::detail {

/// MONET, WSDM 2024, Section 5.1: the ranges in which the paper searched every method. What MMRec
/// (github.com/enoche/MMRec, src/configs/model) searches for a model is taken where its paper's ranges are not those.
inline std::vector<std::string> rates() {
  return {"0.0001", "0.0005", "0.001", "0.005", "0.01"};
}
inline std::vector<std::string> weight_decays() {
  return {"0", "0.00001", "0.0001", "0.001", "0.01"};
}
inline std::vector<std::string> layer_counts() {
  return {"1", "2", "3", "4"};
}

}  // namespace monet::models::detail
