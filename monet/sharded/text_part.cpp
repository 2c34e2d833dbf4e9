#include "monet/sharded/text_part.h"

#include "monet/core/files/foreign.h"
#include "monet/dist/collectives.h"
#include "monet/sharded/together.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace monet::sharded {

namespace {

constexpr std::size_t kHeadOfText = std::size_t{1} << 16;
constexpr std::size_t kPieceOfText = std::size_t{1} << 20;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Where the line that begins before `offset` ends, or `offset` where one begins there.
Index line_begin(const files::OpenFile& file, Index offset) {
  std::vector<std::byte> piece(kHeadOfText);
  for (Index at = offset - 1; at < file.size();) {
    const std::string_view text = text_of(std::span(piece).first(file.read(at, piece)));
    const std::size_t found = text.find('\n');
    if (found != std::string_view::npos) return at + static_cast<Index>(found) + 1;
    if (text.empty()) break;
    at += static_cast<Index>(text.size());
  }
  return file.size();
}

/// The line that decides what ends lines (input/line_reader.h); empty where it is none of ours.
std::string first_line_of(const files::OpenFile& file) {
  constexpr std::size_t kFirstBlock = std::size_t{1} << 15;
  std::vector<std::byte> head(kHeadOfText);
  const std::string_view text = text_of(std::span(head).first(file.read(0, head)));
  if (files::foreign_kind(text) != files::ForeignKind::none) return {};
  const std::size_t end = text.substr(0, kFirstBlock).find('\n');
  return end == std::string_view::npos ? std::string() : std::string(text.substr(0, end + 1));
}

void count_bytes(const files::OpenFile& file, Index begin, Index end, std::array<Index, 256>& counts) {
  std::vector<std::byte> piece(kPieceOfText);
  while (begin < end) {
    const auto want = std::min(static_cast<Index>(piece.size()), end - begin);
    const std::size_t count = file.read(begin, std::span(piece).first(static_cast<std::size_t>(want)));
    if (count == 0) return;
    for (const std::byte byte : std::span(piece).first(count)) ++counts[std::to_integer<std::size_t>(byte)];
    begin += static_cast<Index>(count);
  }
}

}  // namespace

std::optional<TextPart> cut_text(dist::Communicator& world, const std::filesystem::path& path) {
  TextPart part;
  together(world, [&] {
    part.file = std::make_shared<files::OpenFile>(path);
    part.first_line = first_line_of(*part.file);
    if (part.first_line.empty()) return;
    const auto body = static_cast<Index>(part.first_line.size());
    const auto cut = [&](Index bytes) { return bytes == 0 ? body : line_begin(*part.file, body + bytes); };
    const dist::Share share = dist::share_of(part.file->size() - body, world.rank(), world.size());
    part.begin = cut(share.begin);
    part.end = world.rank() + 1 == world.size() ? part.file->size() : cut(share.end);
    count_bytes(*part.file, part.begin, part.end, part.bytes);
  });
  if (dist::all_reduced(world, part.first_line.empty() ? Index{0} : Index{1}, dist::Reduction::least) == 0) {
    return std::nullopt;
  }
  part.first_number = 2 + dist::sum_before(world, part.bytes['\n']);
  if (world.is_first()) {
    for (const char byte : part.first_line) ++part.bytes[static_cast<unsigned char>(byte)];
  }
  dist::all_reduce(world, std::span<Index>(part.bytes));
  return part;
}

std::size_t TextPartStream::read(std::span<char> target) {
  if (of_first_ < part_.first_line.size()) {
    const std::size_t count = std::min(target.size(), part_.first_line.size() - of_first_);
    std::memcpy(target.data(), part_.first_line.data() + of_first_, count);
    of_first_ += count;
    return count;
  }
  const auto left = static_cast<std::size_t>(part_.end - at_);
  const std::size_t count = part_.file->read(at_, std::as_writable_bytes(target.first(std::min(target.size(), left))));
  at_ += static_cast<Index>(count);
  return count;
}

}  // namespace monet::sharded
