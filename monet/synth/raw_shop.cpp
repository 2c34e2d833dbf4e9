#include "monet/synth/raw_shop.h"

#include "monet/core/error.h"
#include "monet/core/files/output_folder.h"
#include "monet/synth/catalogue.h"
#include "monet/synth/detail/text_file.h"
#include "monet/synth/folder_record.h"
#include "monet/synth/interactions.h"
#include "monet/synth/names.h"
#include "monet/synth/picture.h"
#include "monet/synth/texts.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>

namespace monet::synth {

namespace {
namespace fs = std::filesystem;

constexpr Index kBlock = 256;  // users or items between two reports

void write_interactions(const fs::path& path, const GeneratorOptions& options, const Catalogue& catalogue,
                        const Progress& progress) {
  detail::TextFile file(path);
  file.print("user,item,rating,timestamp\n");
  Clock clock(options.seed);
  for_each_user(options, catalogue, [&](std::int32_t user, std::span<const std::int32_t> items) {
    clock.arrive();
    if (user % kBlock == 0) progress("users", user, options.num_users);
    for (const std::int32_t item : items) file.print("user-{},item-{},1,{}\n", user, item, clock.next());
  });
  file.commit();
}

/// A field of a CSV file, quoted.
std::string csv_field(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string picture_name(std::size_t item) {
  return "pictures/" + item_name(item) + ".png";
}

void write_catalogue(const fs::path& path, const GeneratorOptions& options, const Catalogue& catalogue, bool pictures,
                     const Progress& progress) {
  detail::TextFile file(path);
  file.print("id,title,description,categories,brand,price,image\n");
  for (std::size_t i = 0; i < catalogue.attributes.size(); ++i) {
    if (i % kBlock == 0) progress("texts", static_cast<Index>(i), options.num_items);
    const ItemText text = write_text(shown(catalogue, options, i, Channel::text), options.seed, i);
    file.print("{},{},{},{},{},{},{}\n", item_name(i), csv_field(text.title), csv_field(text.description),
               text.categories, csv_field(text.brand), text.price, pictures ? picture_name(i) : "");
  }
  file.commit();
}

/// The folder's final sync makes it durable.
void write_picture(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) files::fail_io(path, "write", errno);
}

void write_pictures(const fs::path& directory, const GeneratorOptions& options, const Catalogue& catalogue, int size,
                    ThreadPool& pool, const Progress& progress) {
  fs::create_directory(directory / "pictures");
  for (Index begin = 0; begin < options.num_items; begin += kBlock) {
    progress("pictures", begin, options.num_items);
    const Index count = std::min(kBlock, options.num_items - begin);
    pool.for_range(count, [&](Index first, Index last, int) {
      for (Index k = first; k < last; ++k) {
        const auto item = static_cast<std::size_t>(begin + k);
        const Attributes attributes = shown(catalogue, options, item, Channel::picture);
        write_picture(directory / picture_name(item),
                      encode_png(draw_picture(attributes, options.seed, item, size), size));
      }
    });
  }
}
}  // namespace

void write_raw_shop(const fs::path& directory, const GeneratorOptions& options, const RawShopOptions& raw,
                    ThreadPool& pool, const Progress& report) {
  check(options);
  if (raw.picture_size < 8 || raw.picture_size > 1024) {
    fail<InvalidArgument>("[synth] pictures of {} pixels; expected 8 to 1024", raw.picture_size);
  }
  files::OutputFolder output({directory, raw.force, &shop_folder(), {}, false, {}});
  const Progress progress = report ? report : [](std::string_view, Index, Index) {};
  const Catalogue catalogue = generate_catalogue(options);
  write_interactions(output.path() / "interactions.csv", options, catalogue, progress);
  write_catalogue(output.path() / "catalogue.csv", options, catalogue, raw.pictures, progress);
  if (raw.pictures) write_pictures(output.path(), options, catalogue, raw.picture_size, pool, progress);
  write_record(output.path(), options, &raw);
  output.commit();
}

}  // namespace monet::synth
