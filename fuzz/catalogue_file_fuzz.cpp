// Any bytes in a catalogue of any layout's name either are titles, texts and names of pictures or an error. The first
// two bytes choose the name and the options.
#include "monet/prepare/prepare.h"
#include "monet/prepare/preview.h"
#include "fuzz/raw_text.h"
#include "fuzz/scratch.h"

#include <array>
#include <atomic>

namespace {
using namespace monet::prepare;

constexpr std::array<const char*, 9> kNames = {"items.csv", "items.tsv", "items.json", "meta_Toys.json", "movies.dat",
                                               "u.item",    "x.item",    "items.txt",  "items.zip"};

void prepare(const PrepareOptions& options) {
  monet::input::Observer silent;
  const std::atomic<bool> never{false};
  try {
    const Preview preview = preview_dataset(options, silent, never);
    monet::fuzz::require_lines(preview.notes);
    monet::fuzz::require_lines(preview.left_out);
  } catch (const monet::DataError&) {
  }
  try {
    const PrepareResult result = prepare_dataset(options, silent, never);
    monet::fuzz::require_lines(result.notes);
    if (!monet::input::is_utf8(monet::fuzz::text_of_file(options.out / "items.csv"))) std::abort();
  } catch (const monet::DataError&) {
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const monet::fuzz::Scratch scratch("catalogue");
  const std::uint8_t bits = data[1];
  const bool rows = (bits & 1) != 0;
  PrepareOptions options;
  options.source = rows ? scratch.write("raw/x.inter", "userID\titemID\tx_label\n0\t0\t0\n0\t1\t1\n1\t2\t2\n1\t3\t0\n")
                        : scratch.write("raw/events.csv", "user_id,item_id\n1,1\n1,2\n2,B00KITE001\n2,a\n");
  options.out = scratch.path() / "out";
  options.catalogue = scratch.write(std::filesystem::path("raw") / kNames[data[0] % kNames.size()],
                                    monet::fuzz::text_of(data + 2, size - 2));
  options.keep_unseen = (bits & 2) != 0;
  options.skip_bad_lines = (bits & 4) != 0;
  options.find_features = false;
  if ((bits & 8) != 0) options.item_columns.id = "id";
  if ((bits & 16) != 0) options.item_columns.description = {"text", "features"};
  prepare(options);
  return 0;
}
