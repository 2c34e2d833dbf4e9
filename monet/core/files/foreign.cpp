#include "monet/core/files/foreign.h"

#include "monet/core/error.h"

#include <algorithm>
#include <array>

namespace monet::files {

namespace {
using Kind = Foreign::Kind;
using std::string_view_literals::operator""sv;

struct Magic {
  std::size_t at;
  std::string_view bytes;
  Foreign kind;
};

constexpr std::string_view kUnpack = "unpack it, and give what is in it";
constexpr std::string_view kPicture = "give a table, or put it into the folder of `image-dir`";
constexpr std::string_view kToParquet = "save it as Parquet or CSV";

constexpr std::array kMagic = {
    Magic{0,
          "version https://git-lfs.github.com/"sv,
          {Kind::other, "a Git LFS pointer, not the file itself", "run git lfs pull where it was cloned"}},
    Magic{0, "PAR1\x15"sv, {Kind::parquet, "a Parquet file", "give it to monet prepare, or save it as CSV"}},
    Magic{0, "PARE\x15"sv, {Kind::other, "an encrypted Parquet file", "save it without encryption"}},
    Magic{0, "ARROW1\0\0"sv, {Kind::other, "an Arrow (Feather) file", kToParquet}},
    Magic{0, "FEA1\0"sv, {Kind::other, "a Feather file", kToParquet}},
    Magic{0, "Obj\x01"sv, {Kind::other, "an Avro file", kToParquet}},
    Magic{0, "\x1f\x8b"sv, {Kind::container, "a gzip file", kUnpack}},
    Magic{0, "\x28\xb5\x2f\xfd"sv, {Kind::container, "a Zstandard file", kUnpack}},
    Magic{0, "\xfd\x37zXZ\0"sv, {Kind::container, "an xz file", kUnpack}},
    Magic{0, "\x04\x22\x4d\x18"sv, {Kind::container, "an lz4 file", kUnpack}},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, {Kind::container, "a 7-Zip archive", kUnpack}},
    Magic{0, "Rar!\x1a\x07"sv, {Kind::other, "a RAR archive", kUnpack}},
    Magic{257, "ustar"sv, {Kind::tar, "a tar archive", kUnpack}},
    Magic{0, "\x93NUMPY"sv, {Kind::other, "a NumPy array", "give features with `features` NAME=FILE,IDS"}},
    Magic{0, "\x89HDF\r\n\x1a\n"sv, {Kind::other, "an HDF5 file", "save tables as CSV, arrays with numpy.save"}},
    Magic{0, "SQLite format 3\0"sv, {Kind::other, "an SQLite database", "export the table as CSV"}},
    Magic{0,
          "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv,
          {Kind::other, "an Excel workbook of the old kind (.xls)", "save it as CSV (UTF-8)"}},
    Magic{0, "%PDF-"sv, {Kind::other, "a PDF document", "give the data as CSV"}},
    Magic{0, "\x89PNG"sv, {Kind::other, "a PNG picture", kPicture}},
    Magic{0, "\xff\xd8\xff"sv, {Kind::other, "a JPEG picture", kPicture}},
    Magic{0, "GIF89a"sv, {Kind::other, "a GIF picture", kPicture}},
    Magic{0, "GIF87a"sv, {Kind::other, "a GIF picture", kPicture}},
    Magic{8, "WEBP"sv, {Kind::other, "a WebP picture", kPicture}},
    Magic{0, "\x7f\x45LF"sv, {Kind::other, "a program", "give the data as CSV"}},
    Magic{0, "\xff\xfe\0\0"sv, {Kind::other, "text in UTF-32", "save it as UTF-8"}},
    Magic{0, "\0\0\xfe\xff"sv, {Kind::other, "text in UTF-32", "save it as UTF-8"}},
    Magic{0, "\xff\xfe"sv, {Kind::other, "text in UTF-16", "save it as UTF-8"}},
    Magic{0, "\xfe\xff"sv, {Kind::other, "text in UTF-16", "save it as UTF-8"}},
};

constexpr Foreign kPickle{Kind::other, "a Python pickle, which is never read (it can run programs)",
                          "save tables with DataFrame.to_csv, arrays with numpy.save"};
constexpr Foreign kPage{Kind::other, "a web page (HTML), not data",
                        "it is often an error or log-in page in place of a download: fetch the file again"};
constexpr Foreign kXml{Kind::other, "an XML document",
                       "where it is a server's error, fetch the file again; else save it as CSV"};
constexpr Foreign kWide{Kind::other, "text in UTF-16 without a mark, or binary data", "save it as UTF-8"};

bool begins_without_case(std::string_view text, std::string_view wanted) {
  return text.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), text.begin(), [](char w, char c) {
           return w == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
         });
}

