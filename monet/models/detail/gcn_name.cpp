#include "monet/models/detail/gcn_name.h"

#include "monet/core/error.h"

#include <map>

namespace monet::models::detail {

std::string short_name(const data::Modality& modality) {
  if (modality.name == "image") return "v";
  if (modality.name == "text") return "t";
  return modality.name;
}

std::string gcn_name(const data::Modality& modality) {
  return short_name(modality) + "_gcn";
}

void require_distinct_gcn_names(std::string_view model, const data::Dataset& dataset) {
  std::map<std::string, std::string> taken;
  for (const data::Modality& modality : dataset.modalities) {
    const auto [found, added] = taken.emplace(gcn_name(modality), modality.name);
    if (added) continue;
    fail<DataError>("[{}] modalities {} and {} would both be called {}; rename one of them", model, found->second,
                    modality.name, found->first);
  }
}

}  // namespace monet::models::detail
