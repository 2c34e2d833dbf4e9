#include "monet/core/files/foreign_kind.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace monet::files {

namespace {
using namespace std::string_view_literals;
using Kind = ForeignKind;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

bool holds_at(std::string_view bytes, std::size_t at, std::string_view wanted) {
  return bytes.size() >= at + wanted.size() && bytes.substr(at, wanted.size()) == wanted;
}

/// Kinds that begin with bytes no text begins with.
struct Magic {
  std::size_t offset;
  std::string_view bytes;
  Kind kind;
};
constexpr std::array kMagics = {
    Magic{0, "PAR1\x15"sv, Kind::parquet},
    Magic{0, "PARE"sv, Kind::parquet},
    Magic{0, "ORC\x08"sv, Kind::orc},
    Magic{0, "ORC\x0a"sv, Kind::orc},
    Magic{0, "ARROW1\0\0"sv, Kind::arrow},
    Magic{0, "\xff\xff\xff\xff"sv, Kind::arrow},  // a stream
    Magic{0, "FEA1"sv, Kind::feather},
    Magic{0, "Obj\x01"sv, Kind::avro},
    Magic{8, "DUCK"sv, Kind::duckdb},
    Magic{0, "SQLite format 3\0"sv, Kind::sqlite},
    Magic{4, "Standard Jet DB"sv, Kind::access},
    Magic{4, "Standard ACE DB"sv, Kind::access},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, Kind::seven_zip},
    Magic{0, "Rar!\x1a\x07"sv, Kind::rar},
    Magic{257, "ustar"sv, Kind::tar},
    Magic{0, "\x1f\x8b"sv, Kind::gzip},
    Magic{0, "\x28\xb5\x2f\xfd"sv, Kind::zstd},
    Magic{0, "\xfd\x37zXZ\0"sv, Kind::xz},
    Magic{0, "\x5d\0\0"sv, Kind::lzma},
    Magic{0, "\x04\x22\x4d\x18"sv, Kind::lz4},
    Magic{0, "\x02\x21\x4c\x18"sv, Kind::lz4},  // its first format
    Magic{0, "LZIP\x01"sv, Kind::lzip},
    Magic{0, "\x1f\x9d"sv, Kind::compress},
    Magic{0, "\xff\x06\0\0sNaPpY"sv, Kind::snappy},
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, Kind::xls},
    Magic{0, "%PDF-"sv, Kind::pdf},
    Magic{0, "{\\rtf"sv, Kind::rtf},
    Magic{0, "\x93NUMPY"sv, Kind::npy},
    Magic{0, "\x89HDF\r\n\x1a\n"sv, Kind::hdf5},
    Magic{512, "\x89HDF\r\n\x1a\n"sv, Kind::hdf5},
    Magic{0, "MATLAB 5.0 MAT-file"sv, Kind::matlab},
    Magic{0, "MATLAB 7.3 MAT-file"sv, Kind::matlab},
    Magic{0, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv, Kind::torch},  // before 1.6
    Magic{0, "RDX2\n"sv, Kind::r_data},
    Magic{0, "RDX3\n"sv, Kind::r_data},
    Magic{0, "X\n\0\0\0"sv, Kind::r_data},
    Magic{0, "<stata_dta>"sv, Kind::stata},
    Magic{0, "$FL2@(#)"sv, Kind::spss},
    Magic{0, "$FL3@(#)"sv, Kind::spss},
    Magic{12, "\xc2\xea\x81\x60\xb3\x14\x11\xcf"sv, Kind::sas},
    Magic{0, "HEADER RECORD*******LIB"sv, Kind::sas},  // a transport file
    Magic{0, "%%MatrixMarket "sv, Kind::matrix_market},
    Magic{0, "\x89PNG\r\n\x1a\n"sv, Kind::png},
    Magic{0, "\xff\xd8\xff"sv, Kind::jpeg},
    Magic{0, "GIF87a"sv, Kind::gif},
    Magic{0, "GIF89a"sv, Kind::gif},
    Magic{0, "II*\0"sv, Kind::tiff},
    Magic{0, "MM\0*"sv, Kind::tiff},
    Magic{0, "\0\x05\x16\x07"sv, Kind::apple_double},
    Magic{0, "\0\0\xfe\xff"sv, Kind::utf32},
    Magic{0, "\xff\xfe\0\0"sv, Kind::utf32},
    Magic{0, "\xff\xfe"sv, Kind::utf16},
    Magic{0, "\xfe\xff"sv, Kind::utf16},
};

