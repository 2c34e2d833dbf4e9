#include "cli/event_weights.h"

#include "monet/core/error.h"
#include "cli/usage_error.h"

#include <exception>

namespace monet::cli {

std::map<std::string, double> event_weights_of(std::span<const std::string> words) {
  std::map<std::string, double> weights;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    std::size_t read = 0;
    double weight = 0.0;
    try {
      if (equals != std::string::npos) weight = std::stod(word.substr(equals + 1), &read);
    } catch (const std::exception&) {
      read = 0;
    }
    if (equals == 0 || equals == std::string::npos || read == 0 || equals + 1 + read != word.size()) {
      fail<UsageError>("--event-weights '{}': a kind and its weight belong there, like buy=3", word);
    }
    weights[word.substr(0, equals)] = weight;
  }
  return weights;
}

}  // namespace monet::cli
