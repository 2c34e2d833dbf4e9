#include "cli/own_file.h"

#include "monet/artifact/folder_kind.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::cli {

namespace {

constexpr std::size_t kHeadBytes = std::size_t{1} << 16;

/// Whether `text` holds all of these, in this order.
bool holds_in_order(std::string_view text, std::initializer_list<std::string_view> parts) {
  std::size_t from = 0;
  for (const std::string_view part : parts) {
    from = text.find(part, from);
    if (from == std::string_view::npos) return false;
    from += part.size();
  }
  return true;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t begin = 0;;) {
    const std::size_t end = line.find('\t', begin);
    fields.push_back(line.substr(begin, end - begin));
    if (end == std::string_view::npos) return fields;
    begin = end + 1;
  }
}

std::optional<double> number_in(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

/// Lines USER⇥RANK⇥ITEM⇥SCORE, each user's ranks from 1 on and scores that fall: a table of users, items, ratings and
/// times has four columns of numbers as well. A line that the end of `text` cuts off says nothing.
bool is_ranking(std::string_view text) {
  std::string_view of;
  int rank = 0;
  double score = 0.0;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const auto fields = fields_of(text.substr(0, end));
    if (fields.size() != 4) return false;
    const auto next = number_in(fields[3]);
    rank = fields[1] != "1" && fields[0] == of ? rank + 1 : 1;
    if (fields[1] != std::to_string(rank) || !next || (rank > 1 && *next > score)) return false;
    of = fields[0];
    score = *next;
    text.remove_prefix(end + 1);
  }
  return rank > 0;
}

/// The header of metrics by user.
bool is_per_user(std::string_view line) {
  const auto fields = fields_of(line);
  return fields.size() > 1 && fields.front() == "user" &&
         std::all_of(fields.begin() + 1, fields.end(),
                     [](std::string_view name) { return name == "auc" || name.find('@') != std::string_view::npos; });
}

/// "user a (3 past items)" or "item a" above ranks.
bool is_table(std::string_view text, std::string_view line) {
  if (line.starts_with("user ")) return line.ends_with(" past items)") || line.ends_with(", so by popularity)");
  if (!line.starts_with("item ")) return false;
  return line.find(": nothing is similar to it by ") != std::string_view::npos ||
         holds_in_order(text.substr(line.size(), 256), {"\n  rank  item", "  similarity"});
}

bool is_json(std::string_view text) {
  for (const char* format : {"monet-similarity", "monet-average-difference"}) {
    if (holds_in_order(text.substr(0, 64), {"\"format\"", format})) return true;
  }
  if (text.starts_with("{\"user\":")) return holds_in_order(text, {"\"history\":", "\"fallback\":"});
  if (text.starts_with("{\"item\":")) return holds_in_order(text, {"\"by\":", "\"items\":"});
  return holds_in_order(text.substr(0, 256), {"\"split\"", "\"users\"", "\"popularity_users\"", "\"metrics\""});
}

/// The names of the columns are in the last bytes of a Parquet file.
bool is_parquet(std::ifstream& stream) {
  stream.clear();
  stream.seekg(0, std::ios::end);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(stream.tellg(), 0));
  std::string tail(std::min(size, kHeadBytes), '\0');
  stream.seekg(-static_cast<std::streamoff>(tail.size()), std::ios::end);
  stream.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  return stream.good() && tail.ends_with("PAR1") && holds_in_order(tail, {"user_id", "rank", "item_id", "score"});
}

}  // namespace

bool is_own_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string head(kHeadBytes, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(stream.gcount()));
  const std::string_view text = head;
  if (text.starts_with("PAR1")) return is_parquet(stream);
  if (text.starts_with("<!DOCTYPE html>")) return artifact::is_report_page(file);
  if (text.starts_with('{')) return is_json(text);
  const std::string_view line = text.substr(0, text.find('\n'));
  return is_ranking(text) || is_per_user(line) || is_table(text, line);
}

}  // namespace monet::cli
