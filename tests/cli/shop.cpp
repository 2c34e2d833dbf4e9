#include "tests/cli/shop.h"

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <stdexcept>

namespace monet::test {

namespace {

constexpr std::array<std::size_t, 8> kOffsets{0, 1, 3, 4, 7, 9, 12, 14};

std::size_t item_of(std::size_t user, std::size_t place) {
  return (user * 5 + kOffsets[place]) % kItems;
}

// Places [begin, end) of every user as a 5-core split.
std::string five_core_split(std::size_t begin, std::size_t end) {
  std::ostringstream json;
  for (std::size_t user = 0; user < kUsers; ++user) {
    json << (user > 0 ? ", " : "{") << '"' << user << "\": [";
    for (std::size_t place = begin; place < end; ++place) json << (place > begin ? ", " : "") << item_of(user, place);
    json << ']';
  }
  json << "}\n";
  return json.str();
}

std::string float_bytes(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<float> feature_values(std::size_t rows, std::size_t cols, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<float> values(rows * cols);
  for (float& value : values) value = static_cast<float>(generator() % 2001) / 1000.0F - 1.0F;
  return values;
}

std::string npy_floats(std::size_t rows, std::size_t cols, const std::vector<float>& values) {
  return npy_bytes("<f4", "(" + std::to_string(rows) + ", " + std::to_string(cols) + ")", float_bytes(values));
}

void write_features(const std::filesystem::path& folder) {
  write_text(folder / "image_feat.npy", npy_features(kItems, kWidth, 1));
  write_text(folder / "text_feat.npy", npy_features(kItems, kWidth, 2));
}

}  // namespace

std::vector<std::size_t> training_items(std::size_t user) {
  std::vector<std::size_t> items;
  for (std::size_t place = 0; place < 6; ++place) items.push_back(item_of(user, place));
  return items;
}

std::size_t validation_item(std::size_t user) {
  return item_of(user, 6);
}
std::size_t test_item(std::size_t user) {
  return item_of(user, 7);
}

void write_five_core(const std::filesystem::path& folder) {
  write_text(folder / "5-core/train.json", five_core_split(0, 6));
  write_text(folder / "5-core/val.json", five_core_split(6, 7));
  write_text(folder / "5-core/test.json", five_core_split(7, 8));
  write_features(folder);
}

void write_mmrec(const std::filesystem::path& folder) {
  std::ostringstream interactions;
  std::ostringstream users;
  std::ostringstream items;
  interactions << "userID\titemID\trating\ttimestamp\tx_label\n";
  users << "user_id\tuserID\n";
  items << "asin\titemID\n";
  for (std::size_t user = 0; user < kUsers; ++user) {
    users << "user-" << user << '\t' << user << '\n';
    for (std::size_t place = 0; place < kOffsets.size(); ++place) {
      const int label = place < 6 ? 0 : static_cast<int>(place) - 5;
      interactions << user << '\t' << item_of(user, place) << "\t5.0\t" << 1000 + place << '\t' << label << '\n';
    }
  }
  for (std::size_t item = 0; item < kItems; ++item) items << "B00" << item << '\t' << item << '\n';
  write_text(folder / "shop.inter", interactions.str());
  write_text(folder / "u_id_mapping.csv", users.str());
  write_text(folder / "i_id_mapping.csv", items.str());
  write_features(folder);
}

std::string npy_bytes(const std::string& descr, const std::string& shape, std::string_view data, bool fortran_order) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
                       ", 'shape': " + shape + ", }";
  constexpr std::size_t kPreamble = 10;
  while ((kPreamble + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes += data;
  return bytes;
}

std::string npy_features(std::size_t rows, std::size_t cols, unsigned seed) {
  return npy_floats(rows, cols, feature_values(rows, cols, seed));
}

std::string npy_features_with(std::size_t rows, std::size_t cols, std::size_t row, std::size_t col, float value) {
  std::vector<float> values = feature_values(rows, cols, 1);
  values[row * cols + col] = value;
  return npy_floats(rows, cols, values);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_text(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace monet::test
