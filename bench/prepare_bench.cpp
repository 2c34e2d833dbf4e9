// What `monet prepare` reads, in MB of plain text per second of one core, and what a whole preparation takes in memory.
// Inputs are generated into a temporary folder; counts and texts that come out are checked, exit code 1 if one is
// wrong.
//
//   prepare_bench [--short] [--reviews N] [--entries N] [--lines N] [--rows N] [--whole N] [--cpu-clock]
//
// --rows N: of a Parquet file, with integer ids and with texts; left out where DuckDB is not here.
//
// --whole N: also a preparation of N gzip'd reviews from file to dataset directory, with its peak memory.

#include "monet/core/rng.h"
#include "monet/duckdb/parquet_files.h"
#include "monet/duckdb/sql.h"
#include "monet/input/json_record.h"
#include "monet/input/python_record.h"
#include "monet/prepare/columnar/row_interactions.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/prepare.h"
#include "monet/prepare/records/record_interactions.h"
#include "monet/prepare/tables/table_interactions.h"
#include "bench/timing.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace monet;
namespace fs = std::filesystem;

constexpr std::uint64_t kUsers = 1'000'000;
constexpr std::uint64_t kItems = 100'000;
constexpr int kRepetitions = 3;

struct Settings {
  std::uint64_t reviews = 300'000;
  std::uint64_t entries = 100'000;
  std::uint64_t lines = 5'000'000;
  std::uint64_t rows = 10'000'000;
  std::uint64_t whole = 0;
};

std::string user_id(std::uint64_t user) {
  return fmt::format("A{:013X}", user * 0x9e3779b9U % 0x3ffffffffffffU);
}
std::string item_id(std::uint64_t item) {
  return fmt::format("B{:09X}", item * 2654435761U % 0xfffffffffU);
}

/// Words with a few quotes and escapes among them, about `length` bytes.
std::string words(Rng& rng, std::size_t length, std::string_view quote) {
  constexpr std::string_view kWords[] = {"sturdy", "kite",  "the", "and",  "with", "colour", "never", "broke",
                                         "small",  "drums", "a",   "loud", "of",   "wooden", "train", "again"};
  std::string text;
  while (text.size() < length) {
    text += kWords[rng.below(std::size(kWords))];
    text += rng.below(40) == 0 ? quote : std::string_view(" ");
  }
  return text;
}

/// A file of lines; returns the bytes of plain text.
template <class Line>
std::size_t write_lines(const fs::path& path, bool compress, std::uint64_t count, Line&& line) {
  const gzFile file = gzopen(path.c_str(), compress ? "wb1" : "wbT");
  if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
  std::string piece;
  std::size_t bytes = 0;
  for (std::uint64_t n = 0; n < count; ++n) {
    line(n, piece);
    if (piece.size() < 1'000'000 && n + 1 < count) continue;
    bytes += piece.size();
    if (gzwrite(file, piece.data(), static_cast<unsigned>(piece.size())) <= 0) throw std::runtime_error("disk full?");
    piece.clear();
  }
  if (gzclose(file) != Z_OK) throw std::runtime_error("cannot close " + path.string());
  return bytes;
}

std::size_t write_reviews(const fs::path& path, std::uint64_t count) {
  Rng rng(1);
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) texts.push_back(words(rng, 40 + rng.below(600), "\\\"quoted\\\" \\u00e9"));
  return write_lines(path, true, count, [&](std::uint64_t n, std::string& out) {
    out += fmt::format(
        R"({{"reviewerID": "{}", "asin": "{}", "reviewerName": "N. N.", "helpful": [0, {}], "reviewText": "{}", )"
        R"("overall": {}.0, "summary": "as said", "unixReviewTime": {}, "reviewTime": "05 13, 2014"}})"
        "\n",
        user_id(rng.below(kUsers)), item_id(rng.below(kItems)), rng.below(9), texts[rng.below(texts.size())],
        1 + rng.below(5), 1'400'000'000 + n);
  });
}

std::size_t write_metadata(const fs::path& path, std::uint64_t count) {
  Rng rng(2);
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) texts.push_back(words(rng, 100 + rng.below(900), "\\'s \\xe9 \"in quotes\" "));
  return write_lines(path, true, count, [&](std::uint64_t n, std::string& out) {
    out += fmt::format(
        "{{'asin': '{}', 'title': 'Title {}', 'description': '{}', 'price': {}.99, 'imUrl': "
        "'http://example.org/{}.jpg', 'related': {{'also_bought': [",
        item_id(n), n, texts[rng.below(texts.size())], rng.below(100), n);
    for (std::uint64_t k = rng.below(30); k > 0; --k) out += fmt::format("'{}', ", item_id(rng.below(kItems)));
    out += fmt::format("'{}']}}, 'salesRank': {{'Toys': {}}}, 'categories': [['Toys', 'Kites']]}}\n", item_id(n), n);
  });
}

