#include "monet/features/image/detail/other_formats.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"

#include <algorithm>
#include <string_view>

namespace monet::features::detail {

namespace {
bool holds_at(std::string_view bytes, std::size_t at, std::string_view wanted) {
  return bytes.size() >= at + wanted.size() && bytes.substr(at, wanted.size()) == wanted;
}

/// Pictures that are known and not read.
std::string_view other_picture(std::string_view head) {
  using namespace std::string_view_literals;
  struct Magic {
    std::size_t at;
    std::string_view bytes;
    std::string_view what;
  };
  // clang-format off
  constexpr Magic kMagics[] = {
      {0, "GIF87a"sv, "a GIF"}, {0, "GIF89a"sv, "a GIF"},
      {4, "ftypavif"sv, "an AVIF picture"}, {4, "ftypavis"sv, "an AVIF picture"},
      {4, "ftyphei"sv, "a HEIC picture"}, {4, "ftyphev"sv, "a HEIC picture"},
      {4, "ftypmif1"sv, "a HEIC or AVIF picture"}, {4, "ftypmsf1"sv, "a HEIC or AVIF picture"},
      {4, "ftypcrx "sv, "a camera's raw picture"}, {0, "FUJIFILMCCD-RAW"sv, "a camera's raw picture"},
      {0, "II*\0"sv, "a TIFF"}, {0, "MM\0*"sv, "a TIFF"}, {0, "II+\0"sv, "a TIFF"}, {0, "MM\0+"sv, "a TIFF"},
      {0, "\xff\x0a"sv, "a JPEG XL picture"}, {0, "\0\0\0\x0cJXL "sv, "a JPEG XL picture"},
      {0, "\0\0\0\x0cjP  "sv, "a JPEG 2000 picture"}, {0, "\xff\x4f\xff\x51"sv, "a JPEG 2000 picture"},
      {0, "\0\0\1\0"sv, "an icon (ICO)"}, {0, "\0\0\2\0"sv, "a cursor (CUR)"}, {0, "8BPS"sv, "a Photoshop file"},
      {0, "qoif"sv, "a QOI picture"}, {0, "DDS "sv, "a DDS texture"}, {0, "\x76\x2f\x31\x01"sv, "an OpenEXR picture"},
      {0, "gimp xcf "sv, "a GIMP file"},
  };
  // clang-format on
  for (const Magic& magic : kMagics) {
    if (holds_at(head, magic.at, magic.bytes)) return magic.what;
  }
  if (head.starts_with("BM") && head.size() > 18 && holds_at(head, 6, "\0\0\0\0"sv)) return "a BMP";
  if (head.size() > 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7' && (head[2] == ' ' || head[2] == '\n')) {
    return "a Netpbm picture";
  }
  // SVG begins with its tag, or has it behind XML's declaration, comments and a document type.
  const std::size_t start = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
  if (start != head.npos && head[start] == '<' && head.find("<html") == head.npos &&
      (head.find("<svg") != head.npos || head.find("<!DOCTYPE svg") != head.npos)) {
    return "an SVG drawing";
  }
  return {};
}
}  // namespace

void refuse_other(Bytes bytes) {
  if (bytes.empty()) fail<DataError>("an empty file; give a PNG, JPEG or WebP");
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min(bytes.size(), files::kForeignBytes));
  if (const std::string_view what = other_picture(head); !what.empty()) {
    fail<DataError>("{}; convert it to PNG, JPEG or WebP", what);
  }
  if (const files::ForeignKind kind = files::foreign_kind(head); kind != files::ForeignKind::none) {
    fail<DataError>("{}, not a picture; give a PNG, JPEG or WebP", files::describe(kind));
  }
  fail<DataError>("neither PNG, JPEG nor WebP");
}

}  // namespace monet::features::detail
