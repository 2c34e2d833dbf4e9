#include "monet/sharded/interactions_part.h"

#include "monet/data/columns.h"
#include "monet/data/table_files.h"
#include "monet/dist/collectives.h"
#include "monet/input/utf8.h"
#include "monet/sharded/text_part.h"
#include "monet/sharded/together.h"

#include <algorithm>
#include <limits>

namespace monet::sharded {

namespace {

/// Whether every line is a record by itself, whatever is in it.
bool lines_are_records(const TextPart& text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::array<Index, 256> bytes = text.bytes;
  if (text.first_line.starts_with(kByteOrderMark)) {
    for (const char byte : kByteOrderMark) --bytes[static_cast<unsigned char>(byte)];
  }
  for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
    const bool plain = (byte >= ' ' && byte < 0x7f && byte != '"') || byte == '\t' || byte == '\n' || byte == '\r';
    if (!plain && bytes[byte] > 0) return false;
  }
  return !input::trimmed(text.first_line).empty();
}

/// The largest id of all parts, and where it is first.
void share_largest_id(dist::Communicator& world, data::LargestId& largest) {
  const std::vector<std::int32_t> all = dist::all_gather(world, std::span<const std::int32_t>(&largest.id, 1));
  const auto first = std::max_element(all.begin(), all.end());
  largest.id = *first;
  dist::broadcast(world, largest.where, static_cast<int>(first - all.begin()));
}

bool weights_differ(dist::Communicator& world, const std::vector<float>& weights) {
  float least = std::numeric_limits<float>::max();
  float largest = std::numeric_limits<float>::lowest();
  for (const float weight : weights) {
    least = std::min(least, weight);
    largest = std::max(largest, weight);
  }
  least = dist::all_reduced(world, least, dist::Reduction::least);
  return least < dist::all_reduced(world, largest, dist::Reduction::largest);
}

}  // namespace

std::optional<InteractionsPart> read_interactions(dist::Communicator& world, const std::filesystem::path& table,
                                                  const data::LoadOptions& options) {
  const std::optional<TextPart> text = cut_text(world, table);
  if (!text || !lines_are_records(*text)) return std::nullopt;
  InteractionsPart part;
  data::Interactions& own = part.own;
  bool whole = false;
  together(world, [&] {
    TextPartStream stream(*text);
    input::LineReader lines(stream, table.string());
    input::TableReader records(lines, options.separator, true);
    whole = lines.declared_separator() != '\0' || !data::find_column(records.header(), data::ColumnRole::label);
    if (whole) return;
    lines.go_on_at(text->first_number);
    own = data::read_interaction_table(records, data::table_options(options, true));
  });
  if (in_any(world, whole || !own.notes.empty())) return std::nullopt;
  share_largest_id(world, own.user);
  share_largest_id(world, own.item);
  own.crlf = in_any(world, own.crlf);
  own.byte_order_mark = in_any(world, own.byte_order_mark);
  part.weights_differ = weights_differ(world, own.weights);
  own.weights = {};
  part.extent = {own.user,
                 own.item,
                 dist::all_reduced(world, static_cast<Index>(own.of(data::Part::train).size())),
                 dist::all_reduced(world, own.size()),
                 own.training_file,
                 false,
                 false};
  return part;
}

}  // namespace monet::sharded