std::size_t write_csv(const fs::path& path, std::uint64_t count) {
  Rng rng(3);
  return write_lines(path, false, count, [&](std::uint64_t n, std::string& out) {
    if (n == 0) out += "user,item,rating,timestamp\n";
    out += fmt::format("{},{},{}.0,{}\n", user_id(rng.below(kUsers)), item_id(rng.below(kItems)), 1 + rng.below(5),
                       1'400'000'000 + n);
  });
}

bool report(const char* what, std::size_t bytes, const bench::Timings& timings, bool right) {
  const double mb = 1e-6 * static_cast<double>(bytes);
  fmt::print("{}: {:.0f} MB, {:.0f} MB/s ({:.0f} to {:.0f}){}\n", what, mb, mb / timings.median(),
             mb / timings.slowest(), mb / timings.fastest(), right ? "" : "  WRONG RESULT");
  return right;
}

class Bench {
 public:
  explicit Bench(fs::path folder) : folder_(std::move(folder)) {}

  bool reviews(std::uint64_t count) {
    const fs::path path = folder_ / "reviews.json.gz";
    const std::size_t bytes = write_reviews(path, count);
    Index read = 0;
    const auto timings = bench::time(kRepetitions, [&] {
      prepare::InteractionLog log({});
      with_records(path, [&](input::RecordReader& records, input::BadLines& bad) {
        input::JsonRecordParser parser;
        prepare::read_record_interactions(records, parser, {}, bad, log);
      });
      read = log.size();
    });
    return report("reviews, JSON lines in gzip", bytes, timings, read == static_cast<Index>(count));
  }

  bool metadata(std::uint64_t count) {
    const fs::path path = folder_ / "meta.json.gz";
    const std::size_t bytes = write_metadata(path, count);
    std::vector<std::string> ids;
    for (std::uint64_t item = 0; item < count; ++item) ids.push_back(item_id(item));
    bool right = false;
    const auto timings = bench::time(kRepetitions, [&] {
      data::NameTable names;
      for (const std::string& id : ids) names.add(id);
      prepare::ItemStore store(ids, folder_ / "texts");
      prepare::Catalogue catalogue(names, store, false);
      with_records(path, [&](input::RecordReader& records, input::BadLines& bad) {
        input::PythonRecordParser parser;
        prepare::read_record_catalogue(records, parser, {}, bad, catalogue);
      });
      const prepare::Item last = store.item(store.size() - 1);
      right = store.described() == static_cast<Index>(count) && last.title == fmt::format("Title {}", count - 1) &&
              last.categories == "Toys|Kites";
    });
    return report("metadata, Python literals in gzip", bytes, timings, right);
  }

  bool table(std::uint64_t count) {
    const fs::path path = folder_ / "interactions.csv";
    const std::size_t bytes = write_csv(path, count);
    Index read = 0;
    Index items = 0;
    const auto timings = bench::time(kRepetitions, [&] {
      prepare::InteractionLog log({});
      with_lines(path, [&](input::LineReader& lines, input::BadLines& bad) {
        input::TableReader table(lines, '\0', true);
        prepare::read_table_interactions(table, {}, bad, log);
      });
      read = log.size();
      items = log.item_names.size();
    });
    return report(fmt::format("CSV, {} users, {} items", kUsers, kItems).c_str(), bytes, timings,
                  read == static_cast<Index>(count) && (items == static_cast<Index>(kItems) || count < 20 * kItems));
  }

  /// Rows of user, item, rating (FLOAT) and timestamp (BIGINT); `user` and `item` make ids of numbers u and t in SQL.
  bool parquet(std::uint64_t count, const char* kind, const char* user, const char* item) {
    const std::atomic<bool> never{false};
    duckdb::Database database("the benchmark", never);
    const fs::path path = folder_ / "rows.parquet";
    database.run(
        fmt::format("COPY (SELECT {} AS user_id, {} AS item_id, (1 + i % 5)::FLOAT AS rating, 1400000000 + i AS "
                    "timestamp FROM (SELECT i, hash(i) % {} AS u, hash(i + 1) % {} AS t FROM range({}) r(i))) TO {} "
                    "(FORMAT parquet)",
                    user, item, kUsers, kItems, count, duckdb::sql_text(path.string())));
    std::uint64_t read = 0;
    bool right = false;
    const auto timings = bench::time(kRepetitions, [&] {
      prepare::InteractionLog log({});
      prepare::RowInteractions interactions({}, log);
      input::Observer silent;
      input::BadLines bad(false);
      interactions.read(prepare::table_of_file(database, path), silent, bad);
      read = static_cast<std::uint64_t>(log.size());
      right = read == count && log.times.back() == 1.4e9 + static_cast<double>(count - 1) &&
              log.ratings.back() == static_cast<float>(1 + (count - 1) % 5) &&
              (log.item_names.size() == static_cast<Index>(kItems) || count < 20 * kItems);
    });
    const double million = 1e-6 * static_cast<double>(count);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("Parquet, {}: {:.1f} M rows in {:.0f} MB, {:.2f} M rows/s ({:.2f} to {:.2f}), peak memory {:.2f} GB{}\n",
               kind, million, 1e-6 * static_cast<double>(fs::file_size(path)), million / timings.median(),
               million / timings.slowest(), million / timings.fastest(),
               1.024e-6 * static_cast<double>(usage.ru_maxrss), right ? "" : "  WRONG RESULT");
    return right;
  }

  bool parquet(std::uint64_t count) {
    if (duckdb::find_library() == nullptr) {
      fmt::print("Parquet: left out, there is no DuckDB here\n");
      return true;
    }
    const bool numbers = parquet(count, "integer ids", "u::BIGINT", "t::BIGINT");
    return parquet(count, "text ids", "'A' || lpad(hex(u), 13, '0')", "'B' || lpad(hex(t), 9, '0')") && numbers;
  }

  bool whole(std::uint64_t count) {
    const fs::path source = folder_ / "whole";
    fs::create_directories(source);
    const std::size_t bytes = write_reviews(source / "reviews_Toys.json.gz", count);
    write_metadata(source / "meta_Toys.json.gz", kItems);
    prepare::PrepareOptions options;
    options.source = source;
    options.out = folder_ / "dataset";
    input::Observer silent;
    const std::atomic<bool> never{false};
    const double start = bench::now();
    const prepare::PrepareResult result = prepare::prepare_dataset(options, silent, never);
    const double seconds = bench::now() - start;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const bool right = result.train + result.validation + result.test <= static_cast<Index>(count) &&
                       result.items <= static_cast<Index>(kItems) && result.described_items == result.items;
    fmt::print("whole: {} reviews ({:.0f} MB) and {} entries in {:.1f} s, {} users, peak memory {:.2f} GB{}\n", count,
               1e-6 * static_cast<double>(bytes), kItems, seconds, result.users,
               1.024e-6 * static_cast<double>(usage.ru_maxrss), right ? "" : "  WRONG RESULT");
    return right;
  }

 private:
  template <class Read>
  static void with_lines(const fs::path& path, Read&& read) {
    input::Observer silent;
    const std::atomic<bool> never{false};
    input::FileStream stream(path, {silent, never});
    input::LineReader lines(stream, path.string());
    input::BadLines bad(false);
    read(lines, bad);
  }

  template <class Read>
  static void with_records(const fs::path& path, Read&& read) {
    input::Observer silent;
    const std::atomic<bool> never{false};
    input::FileStream stream(path, {silent, never});
    input::RecordReader records(stream, path.string());
    input::BadLines bad(false);
    read(records, bad);
  }

  fs::path folder_;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view flag = argv[a];
    const auto number = [&] { return static_cast<std::uint64_t>(a + 1 < argc ? std::atoll(argv[++a]) : 0); };
    if (flag == "--short") {
      settings = {2'000, 1'000, 50'000, 50'000, 2'000};
    } else if (flag == "--reviews") {
      settings.reviews = number();
    } else if (flag == "--entries") {
      settings.entries = number();
    } else if (flag == "--lines") {
      settings.lines = number();
    } else if (flag == "--rows") {
      settings.rows = number();
    } else if (flag == "--whole") {
      settings.whole = number();
    } else if (flag == "--cpu-clock") {
      bench::cpu_clock() = true;
    } else {
      fmt::print(stderr, "unknown option {}\n", flag);
      return 2;
    }
  }
  std::string folder = (fs::temp_directory_path() / "monet-prepare-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  bool right = true;
  Bench run{fs::path(folder)};
  // First: the peak of memory is the process's.
  if (settings.whole > 0) right = run.whole(settings.whole) && right;
  if (settings.rows > 0) right = run.parquet(settings.rows) && right;
  if (settings.reviews > 0) right = run.reviews(settings.reviews) && right;
  if (settings.entries > 0) right = run.metadata(settings.entries) && right;
  if (settings.lines > 0) right = run.table(settings.lines) && right;
  fs::remove_all(folder);
  return right ? 0 : 1;
}
