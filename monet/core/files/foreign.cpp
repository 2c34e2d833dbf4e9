#include "monet/core/files/foreign.h"

#include "monet/core/error.h"

#include <algorithm>
#include <array>

namespace monet::files {

namespace {
using Kind = ForeignKind;

struct Words {
  Kind kind;
  std::string_view what;      // "an Excel workbook"
  std::string_view as_table;  // what to do where a table is wanted; empty: the same for all doors
  std::string_view remedy;    // elsewhere
};

constexpr std::string_view kFetch = "download the file again, by its direct link";
constexpr std::string_view kUnpack = "unpack it and give the file inside";
constexpr std::string_view kCsv = "save it as CSV (UTF-8)";
constexpr std::string_view kRightFile = "give the file that belongs here";
constexpr std::string_view kPlainText = "give the file that belongs here, or write it as plain text (UTF-8)";
constexpr std::string_view kPandas = "write it as CSV, in Python: pandas.DataFrame(…).to_csv(path, index=False)";

constexpr std::array kWords = {
    Words{Kind::lfs_pointer, "a Git LFS pointer in place of the file", "", "run 'git lfs pull' in its repository"},
    Words{Kind::annex_pointer, "a git-annex pointer in place of the file", "", "run 'git annex get' in its repository"},
    Words{Kind::dvc_pointer, "a DVC pointer in place of the file", "", "run 'dvc pull' in its repository"},
    Words{Kind::drive_page, "a web page of Google Drive (HTML) in place of the file", "",
          "download the file in a browser, past the page that warns of it"},
    Words{Kind::html, "a web page (HTML), often an error or login page in place of the file", "", kFetch},
    Words{Kind::xml_error, "an error message of a file server (XML) in place of the file", "", kFetch},
    Words{Kind::server_answer, "a server's error message in place of the file", "", kFetch},
    Words{Kind::parquet, "a Parquet file",
          "monet prepare reads it where interactions or a catalogue are asked for; elsewhere write it as CSV",
          "save the numbers with numpy.save"},
    Words{Kind::orc, "an ORC file", "write it as CSV, in Python: pandas.read_orc(path).to_csv(path, index=False)",
          "save the numbers with numpy.save"},
    Words{Kind::arrow, "an Arrow (Feather) file",
          "write it as CSV, in Python: pandas.read_feather(path).to_csv(path, index=False)",
          "save the numbers with numpy.save"},
    Words{Kind::feather, "a Feather file",
          "write it as CSV, in Python: pandas.read_feather(path).to_csv(path, index=False)",
          "save the numbers with numpy.save"},
    Words{Kind::avro, "an Avro file", "write it as CSV or JSON lines", "save the numbers with numpy.save"},
    Words{Kind::duckdb, "a DuckDB database", "monet prepare reads a table of it with `query` \"SELECT … FROM TABLE\"",
          "export what is needed of it"},
    Words{
        Kind::sqlite, "an SQLite database",
        "one that monet serve wrote is read by monet prepare FILE; of another export the table as CSV: sqlite3 -header "
        "-csv FILE 'SELECT …'",
        "export what is needed of it"},
    Words{Kind::access, "an Access database", "export the table as CSV", "export what is needed of it"},
    Words{Kind::zip, "a zip file", "", kUnpack},
    Words{Kind::seven_zip, "a 7z archive", "", kUnpack},
    Words{Kind::rar, "a RAR archive", "", kUnpack},
    Words{Kind::tar, "a tar archive", "", kUnpack},
    Words{Kind::gzip, "a gzip file", "", "decompress it (gunzip)"},
    Words{Kind::zstd, "a Zstandard file", "", "decompress it (zstd -d)"},
    Words{Kind::xz, "an xz file", "", "decompress it (xz -d)"},
    Words{Kind::lzma, "an LZMA file", "", "decompress it (xz -d)"},
    Words{Kind::bzip2, "a bzip2 file", "", "decompress it (bzip2 -d)"},
    Words{Kind::lz4, "an lz4 file", "", "decompress it (lz4 -d)"},
    Words{Kind::lzip, "an lzip file", "", "decompress it (lzip -d)"},
    Words{Kind::compress, "a file of 'compress' (.Z)", "", "decompress it (gunzip)"},
    Words{Kind::snappy, "a Snappy stream", "", "decompress it"},
    Words{Kind::xlsx, "an Excel workbook", kCsv, "save the numbers with numpy.save"},
    Words{Kind::xls, "an Excel workbook of the old kind (.xls), or another Office document", kCsv,
          "save the numbers with numpy.save"},
    Words{Kind::xml_spreadsheet, "an Excel workbook as XML", kCsv, "save the numbers with numpy.save"},
    Words{Kind::ods, "an OpenDocument spreadsheet (.ods)", kCsv, "save the numbers with numpy.save"},
    Words{Kind::numbers, "an Apple Numbers spreadsheet", "export it as CSV (UTF-8)", "export what is needed of it"},
    Words{Kind::word, "a Word document", "", "save what is in it as plain text"},
    Words{Kind::slides, "a PowerPoint file", "", "save what is in it as plain text"},
    Words{Kind::pdf, "a PDF document", "", "get the data it was made of"},
    Words{Kind::rtf, "a document of rich text (RTF)", "", "save it as plain text (UTF-8)"},
    Words{Kind::xml, "an XML file", "write it as CSV or JSON lines", "get the data in another format"},
    Words{Kind::npy, "a NumPy array",
          "item features are given by `features` NAME=FILE,IDS; a table has to be text, such as CSV", kRightFile},
    Words{Kind::npz, "a file of NumPy arrays (.npz)",
          "item features are given by `features` NAME=FILE,IDS; a table has to be text, such as CSV",
          "save the one array with numpy.save"},
    Words{Kind::hdf5, "an HDF5 file", "write the table as CSV, in Python: pandas.read_hdf(path).to_csv(…)",
          "save the one array, in Python: numpy.save(path, h5py.File(path)[name][:])"},
    Words{Kind::matlab, "a MATLAB file", "write the table as CSV", "save the array, in Python: numpy.save"},
    Words{Kind::pickle, "a Python pickle, which is never read because it can run code", kPandas,
          "save the numbers with numpy.save(path, array), or as safetensors"},
    Words{Kind::torch, "a PyTorch file (.pt, .pth), a pickle, which is never read because it can run code", kPandas,
          "save the numbers, in Python: numpy.save(path, torch.load(path).numpy()), or as safetensors"},
    Words{Kind::keras, "a Keras model", kCsv, "save the numbers with numpy.save"},
    Words{Kind::safetensors, "a safetensors file",
          "item features are given by `features` NAME=FILE,IDS; a table has to be text, such as CSV", kRightFile},
    Words{Kind::r_data, "a file of R", "write the table as CSV, in R: write.csv(x, path, row.names = FALSE)",
          "save the numbers in another format"},
    Words{Kind::stata, "a Stata file", kCsv, "save the numbers with numpy.save"},
    Words{Kind::spss, "an SPSS file", kCsv, "save the numbers with numpy.save"},
    Words{Kind::sas, "a file of SAS", kCsv, "save the numbers with numpy.save"},
    Words{Kind::sql, "a script of SQL (a dump of a database)",
          "load it into a database and export the table as CSV, such as: sqlite3 -header -csv FILE 'SELECT …'",
          "export what is needed of it"},
    Words{Kind::arff, "an ARFF file (Weka)",
          "write it as CSV: a line of the columns' names, then the lines behind @data",
          "save the numbers with numpy.save"},
    Words{Kind::matrix_market, "a sparse matrix (Matrix Market)",
          "write it as CSV: a line 'user,item,rating', then the entries",
          "save the numbers, in Python: numpy.save(path, scipy.io.mmread(path).toarray())"},
    Words{Kind::png, "a picture (PNG)", "", kRightFile},
    Words{Kind::jpeg, "a picture (JPEG)", "", kRightFile},
    Words{Kind::gif, "a picture (GIF)", "", kRightFile},
    Words{Kind::webp, "a picture (WebP)", "", kRightFile},
    Words{Kind::bmp, "a picture (BMP)", "", kRightFile},
    Words{Kind::tiff, "a picture (TIFF)", "", kRightFile},
    Words{Kind::heif, "a picture (HEIC or AVIF)", "", kRightFile},
    Words{Kind::utf16, "a text in UTF-16", "", "save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"},
    Words{Kind::utf32, "a text in UTF-32", "", "save it as UTF-8 (iconv -f UTF-32 -t UTF-8)"},
    Words{Kind::apple_double, "a companion that macOS makes ('._' before a name), without data", "",
          "give the file without '._' before its name"},
    Words{Kind::binary, "a binary file", "save it as text, such as CSV (UTF-8)", kRightFile},
};

const Words& words_of(Kind kind) {
  const auto* found =
      std::find_if(kWords.begin(), kWords.end(), [kind](const Words& words) { return words.kind == kind; });
  return found != kWords.end() ? *found : kWords.back();
}

/// Lists, configurations and networks are not made of tables and arrays: the right file has to be given.
std::string_view remedy_of(const Words& words, Wanted wanted) {
  if (words.as_table.empty() || wanted == Wanted::array || wanted == Wanted::tensors) return words.remedy;
  if (wanted == Wanted::table) return words.as_table;
  if (wanted == Wanted::text) return kPlainText;
  return words.kind == Kind::torch ? "write the network as ONNX, in Python: torch.onnx.export(…)" : kRightFile;
}

std::string_view name_of(Wanted wanted) {
  switch (wanted) {
    case Wanted::table: return "a table or records in text";
    case Wanted::array: return "a NumPy array (.npy)";
    case Wanted::tensors: return "a safetensors file";
    case Wanted::network: return "an ONNX network";
    case Wanted::text: break;
  }
  return "the text that is expected here";
}
}  // namespace

std::string_view describe(ForeignKind kind) {
  return words_of(kind).what;
}

void fail_foreign(std::string_view file, ForeignKind kind, Wanted wanted) {
  const Words& words = words_of(kind);
  const std::string_view remedy = remedy_of(words, wanted);
  fail<DataError>("{}: this is {}, not {}; {}", file, words.what, name_of(wanted), remedy);
}

void refuse_foreign(std::string_view file, std::string_view head, Wanted wanted, std::string_view tail) {
  const Kind kind = foreign_kind(head, tail);
  if (kind == Kind::none) return;
  if (wanted == Wanted::array && kind == Kind::npy) return;
  if (wanted == Wanted::tensors && kind == Kind::safetensors) return;
  // A network is bytes of any kind.
  if (wanted == Wanted::network && (kind == Kind::binary || kind == Kind::arrow || kind == Kind::utf16)) return;
  // Damaged ones are better described by their readers.
  if ((wanted == Wanted::array || wanted == Wanted::tensors) && (kind == Kind::binary || kind == Kind::arrow)) return;
  fail_foreign(file, kind, wanted);
}

void refuse_foreign_file(std::string_view file, std::string_view bytes, Wanted wanted) {
  const std::string_view head = bytes.substr(0, kForeignHead);
  const std::size_t rest = bytes.size() - head.size();
  refuse_foreign(file, head, wanted, bytes.substr(bytes.size() - std::min(rest, kForeignHead)));
}

}  // namespace monet::files
