// What is written is what is read.
#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "tests/artifact/small_artifact.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace monet::test {
namespace {

using artifact::Artifact;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::vector<float> values(MatrixView<const float> matrix) {
  std::vector<float> all;
  for (Index r = 0; r < matrix.rows; ++r) all.insert(all.end(), matrix.row(r), matrix.row(r) + matrix.cols);
  return all;
}

template <class T>
std::string message_of(const T& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

class RoundTrip : public ::testing::Test {
 protected:
  ScopedFolder folder_;
  SmallModel model_;
  std::filesystem::path path_ = folder_ / "artifact";
};

TEST_F(RoundTrip, TypesOfIdsComeBack) {
  train::write_artifact(path_, model_.contents(), false);
  EXPECT_TRUE(Artifact::open(path_).config().id_types.empty());
  model_.dataset.id_types = {{"users", "int64"}};
  train::write_artifact(path_, model_.contents(), true);
  EXPECT_EQ(Artifact::open(path_).config().id_types, model_.dataset.id_types);
}

TEST_F(RoundTrip, RecipesOfFeaturesComeBackByteForByte) {
  model_.dataset.modalities[1].recipe = std::string("a recipe\0of seven letters", 25);
  train::write_artifact(path_, model_.contents(), false);
  const Artifact opened = Artifact::open(path_);
  const auto recipe = opened.recipe("text");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(recipe.data()), recipe.size()),
            model_.dataset.modalities[1].recipe);
  EXPECT_TRUE(opened.recipe("image").empty());
  EXPECT_TRUE(opened.recipe("sound").empty());
}

TEST_F(RoundTrip, EverythingComesBack) {
  train::write_artifact(path_, model_.contents(), false);
  const Artifact opened = Artifact::open(path_);
  const artifact::Config& config = opened.config();
  EXPECT_EQ(config.model, "monet");
  EXPECT_EQ(config.program_version, artifact::program_version());
  EXPECT_EQ(config.kind, scoring::ScoreKind::target_aware);
  EXPECT_EQ(config.beta, 0.3F);
  EXPECT_EQ(config.num_users, 5);
  EXPECT_EQ(config.num_items, 7);
  EXPECT_EQ(config.num_interactions, 8);
  EXPECT_EQ(config.embedding_width, 5);
  EXPECT_EQ(config.hyper_parameters, models::ModelOptions("monet").fields());
  EXPECT_EQ(config.training, model_.contents().training);
  EXPECT_EQ(config.data_hash, "0123456789abcdef");
  EXPECT_EQ(config.data_name, "shop");
  EXPECT_EQ(config.validation, model_.contents().validation);
  EXPECT_EQ(config.test.at("recall@20"), 1.0 / 3.0) << "to the last bit";
  EXPECT_EQ(opened.train_log(), "{\"epoch\":0}\n");
  for (std::size_t i = 0; i < model_.dataset.item_ids.size(); ++i) {
    const auto index = static_cast<std::int32_t>(i);
    EXPECT_EQ(opened.items().id(index), model_.dataset.item_ids[i]);
    EXPECT_EQ(opened.items().title(index), model_.dataset.items.titles[i]);
    EXPECT_EQ(opened.items().find(model_.dataset.item_ids[i]), index);
  }
  EXPECT_EQ(opened.users().find("u4"), 4);
  EXPECT_EQ(opened.users().find("u5"), std::nullopt);
  EXPECT_FALSE(opened.users().has_titles());
}

TEST_F(RoundTrip, ScoringHasTheSameNumbers) {
  train::write_artifact(path_, model_.contents(), false);
  Artifact first = Artifact::open(path_);
  const Artifact opened = std::move(first);
  const scoring::Scoring scoring = opened.scoring();
  EXPECT_EQ(values(scoring.user_embedding), values(model_.users));
  EXPECT_EQ(values(scoring.item_embedding), values(model_.items));
  EXPECT_THAT(scoring.history.indptr, ElementsAreArray(model_.dataset.train.indptr()));
  EXPECT_THAT(scoring.history.indices, ElementsAreArray(model_.dataset.train.indices()));
  EXPECT_THAT(scoring.item_popularity, ElementsAre(2, 1, 2, 1, 1, 1, 0));
  EXPECT_EQ(values(opened.tensor("item_foldin")), values(model_.foldin));
  EXPECT_TRUE(opened.tensor("nothing").empty());
}

