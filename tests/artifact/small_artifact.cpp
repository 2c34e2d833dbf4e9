#include "tests/artifact/small_artifact.h"

#include "monet/core/rng.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace monet::test {

namespace {

constexpr Index kUsers = 5;
constexpr Index kItems = 7;

void draw(MatrixView<float> values, Rng& rng) {
  for (Index r = 0; r < values.rows; ++r) {
    for (float& value : values.row_span(r)) value = static_cast<float>(rng.uniform(-1.0, 1.0));
  }
}

data::Modality modality(const std::string& name, Index width) {
  data::Modality result;
  result.name = name;
  result.features = Matrix<float>::zeros(kItems, width);
  return result;
}

}  // namespace

std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream stream(file, std::ios::binary);
  stream << bytes;
  if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

SmallModel::SmallModel(Index image_width) {
  Rng rng(7);
  dataset.name = "shop";
  dataset.hash = "0123456789abcdef";
  dataset.train = Csr(kUsers, kItems, {0, 3, 5, 6, 8, 8}, {0, 2, 5, 1, 2, 4, 0, 3});
  dataset.modalities.push_back(modality("image", image_width));
  dataset.modalities.push_back(modality("text", 6));
  dataset.user_ids = {"u0", "u1", "u2", "u3", "u4"};
  dataset.item_ids = {"a", "b\tc", "d\ne", "f\\g", "h", "i", "j\r"};
  dataset.items.titles = {"Apple", "", "Date\tpalm", "Fig", "Ü", "Iris", "Jam"};
  draw(parameters.add("user_preference.image", kUsers, 2).value, rng);
  models::ParameterBlock& block = parameters.add_block(3, 8);
  draw(parameters.add_columns("projection.text.weight", block, 2, 6).value, rng);
  draw(parameters.add_vector("projection.text.bias", 3).value, rng);
  users = Matrix<float>(kUsers, 5);
  items = Matrix<float>(kItems, 5);
  foldin = Matrix<float>(kItems, 5);
  for (Matrix<float>* matrix : {&users, &items, &foldin}) draw(matrix->view(), rng);
  image_weight = Matrix<float>(2, image_width);
  text_weight = Matrix<float>(3, 6);
  for (Matrix<float>* matrix : {&image_weight, &text_weight}) draw(matrix->view(), rng);
  whole = Matrix<float>::zeros(5, 5);
  half = Matrix<float>::zeros(5, 5);
  for (Index c = 0; c < 5; ++c) {
    whole(c, c) = 1.0F;
    half(c, c) = 0.5F;
  }
  popularity.assign(static_cast<std::size_t>(kItems), 0.0F);
  for (const std::int32_t item : dataset.train.indices()) popularity[static_cast<std::size_t>(item)] += 1.0F;
}

train::ArtifactContents SmallModel::contents() const {
  train::ArtifactContents contents;
  contents.model = "monet";
  contents.hyper_parameters = models::ModelOptions("monet").fields();
  contents.training = {{"best_epoch", std::int64_t{15}}, {"seconds", 1.5}};
  contents.validation = {{"recall@20", 0.1}};
  contents.test = {{"recall@20", 1.0 / 3.0}};
  contents.dataset = &dataset;
  contents.parameters = &parameters;
  contents.scoring.kind = scoring::ScoreKind::target_aware;
  contents.scoring.beta = 0.3F;
  contents.scoring.user_embedding = users;
  contents.scoring.item_embedding = items;
  contents.scoring.history = dataset.train;
  contents.scoring.item_popularity = popularity;
  contents.tensors = {{"item_foldin", foldin},
                      {"item_embedding.image", items.view().columns(0, 2)},
                      {"item_embedding.text", items.view().columns(2, 3)}};
  scoring::NewItemMap& map = contents.new_items.emplace();
  map.modalities = {{"image", image_weight, {}, {}, {}, {}}, {"text", text_weight, {}, {}, {}, {}}};
  map.tables = {{"item_embedding", whole, {}}, {"item_foldin", half, {}}};
  contents.train_log = "{\"epoch\":0}\n";
  return contents;
}

}  // namespace monet::test
