// Any bytes either are a file (plain, compressed, a tar or zip archive) that is read to its end, or a DataError; the
// members of a zip file that are listed are there.
#include "monet/core/files/hash.h"
#include "monet/input/byte_stream.h"
#include "fuzz/scratch.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace {
void read(const std::filesystem::path& file, const std::string& member, monet::input::Content content) {
  constexpr std::size_t kMost = std::size_t{16} << 20;  // a few bytes can stand for gigabytes
  monet::input::Observer silent;
  const std::atomic<bool> never{false};
  try {
    monet::input::FileStream stream(member.empty() ? file : file / member, {silent, never}, content);
    std::vector<char> piece(std::size_t{1} << 16);
    std::size_t size = 0;
    while (size < kMost) {
      const std::size_t count = stream.read(piece);
      if (count > piece.size()) std::abort();
      if (count == 0) break;
      size += count;
    }
    if (size < kMost && stream.hash() != monet::files::hash_file(file)) std::abort();
  } catch (const monet::DataError&) {
  } catch (const monet::IoError&) {  // a member of what is no archive
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const monet::fuzz::Scratch scratch("archive");
  const auto file = scratch.write("data", {reinterpret_cast<const char*>(data), size});
  read(file, "", monet::input::Content::text);
  read(file, "ratings.csv", monet::input::Content::any);
  const std::string_view head(reinterpret_cast<const char*>(data), size);
  if (!head.starts_with("PK")) return 0;
  const auto members = monet::input::zip_members(file);
  for (std::size_t m = 0; m < std::min<std::size_t>(members.size(), 4); ++m) {
    read(file, members[m], monet::input::Content::text);
  }
  return 0;
}