TEST_F(RoundTrip, ParametersHaveTheirNamesAndRanks) {
  train::write_artifact(path_, model_.contents(), false);
  const files::Safetensors file(path_ / "model.safetensors");
  EXPECT_THAT(file.at("projection.text.weight").shape, ElementsAre(3, 6));
  EXPECT_THAT(file.at("projection.text.bias").shape, ElementsAre(3));
  EXPECT_EQ(file.at("history.indptr").dtype, files::Dtype::i64);
  EXPECT_EQ(file.at("history.indices").dtype, files::Dtype::i32);
  EXPECT_EQ(values(file.matrix<float>("projection.text.weight")), values(model_.parameters.parameters()[1].value));
}

TEST_F(RoundTrip, ColumnsOfModalitiesAreNotedWhereTheyAreConcatenated) {
  train::write_artifact(path_, model_.contents(), false);
  const std::vector<artifact::ModalityInfo> blocks = Artifact::open(path_).config().modalities;
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[1].name, "text");
  EXPECT_EQ(blocks[1].features, 6);
  EXPECT_EQ(blocks[1].first_col, 2);
  EXPECT_EQ(blocks[1].cols, 3);
  // One changed number, and the fused embedding is no concatenation any more.
  Matrix<float> other = Matrix<float>::copy_of(model_.items.view().columns(2, 3));
  other(6, 2) += 1.0F;
  train::ArtifactContents mixed = model_.contents();
  mixed.tensors[2].value = other;
  train::write_artifact(path_, mixed, true);
  const Artifact opened = Artifact::open(path_);
  for (const artifact::ModalityInfo& modality : opened.config().modalities) {
    EXPECT_EQ(modality.first_col, -1) << modality.name;
  }
}

TEST_F(RoundTrip, ASparseSimilarityNeedsNoEmbeddings) {
  const Csr similarity(7, 7, {0, 2, 2, 3, 3, 3, 3, 3}, {1, 4, 0});
  const std::vector<float> weights{0.5F, 0.25F, 0.75F};
  train::ArtifactContents contents = model_.contents();
  contents.parameters = nullptr;
  contents.tensors.clear();
  contents.new_items.reset();
  contents.scoring.kind = scoring::ScoreKind::item_similarity;
  contents.scoring.user_embedding = {};
  contents.scoring.item_embedding = {};
  contents.scoring.similarity = similarity;
  contents.scoring.similarity_values = weights;
  train::write_artifact(path_, contents, false);
  const Artifact opened = Artifact::open(path_);
  EXPECT_THAT(opened.scoring().similarity.row(0), ElementsAre(1, 4));
  EXPECT_THAT(opened.scoring().similarity_values, ElementsAreArray(weights));
}

TEST_F(RoundTrip, OnlyForceReplacesAndOnlyAnArtifact) {
  train::write_artifact(path_, model_.contents(), false);
  train::ArtifactContents other = model_.contents();
  other.model = "other";
  EXPECT_THAT(message_of([&] { train::write_artifact(path_, other, false); }), HasSubstr("`force`"));
  EXPECT_EQ(Artifact::open(path_).config().model, "monet");
  train::write_artifact(path_, other, true);
  EXPECT_EQ(Artifact::open(path_).config().model, "other");

  std::filesystem::create_directory(folder_ / "thesis");
  write_bytes(folder_ / "thesis" / "config.json", "{\"pages\": 300}");
  EXPECT_THROW(train::write_artifact(folder_ / "thesis", other, true), InvalidArgument);
  EXPECT_EQ(read_bytes(folder_ / "thesis" / "config.json"), "{\"pages\": 300}");
  write_bytes(folder_ / "file", "x");
  EXPECT_THROW(train::write_artifact(folder_ / "file", other, true), InvalidArgument);
}

