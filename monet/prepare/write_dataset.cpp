#include "monet/prepare/write_dataset.h"

#include "monet/core/files/atomic.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

namespace monet::prepare {

namespace {
/// Collects text and hands it on in large pieces.
class TextFile {
 public:
  explicit TextFile(const std::filesystem::path& path) : file_(path) {}
  void add(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() > kPieceBytes) flush();
  }
  template <class T>
  void number(T value) {
    fmt::format_to(std::back_inserter(buffer_), "{}", value);
  }
  void commit() {
    flush();
    file_.commit();
  }

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{1} << 19;
  void flush() {
    file_.write(buffer_);
    buffer_.clear();
  }
  files::AtomicFile file_;
  std::string buffer_;
};

/// Times are mostly whole seconds.
void add_time(TextFile& file, double time) {
  constexpr double kWhole = 1e15;
  if (std::isnan(time)) return;
  if (time == std::floor(time) && std::abs(time) < kWhole) {
    file.number(static_cast<std::int64_t>(time));
  } else {
    file.number(time);
  }
}

/// As pandas writes a name that holds a quote, in a table of tabs.
std::string quoted_name(const std::string& name) {
  if (name.find('"') == std::string::npos) return name;
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

void add_csv_field(std::string& line, std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}
}  // namespace

void write_interactions(const std::filesystem::path& path, const InteractionSet& set,
                        const std::vector<std::uint8_t>& parts) {
  const bool ratings = std::any_of(set.ratings.begin(), set.ratings.end(), [](float r) { return !std::isnan(r); });
  const bool times = std::any_of(set.times.begin(), set.times.end(), [](double t) { return !std::isnan(t); });
  TextFile file(path);
  file.add("userID\titemID\t");
  if (ratings) file.add("rating\t");
  if (times) file.add("timestamp\t");
  if (!set.weights.empty()) file.add("weight\t");
  file.add("x_label\n");
  for (std::size_t e = 0; e < set.users.size(); ++e) {
    file.number(set.users[e]);
    file.add("\t");
    file.number(set.items[e]);
    file.add("\t");
    if (ratings) {
      if (!std::isnan(set.ratings[e])) file.number(set.ratings[e]);
      file.add("\t");
    }
    if (times) {
      add_time(file, set.times[e]);
      file.add("\t");
    }
    if (!set.weights.empty()) {
      file.number(set.weights[e]);
      file.add("\t");
    }
    file.number(static_cast<int>(parts[e]));
    file.add("\n");
  }
  file.commit();
}

void write_names(const std::filesystem::path& path, const char* header, const std::vector<std::string>& names) {
  TextFile file(path);
  file.add(header);
  file.add("\n");
  for (std::size_t row = 0; row < names.size(); ++row) {
    file.add(quoted_name(names[row]));
    file.add("\t");
    file.number(row);
    file.add("\n");
  }
  file.commit();
}

void write_items(const std::filesystem::path& path, const ItemStore& items) {
  TextFile file(path);
  file.add("item_id,title,description,categories,brand,price,image\n");
  std::string line;
  for (Index row = 0; row < items.size(); ++row) {
    const Item item = items.item(row);
    line.clear();
    for (const std::string* text :
         {&item.id, &item.title, &item.description, &item.categories, &item.brand, &item.price, &item.image}) {
      if (!line.empty()) line += ',';
      add_csv_field(line, *text);
    }
    file.add(line);
    file.add("\n");
  }
  file.commit();
}

}  // namespace monet::prepare
