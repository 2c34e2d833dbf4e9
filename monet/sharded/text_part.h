#pragma once

#include "monet/core/files/open_file.h"
#include "monet/dist/communicator.h"
#include "monet/input/byte_stream.h"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace monet::sharded {

/// A process's part of a text file whose lines end in LF or CRLF: the bytes [begin, end), whole lines. The first line
/// is no part of any, and all have it.
struct TextPart {
  std::shared_ptr<const files::OpenFile> file;
  std::string first_line;  // with its end
  Index begin = 0;
  Index end = 0;
  Index first_number = 0;             // of the part's first line, from 1 in the file
  std::array<Index, 256> bytes = {};  // how often each occurs in the whole file
};

/// Cuts a file into as many parts as there are processes, equal in bytes as far as lines allow; each process reads its
/// part once. Nothing where it is compressed or no text, or its first line ends otherwise or not within 32 KiB.
std::optional<TextPart> cut_text(dist::Communicator& world, const std::filesystem::path& path);

/// The first line and then the part, for a reader of the whole.
class TextPartStream : public input::ByteStream {
 public:
  explicit TextPartStream(const TextPart& part) : part_(part), at_(part.begin) {}
  std::size_t read(std::span<char> target) override;

 private:
  const TextPart& part_;
  std::size_t of_first_ = 0;
  Index at_;
};

}  // namespace monet::sharded