bool is_bzip2(std::string_view head) {
  return holds_at(head, 0, "BZh") && byte_at(head, 3) >= '1' && byte_at(head, 3) <= '9' &&
         (holds_at(head, 4, "\x31\x41\x59\x26\x53\x59") || holds_at(head, 4, "\x17\x72\x45\x38\x50\x90"));
}

/// Python's pickles of protocols 2 to 5 name the protocol, then a frame, an object or a number of a few kinds.
bool is_pickle(std::string_view head) {
  return byte_at(head, 0) == 0x80 && byte_at(head, 1) >= 2 && byte_at(head, 1) <= 5 && head.size() > 2;
}

/// Pickles of protocol 0 and 1, as Python 2 wrote them.
bool is_old_pickle(std::string_view head) {
  for (const std::string_view start :
       {"(dp0\n"sv, "(dp1\n"sv, "(lp0\n"sv, "(lp1\n"sv, "cnumpy.core.multiarray\n"sv, "cnumpy\n"sv,
        "ccopy_reg\n_reconstructor\n"sv, "cpandas.core"sv, "ccollections\n"sv, "}q\0"sv, "]q\0"sv}) {
    if (holds_at(head, 0, start)) return true;
  }
  return false;
}

bool is_bmp(std::string_view head) {
  if (!holds_at(head, 0, "BM") || head.size() < 18) return false;
  const unsigned header = byte_at(head, 14);
  return holds_at(head, 6, "\0\0\0\0"sv) && (header == 12 || header == 40 || header == 108 || header == 124);
}

bool is_heif(std::string_view head) {
  if (!holds_at(head, 4, "ftyp")) return false;
  const std::string_view brand = head.substr(8, 4);
  return brand == "avif" || brand == "avis" || brand == "heic" || brand == "heix" || brand == "mif1" || brand == "msf1";
}

