#pragma once

#include "monet/prepare/choose_keys.h"

#include <string>
#include <vector>

namespace monet::prepare::detail {

/// The keys of a file that were chosen; null: there is none.
struct ChosenKeys {
  const KeySurvey* user = nullptr;
  const KeySurvey* item = nullptr;
  const KeySurvey* rating = nullptr;
  const KeySurvey* time = nullptr;
  const KeySurvey* event = nullptr;
};

/// How times are written, by what the sample holds; those that were prepared before are seconds.
data::TimeStyle style_of_times(const KeySurvey& key, const KeyQuestion& question);

/// How the values of the chosen keys are to be understood. Adds a note for what is not read as it is written.
ReadingStyle style_of(const ChosenKeys& keys, const KeyQuestion& question, std::vector<std::string>& notes);

}  // namespace monet::prepare::detail