TEST_F(RoundTrip, ContentsThatDoNotFitTogetherAreOurMistake) {
  train::ArtifactContents contents = model_.contents();
  contents.scoring.user_embedding = model_.users.view().row_range(0, 4);
  EXPECT_THROW(train::write_artifact(path_, contents, false), InternalError);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(RoundTrip, HowNewItemsAreMadeComesBack) {
  train::ArtifactContents contents = model_.contents();
  const std::vector<double> center{0.5, 1.0 / 3.0, 0.0, -1.0};
  const std::vector<double> scale{2.0};
  contents.new_items->modalities.front().center = center;
  contents.new_items->modalities.front().scale = scale;
  contents.new_items->unit_rows = true;
  contents.new_items->blocks = 5;
  contents.new_items->length = 1.0F / 3.0F;
  contents.new_items->prior = -0.1F;
  train::write_artifact(path_, contents, false);
  const Artifact opened = Artifact::open(path_);
  const std::optional<scoring::NewItemMap> map = opened.new_items();
  ASSERT_TRUE(map.has_value());
  ASSERT_EQ(map->modalities.size(), 2U);
  EXPECT_THAT(map->modalities[0].center, ElementsAreArray(center)) << "to the last bit";
  EXPECT_THAT(map->modalities[0].scale, ElementsAre(2.0));
  EXPECT_THAT(map->modalities[0].missing, ElementsAre(0.0F, 0.0F, 0.0F, 0.0F));
  EXPECT_EQ(values(map->modalities[1].weight), values(model_.text_weight));
  ASSERT_EQ(map->tables.size(), 2U);
  EXPECT_EQ(map->tables[1].name, "item_foldin");
  EXPECT_EQ(values(map->tables[1].weight), values(model_.half));
  EXPECT_TRUE(map->unit_rows);
  EXPECT_EQ(map->blocks, 5);
  EXPECT_EQ(map->length, 1.0F / 3.0F);
  EXPECT_EQ(map->prior, -0.1F);
  contents.new_items->blocks = 4;  // of 5 columns
  train::write_artifact(path_, contents, true);
  EXPECT_THAT(message_of([&] { Artifact::open(path_); }), HasSubstr("damaged"));
}

TEST(IdTable, GoesOnBehindAnother) {
  using artifact::IdTable;
  auto table = std::make_shared<const IdTable>(IdTable({"a", "b"}, {"A", "B"}));
  for (int n = 0; n < 40; ++n) table = IdTable::extended(table, {"n" + std::to_string(n)}, {"N"});
  EXPECT_EQ(table->size(), 42U);
  for (int n = 0; n < 40; ++n) EXPECT_EQ(table->find("n" + std::to_string(n)), 2 + n);
  EXPECT_EQ(table->id(41), "n39");
  EXPECT_EQ(table->title(1), "B");
  EXPECT_EQ(table->title(7), "N");
  EXPECT_EQ(table->find("a"), 0);
  const auto less = IdTable::extended(table, {}, {}, {"n3", "n39"});
  EXPECT_EQ(less->find("n3"), std::nullopt);
  EXPECT_EQ(less->size(), 42U) << "the rows stay";
  const auto again = IdTable::extended(less, {"n3"}, {"N"});
  EXPECT_EQ(again->find("n3"), 42);
  EXPECT_EQ(again->find("n39"), std::nullopt);
  EXPECT_EQ(table->find("n3"), 5);
  EXPECT_THAT(message_of([&] { IdTable::extended(table, {"x", "x"}, {"", ""}); }), HasSubstr("twice"));
}

}  // namespace
}  // namespace monet::test