bool is_safetensors(std::string_view head) {
  std::uint64_t header = 0;
  for (std::size_t at = 8; at-- > 0;) header = header << 8 | byte_at(head, at);
  return head.size() >= 9 && header >= 2 && header <= 100'000'000 && head[8] == '{';
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

std::string_view without_blanks(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at == text.npos ? std::string_view{} : text.substr(at);
}

/// Texts of programs that hold data among their own words. `text` is in small letters.
Kind script_kind(std::string_view text) {
  const auto begins = [&](std::string_view start) { return text.starts_with(start); };
  for (const std::string_view start :
       {"create table "sv, "create database "sv, "insert into "sv, "drop table "sv, "begin transaction;"sv,
        "pragma foreign_keys"sv, "-- mysql dump"sv, "-- mariadb dump"sv, "-- phpmyadmin sql dump"sv, "/*!40"sv,
        "/*m!999999"sv, "--\n-- postgresql database dump"sv, "copy public."sv}) {
    if (begins(start)) return Kind::sql;
  }
  // Comments may stand before a relation.
  const std::size_t relation = text.find("@relation");
  const bool first = relation == 0 || (begins("%") && relation != text.npos && text[relation - 1] == '\n');
  return first && text.find("@attribute") != text.npos ? Kind::arff : Kind::none;
}

/// One object of a message and at most one key more, as interfaces answer in JSON: too little for an interaction.
bool is_answer_object(std::string_view text) {
  if (text.size() > 1000 || text.find('}') != text.find_last_not_of(" \r\n")) return false;
  std::size_t keys = 0;
  for (std::size_t at = text.find("\":"); at != text.npos; at = text.find("\":", at + 1)) ++keys;
  for (const std::string_view start : {R"({"message":)"sv, R"({"error":)"sv, R"({"detail":)"sv}) {
    if (text.starts_with(start)) return keys <= 2;
  }
  return false;
}

/// Pages, XML and short answers of servers.
Kind markup_kind(std::string_view head) {
  const std::string text = lower(without_blanks(head.substr(0, kForeignBytes)));
  const auto begins = [&](std::string_view start) { return text.starts_with(start); };
  const auto holds = [&](std::string_view part) { return text.find(part) != text.npos; };
  if (begins("<!doctype html") || begins("<html") || begins("<head>") || begins("<body") || begins("<script") ||
      begins("<meta ") || begins("<title>") || begins("<table>") || begins("<table ") || begins("<style") ||
      (begins("<!--") && holds("<html")) || (begins("<?xml") && holds("<html"))) {
    const bool drive = holds("google drive") || holds("drive.google.com") || holds("virus scan warning");
    return drive ? Kind::drive_page : Kind::html;
  }
  if (begins("<error>") || (begins("<?xml") && holds("<error>") && holds("<code>"))) return Kind::xml_error;
  if (begins("<?xml") && (holds("progid=\"excel.sheet\"") || holds("office:spreadsheet"))) return Kind::xml_spreadsheet;
  if (begins("<?xml") || begins("<!doctype") || begins("<svg")) return Kind::xml;
  if (is_answer_object(text)) return Kind::server_answer;
  for (const std::string_view answer :
       {"404: not found"sv, "404 not found"sv, "not found"sv, "entry not found"sv, "repository not found"sv,
        "access denied"sv, "403 forbidden"sv, "forbidden"sv, "unauthorized"sv, "invalid username or password"sv,
        "too many requests"sv, "429: too many requests"sv, "internal server error"sv}) {
    // The answer is all there is, or all of the only line.
    if (!begins(answer) || text.size() > 200) continue;
    const std::size_t end = text.find('\n');
    if (text.find_first_of(",;\t|") == text.npos &&
        (end == text.npos || text.find_first_not_of(" \r\n", end) == text.npos)) {
      return Kind::server_answer;
    }
  }
  return script_kind(text);
}

Kind pointer_kind(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  if (head.starts_with("version https://git-lfs.github.com/spec/") ||
      head.starts_with("version https://hawser.github.com/spec/")) {
    return Kind::lfs_pointer;
  }
  const std::string_view line = head.substr(0, head.find('\n'));
  if (line.starts_with("/annex/objects/") || (line.size() < 600 && line.find(".git/annex/objects/") != line.npos)) {
    return Kind::annex_pointer;
  }
  if (head.starts_with("outs:") && head.find("md5:") != head.npos) return Kind::dvc_pointer;
  return Kind::none;
}

/// Texts with two or four bytes to a character: every other byte of a text in Latin letters is zero.
Kind wide_text_kind(std::string_view head) {
  const std::size_t size = std::min<std::size_t>(head.size(), kForeignBytes) / 4 * 4;
  if (size < 4) return Kind::none;
  std::array<std::size_t, 4> zeros{};
  for (std::size_t at = 0; at < size; ++at) zeros[at % 4] += head[at] == '\0' ? 1 : 0;
  const std::size_t all = size / 4;
  const auto none = [&](std::size_t place) { return 10 * zeros[place] <= all; };
  const auto most = [&](std::size_t place) { return 10 * zeros[place] >= 7 * all; };
  if ((none(0) && most(1) && zeros[2] == all && zeros[3] == all) ||
      (none(3) && most(2) && zeros[1] == all && zeros[0] == all)) {
    return Kind::utf32;
  }
  if ((none(0) && none(2) && most(1) && most(3)) || (none(1) && none(3) && most(0) && most(2))) return Kind::utf16;
  return Kind::none;
}

unsigned word_at(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

/// The names that stand in local headers and in the list of members, as far as they are in `bytes`.
void member_names(std::string_view bytes, std::vector<std::string>& names) {
  struct Header {
    std::string_view magic;
    std::size_t length_at;
    std::size_t name_at;
  };
  constexpr std::array kHeaders = {Header{"PK\x03\x04"sv, 26, 30}, Header{"PK\x01\x02"sv, 28, 46}};
  for (const Header& header : kHeaders) {
    for (std::size_t at = bytes.find(header.magic); at != bytes.npos; at = bytes.find(header.magic, at + 4)) {
      const std::size_t length = word_at(bytes, at + header.length_at);
      if (length > 0 && at + header.name_at + length <= bytes.size()) {
        names.emplace_back(bytes.substr(at + header.name_at, length));
      }
    }
  }
}

Kind zip_kind(std::string_view head, std::string_view tail) {
  std::vector<std::string> names;
  member_names(head, names);
  member_names(tail, names);
  // OpenDocument's first member says what it is, uncompressed.
  if (!names.empty() && names.front() == "mimetype" && head.find("opendocument.spreadsheet") != head.npos) {
    return Kind::ods;
  }
  return kind_of_members(names);
}
}  // namespace

ForeignKind kind_of_members(const std::vector<std::string>& names) {
  const auto any = [&](auto&& is) { return std::any_of(names.begin(), names.end(), is); };
  const auto any_in = [&](std::string_view folder) {
    return any([&](const std::string& name) { return name.starts_with(folder); });
  };
  if (any_in("[Content_Types].xml") || any_in("docProps/")) {
    if (any_in("word/")) return Kind::word;
    if (any_in("ppt/")) return Kind::slides;
    return Kind::xlsx;
  }
  if (any_in("xl/workbook") || any_in("xl/worksheets/")) return Kind::xlsx;
  if (any_in("mimetype") && any_in("META-INF/manifest.xml") && any_in("content.xml")) return Kind::ods;
  if (any_in("Index/Document.iwa")) return Kind::numbers;
  const bool torch = any([](const std::string& name) {
    return name == "data.pkl" || name.ends_with("/data.pkl") || name.ends_with("/.format_version");
  });
  if (torch) return Kind::torch;
  if (any_in("model.weights.h5")) return Kind::keras;
  const auto is_npy = [](const std::string& name) { return name.ends_with(".npy"); };
  if (!names.empty() && std::all_of(names.begin(), names.end(), is_npy)) return Kind::npz;
  return Kind::zip;
}

ForeignKind foreign_kind(std::string_view head, std::string_view tail) {
  head = head.substr(0, kForeignHead);
  if (is_safetensors(head)) return Kind::safetensors;  // first: the length before it may be any bytes
  for (const Magic& magic : kMagics) {
    if (holds_at(head, magic.offset, magic.bytes)) return magic.kind;
  }
  if (holds_at(head, 0, "PK\x03\x04"sv) || holds_at(head, 0, "PK\x05\x06"sv) || holds_at(head, 0, "PK\x07\x08"sv)) {
    return zip_kind(head, tail);
  }
  if (is_bzip2(head)) return Kind::bzip2;
  if (is_pickle(head) || is_old_pickle(head)) return Kind::pickle;
  if (holds_at(head, 0, "RIFF") && holds_at(head, 8, "WEBP")) return Kind::webp;
  if (is_bmp(head)) return Kind::bmp;
  if (is_heif(head)) return Kind::heif;
  if (const Kind pointer = pointer_kind(head); pointer != Kind::none) return pointer;
  if (const Kind markup = markup_kind(head); markup != Kind::none) return markup;
  const std::string_view start = head.substr(0, kForeignBytes);
  if (start.find('\0') == start.npos) return Kind::none;
  if (const Kind wide = wide_text_kind(start); wide != Kind::none) return wide;
  // Such as Parquet whose first bytes are lost, or a network. A few stray zeros in a text are left to its reader.
  const auto is_control = [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 && c != '\t' && c != '\n' && c != '\r';
  };
  const auto controls = std::count_if(start.begin(), start.end(), is_control);
  return 20 * static_cast<std::size_t>(controls) >= start.size() ? Kind::binary : Kind::none;
}

}  // namespace monet::files