/// Protocols 2 to 5 begin with their number; 0 and 1 are text that ends in a dot, and are told by their first calls.
bool is_pickle(std::string_view bytes) {
  return (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) ||
         bytes.starts_with("ccopy_reg\n") || bytes.starts_with("cnumpy.core.multiarray\n") ||
         bytes.starts_with("ccollections\n");
}

/// A zip is many things: what is in it says which.
Foreign kind_of_zip(std::string_view bytes) {
  const auto holds = [&](std::string_view name) { return bytes.find(name) != std::string_view::npos; };
  if (holds("[Content_Types].xml") || holds("xl/")) {
    return {Kind::other, "an Excel workbook (.xlsx) or another Office document", "save it as CSV (UTF-8)"};
  }
  if (holds("mimetypeapplication/vnd.oasis")) {
    return {Kind::other, "an OpenDocument file (.ods)", "save it as CSV (UTF-8)"};
  }
  if (holds("data.pkl"))
    return {Kind::other, "a PyTorch file, a pickle, which is never read", "save arrays with numpy.save"};
  if (holds(".npy")) return {Kind::container, "an archive of NumPy arrays (.npz)", "save each array with numpy.save"};
  return {Kind::container, "a zip archive", kUnpack};
}

/// "BZh" and a digit may begin a text; what follows in a bzip2 file is the number pi.
bool is_bzip2(std::string_view bytes) {
  return bytes.starts_with("BZh") && bytes.size() >= 10 && bytes.substr(4, 6) == "\x31\x41\x59\x26\x53\x59"sv;
}

/// "ORC" may begin a word; a number that is no text follows in an ORC file.
bool is_orc(std::string_view bytes) {
  return bytes.starts_with("ORC") && bytes.size() > 3 &&
         (static_cast<unsigned char>(bytes[3]) < 0x20 || bytes[3] < 0) && bytes[3] != '\n' && bytes[3] != '\r' &&
         bytes[3] != '\t';
}

/// One byte of each of the first four pairs is NUL, always the same one, as in UTF-16 text of Western languages.
bool is_wide_text(std::string_view bytes) {
  if (bytes.size() < 8) return false;
  for (const std::size_t nul : {std::size_t{0}, std::size_t{1}}) {
    bool all = true;
    for (std::size_t pair = 0; pair < 4; ++pair)
      all = all && bytes[2 * pair + nul] == '\0' && bytes[2 * pair + 1 - nul] != '\0';
    if (all) return true;
  }
  return false;
}
}  // namespace

std::optional<Foreign> foreign_kind(std::span<const std::byte> beginning) {
  const std::string_view bytes(reinterpret_cast<const char*>(beginning.data()), beginning.size());
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) return kind_of_zip(bytes.substr(0, 4096));
  for (const Magic& magic : kMagic) {
    if (bytes.size() >= magic.at && bytes.substr(magic.at).starts_with(magic.bytes)) return magic.kind;
  }
  if (is_bzip2(bytes)) return Foreign{Kind::container, "a bzip2 file", kUnpack};
  if (is_orc(bytes)) return Foreign{Kind::other, "an ORC file", kToParquet};
  if (is_pickle(bytes)) return kPickle;
  std::string_view text = bytes.starts_with("\xef\xbb\xbf") ? bytes.substr(3) : bytes;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (begins_without_case(text, "<!doctype html") || begins_without_case(text, "<html")) return kPage;
  if (begins_without_case(text, "<?xml")) {
    return text.substr(0, 512).find("<html") != std::string_view::npos ? kPage : kXml;
  }
  if (is_wide_text(bytes)) return kWide;
  return std::nullopt;
}

void refuse_foreign(std::span<const std::byte> beginning, const std::string& file) {
  if (const auto foreign = foreign_kind(beginning)) {
    fail<DataError>("{}: this is {}; {}", file, foreign->what, foreign->remedy);
  }
}

}  // namespace monet::files
