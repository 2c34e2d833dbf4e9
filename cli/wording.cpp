#include "cli/wording.h"

#include "monet/core/wording.h"

namespace monet::cli {

std::string in_program_words(std::string_view text) {
  return with_options_as(text, [](std::string_view option) { return "--" + std::string(option); });
}

}  // namespace monet::cli
