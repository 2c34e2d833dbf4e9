#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/input/number_text.h"
#include "monet/prepare/choose_keys.h"
#include "monet/prepare/detail/key_names.h"

#include <algorithm>
#include <optional>

namespace monet::prepare {

KeyPlace choose_item_key(const Survey& survey, const std::string& file, const std::string& named,
                         const std::function<bool(std::string_view)>& knows, bool is_table,
                         std::vector<std::string>& notes, const std::string& called) {
  if (!named.empty()) {
    if (is_table) return {named, {}};
    const KeySurvey* key = detail::key_in_records(survey, file, named, data::ColumnRole::item, "item-id-column");
    if (key->most_values > 1) {
      fail<DataError>(
          "{}: '{}' lies {} times in one record, and an entry has one id; write a list of the entries, "
          "[{{…}}, {{…}}], or a line for each",
          file, named, key->most_values);
    }
    return {key->root, key->below};
  }
  struct Candidate {
    std::size_t rank;
    const KeySurvey* key;
    Index known = 0;
  };
  std::vector<Candidate> candidates;
  for (const KeySurvey& key : survey.keys) {
    if (!key.below.empty() || key.most_values > 1) continue;
    std::size_t rank = detail::rank_of(key, data::ColumnRole::item, true);
    if (rank >= detail::kNoRank && detail::is_id(key.root)) rank = detail::kEntity;
    if (!called.empty() && data::is_named(key.root, called)) {
      candidates.push_back({0, &key});
    } else if (rank < detail::kNoRank) {
      candidates.push_back({rank + 1, &key});
    }
  }
  if (candidates.empty()) return {};
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
  Index most_known = 0;
  Index most_filled = 0;
  for (Candidate& candidate : candidates) {
    const bool whole = holds_whole_floats(*candidate.key);
    for (const std::string& value : candidate.key->values) {
      const auto digits = whole ? input::whole_float(value) : std::nullopt;
      if (knows(digits ? *digits : value)) ++candidate.known;
    }
    most_known = std::max(most_known, candidate.known);
    most_filled = std::max(most_filled, candidate.key->filled);
  }
  const auto chosen = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
    return most_known > 0 ? 10 * candidate.known >= 9 * most_known : 10 * candidate.key->filled >= 9 * most_filled;
  });
  if (candidates.size() > 1) {
    std::string others;
    for (const Candidate& candidate : candidates) {
      if (&candidate == &*chosen) continue;
      others += fmt::format("; of '{}' {}", candidate.key->name(), candidate.known);
    }
    notes.push_back(
        fmt::format("{}: the item ids are '{}': {} of its values in the first {} entries are items of the "
                    "interactions{}",
                    file, chosen->key->name(), chosen->known, survey.records, others));
  }
  return {chosen->key->root, chosen->key->below};
}

}  // namespace monet::prepare
