// Any bytes in a file of any layout's name either are a dataset, which is the same when it is prepared once more, or an
// error; looking at it before is possible as well. The first two bytes choose the name and the options.
#include "monet/prepare/prepare.h"
#include "monet/prepare/preview.h"
#include "fuzz/raw_text.h"
#include "fuzz/scratch.h"

#include <array>
#include <atomic>

namespace {
using namespace monet::prepare;

constexpr std::array<const char*, 14> kNames = {
    "events.csv",          "events.tsv",       "x.inter",    "x.train.inter",  "events.json",
    "reviews_Toys_5.json", "ratings_Toys.csv", "Toys.csv",   "ml/ratings.dat", "ml/u.data",
    "train.txt",           "events.txt",       "Toys.jsonl", "train.csv"};

PrepareOptions options_of(std::uint8_t bits) {
  PrepareOptions options;
  options.name = "fuzz";
  options.find_features = false;
  options.skip_bad_lines = (bits & 1) != 0;
  if ((bits & 2) != 0) options.min_rating = 3.0;
  if ((bits & 4) != 0) options.events = parse_events("purchase:1,view:0.25");
  if ((bits & 8) != 0) options.k_core = 2;
  if ((bits & 16) != 0) options.columns.time = "none";
  if ((bits & 32) != 0) options.columns.item = "product_ids";
  if ((bits & 64) != 0) options.split = SplitRule::leave_one_out;
  return options;
}

/// The text of the dataset's interactions, prepared from `source`.
std::string prepared(PrepareOptions options, const std::filesystem::path& source, const std::filesystem::path& out) {
  monet::input::Observer silent;
  const std::atomic<bool> never{false};
  options.source = source;
  options.out = out;
  const PrepareResult result = prepare_dataset(options, silent, never);
  monet::fuzz::require_lines(result.notes);
  return monet::fuzz::text_of_file(out / "fuzz.inter");
}

void look(PrepareOptions options, const std::filesystem::path& source) {
  monet::input::Observer silent;
  const std::atomic<bool> never{false};
  options.source = source;
  try {
    const Preview preview = preview_dataset(options, silent, never);
    monet::fuzz::require_lines(preview.notes);
    monet::fuzz::require_lines(preview.left_out);
  } catch (const monet::DataError&) {
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const monet::fuzz::Scratch scratch("interactions");
  const std::string name = kNames[data[0] % kNames.size()];
  const auto text = monet::fuzz::text_of(data + 2, size - 2);
  auto source = scratch.write(std::filesystem::path("raw") / name, text);
  if (const std::size_t train = name.find("train"); train != std::string::npos) {  // a folder of parts
    scratch.write("raw/" + name.substr(0, train) + "test" + name.substr(train + 5), text);
    source = source.parent_path();
  }
  const PrepareOptions options = options_of(data[1]);
  look(options, source);
  std::string first;
  try {
    first = prepared(options, source, scratch.path() / "once");
  } catch (const monet::DataError&) {
    return 0;
  }
  PrepareOptions again;
  again.name = "fuzz";
  if (prepared(again, scratch.path() / "once", scratch.path() / "twice") != first) std::abort();
  return 0;
}
