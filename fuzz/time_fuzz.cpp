// Any text either is a finite time or none, in every style.
#include "monet/data/time.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const monet::data::TimeStyle found = monet::data::time_style(std::vector{text});
  for (const monet::data::TimeStyle& style : {monet::data::TimeStyle(), found}) {
    const auto time = monet::data::parse_time(text, style);
    if (time && !std::isfinite(*time)) std::abort();
    if (!time && monet::data::time_problem(text, style).empty()) std::abort();
  }
  return 0;
}
