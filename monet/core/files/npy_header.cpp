#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/files/npy.h"
#include "monet/core/files/open_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <vector>

namespace monet::files {

namespace {
constexpr std::string_view kMagic = "\x93NUMPY";

/// The Python dict literal of an npy header: string keys; values are strings, True/False or tuples of whole numbers.
class DictReader {
 public:
  DictReader(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

  NpyHeader read() {
    NpyHeader header;
    bool has_descr = false;
    bool has_order = false;
    bool has_shape = false;
    expect('{');
    while (!take('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !has_descr) {
        has_descr = true;
        if (peek() == '[') fail<DataError>("{}: holds records of several fields; save a plain float32 array", file_);
        header.descr = string();
      } else if (key == "fortran_order" && !has_order) {
        has_order = true;
        header.fortran_order = boolean();
      } else if (key == "shape" && !has_shape) {
        has_shape = true;
        header.shape = tuple();
      } else {
        damaged();
      }
      if (!take(',') && peek() != '}') damaged();
    }
    skip_space();
    if (!rest_.empty() || !has_descr || !has_order || !has_shape) damaged();
    return header;
  }

 private:
  [[noreturn]] void damaged() const {
    fail<DataError>("{}: the npy header is damaged; write the file again with numpy.save", file_);
  }
  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) rest_.remove_prefix(1);
  }
  char peek() {
    skip_space();
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) damaged();
  }
  std::string string() {
    peek();
    if (rest_.starts_with('u') || rest_.starts_with('b')) rest_.remove_prefix(1);  // as Python 2 and 3 may write them
    const char quote = peek();
    if (quote != '\'' && quote != '"') damaged();
    const auto end = rest_.find(quote, 1);
    if (end == std::string_view::npos) damaged();
    std::string out(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return out;
  }
  bool boolean() {
    skip_space();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>("True", true), {"False", false}}) {
      if (rest_.substr(0, word.size()) != word) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    damaged();
  }
  std::vector<Index> tuple() {
    std::vector<Index> out;
    expect('(');
    while (!take(')')) {
      skip_space();
      Index extent = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error != std::errc() || extent < 0) damaged();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      if (!rest_.empty() && rest_.front() == 'L') rest_.remove_prefix(1);  // Python 2's long
      out.push_back(extent);
      if (!take(',') && peek() != ')') damaged();
    }
    return out;
  }

  std::string_view rest_;
  std::string_view file_;
};
}  // namespace

std::string NpyHeader::describe() const {
  return fmt::format("{} [{}]", descr, fmt::join(shape, ", "));
}

NpyHeader parse_npy_header(std::span<const std::byte> bytes, std::string_view name) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.substr(0, kMagic.size()) != kMagic) {
    refuse_foreign(name, text.substr(0, kForeignBytes), Wanted::array);
    fail<DataError>("{}: {}; write it with numpy.save", name, text.empty() ? "empty" : "not a NumPy array (.npy)");
  }
  if (text.size() < kMagic.size() + 2) fail<DataError>("{}: truncated after {} bytes", name, text.size());
  const auto version = static_cast<unsigned char>(text[kMagic.size()]);
  if (version < 1 || version > 3) {
    fail<DataError>("{}: npy version {} is unknown; versions 1, 2 and 3 are read", name, version);
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t start = kMagic.size() + 2 + length_bytes;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes && start - length_bytes + i < text.size(); ++i) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(text[start - length_bytes + i])) << (8 * i);
  }
  if (text.size() < start || text.size() - start < length) {
    fail<DataError>("{}: truncated within its header: it has {} bytes, the header needs {}", name, text.size(),
                    start + length);
  }
  NpyHeader header = DictReader(text.substr(start, length), name).read();
  header.data_offset = start + length;
  return header;
}

NpyHeader read_npy_header(const std::filesystem::path& path) {
  constexpr std::size_t kEnough = std::size_t{1} << 16;
  const OpenFile file(path);
  std::vector<std::byte> head(std::min(kEnough, static_cast<std::size_t>(file.size())));
  head.resize(file.read(0, head));
  if (static_cast<Index>(head.size()) == file.size()) return parse_npy_header(head, path.string());
  try {
    return parse_npy_header(head, path.string());
  } catch (const DataError&) {  // it may be that the header is longer
    return parse_npy_header(MappedFile(path).bytes(), path.string());
  }
}

}  // namespace monet::files
