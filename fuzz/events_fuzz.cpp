// The first line either chooses and weighs kinds of interactions or is an InvalidArgument; the others are kinds, each
// with a weight that a dataset can hold.
#include "monet/prepare/events.h"
#include "fuzz/raw_text.h"
#include "fuzz/scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace monet::prepare;
  std::string_view text = monet::fuzz::text_of(data, size);
  const std::size_t first = std::min(text.find('\n'), text.size());
  std::vector<EventWeight> events;
  try {
    events = parse_events(text.substr(0, first));
  } catch (const monet::InvalidArgument&) {
  }
  for (const EventWeight& event : events) {
    if (!(event.weight > 0.0 && event.weight <= kMostWeight) || event.kind.empty()) std::abort();
    if (find_event(events, event.kind) != &event) std::abort();
  }
  text.remove_prefix(std::min(first + 1, text.size()));
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const std::vector<EventCandidate> candidates{{"type", "type", lines}, {"event", "event", lines}};
  choose_event_column(candidates, events);
  EventKinds kinds(events);
  kinds.read_from("event", size % 2 == 0);
  for (const std::string& line : lines) {
    const float weight = kinds.take(line);
    if (!(weight >= 0.0F && weight <= static_cast<float>(kMostWeight))) std::abort();
  }
  try {
    for (std::string& note : kinds.conclude("fuzz")) {
      if (note.empty()) std::abort();
    }
  } catch (const monet::DataError&) {
  }
  return 0;
}
