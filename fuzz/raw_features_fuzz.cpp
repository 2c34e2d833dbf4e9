// Any bytes either are Amazon's image features, a float_seq column or a list of row ids, or a DataError.
#include "monet/prepare/items/given_features.h"
#include "fuzz/raw_text.h"

namespace {
template <class Read>
void features(std::string_view text, const monet::data::NameTable& names, Read&& read) {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("monet-fuzz-features-{}.npy", ::getpid());
  std::filesystem::remove(file);
  try {
    monet::input::MemoryStream stream(text);
    monet::prepare::FeatureWriter writer(file, names.size());
    monet::prepare::FeatureTarget target{names, writer};
    read(stream, target);
    writer.finish(monet::prepare::MissingFeatures::mean, {"a", "B000000001", "B000000002"});
  } catch (const monet::DataError&) {
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace monet::input;
  using namespace monet::prepare;
  const auto text = monet::fuzz::text_of(data, size);
  monet::data::NameTable names;
  for (const char* id : {"a", "B000000001", "B000000002"}) names.add(id);
  features(text, names, [](auto& stream, auto& target) { read_amazon_features(stream, "fuzz", target); });
  features(text, names, [](auto& stream, auto& target) {
    LineReader lines(stream, "fuzz");
    read_float_sequence(lines, "emb", target);
  });
  try {
    parse_row_ids(text, "fuzz", 3);
  } catch (const monet::DataError&) {
  }
  return 0;
}
