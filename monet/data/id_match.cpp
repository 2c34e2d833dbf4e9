#include "monet/data/id_match.h"

#include "monet/data/text.h"
#include "monet/input/number_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <utility>

namespace monet::data {

namespace {
constexpr std::size_t kSample = 100;

std::string without_zeros(std::string_view id) {
  return std::string(id.substr(std::min(id.find_first_not_of('0'), id.size())));
}
std::string without_fraction(std::string_view id) {
  return input::whole_float(id).value_or(std::string(id));
}
std::string in_lower_case(std::string_view id) {
  std::string lower(id);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}
std::string without_quotes(std::string_view id) {
  const std::size_t first = id.find_first_not_of("'\"`");
  if (first == std::string_view::npos) return {};
  return std::string(id.substr(first, id.find_last_not_of("'\"`") + 1 - first));
}
std::string without_prefix(std::string_view id) {
  return std::string(id.substr(id.find_last_of(":/") + 1));
}

std::string ending_number(std::string_view id) {
  const std::size_t last = id.find_last_not_of("0123456789");
  return std::string(last == std::string_view::npos ? id : id.substr(last + 1));
}

struct Difference {
  std::string (*same)(std::string_view id);  // equal for ids that differ in nothing else
  const char* name;
};
constexpr std::array<Difference, 6> kDifferences = {{{without_zeros, "leading zeros"},
                                                     {without_fraction, "a '.0' of one side"},
                                                     {in_lower_case, "letter case"},
                                                     {without_quotes, "quotes"},
                                                     {without_prefix, "what stands before the last ':' or '/'"},
                                                     {ending_number, "what stands before the number"}}};
}  // namespace

void IdMatch::take(std::string_view id, bool known) {
  if (known) {
    ++known_;
    return;
  }
  if (unknown_++ < static_cast<Index>(kSample)) unknown_ids_.emplace_back(id);
}

bool IdMatch::is_too_little(Index ours) const {
  if (known_ == 0) return unknown_ > 0;
  return 10 * known_ < known_ + unknown_ && 10 * known_ < ours;
}

std::string IdMatch::explain(std::span<const std::string> ours) const {
  if (unknown_ids_.empty() || ours.empty()) return "it names none";
  const auto describe_pair = [](const std::string& theirs, const std::string& our) {
    return fmt::format("its ids are like '{}', those of the interactions like '{}'", excerpt(theirs), excerpt(our));
  };
  for (const Difference& difference : kDifferences) {
    std::unordered_map<std::string, const std::string*> same;
    for (const std::string& id : ours) same.emplace(difference.same(id), &id);
    for (const std::string& theirs : unknown_ids_) {
      const std::string key = difference.same(theirs);
      const auto found = same.find(key);
      if (key.empty() || found == same.end()) continue;
      return fmt::format("{}; they differ in {}", describe_pair(theirs, *found->second), difference.name);
    }
  }
  return describe_pair(unknown_ids_.front(), ours.front());
}

void RowCount::take(std::string_view id) {
  const ParsedId number = parse_id(id);
  if (rows_ == 0 && number.good()) first_ = Index{number.value};
  counts_ = counts_ && number.good() && first_ <= 1 && Index{number.value} == first_ + rows_;
  ++rows_;
}

bool are_row_numbers(std::span<const std::string> names, Index first) {
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return name == std::to_string(first++); });
}

}  // namespace monet::data
