// Parameters from a file: every fault named, and nothing changed unless all fits.
#include "monet/train/initial_parameters.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "monet/models/model.h"
#include "monet/train/trainer.h"
#include "tests/artifact/small_artifact.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LoadParameters : public ::testing::Test {
 protected:
  LoadParameters() {
    target_.add("user_preference.image", 5, 2);
    models::ParameterBlock& block = target_.add_block(3, 8);
    target_.add_columns("projection.text.weight", block, 2, 6);
    target_.add_vector("projection.text.bias", 3);
  }
  std::string refusal(const std::filesystem::path& file) {
    try {
      train::load_parameters(file, target_);
    } catch (const DataError& error) {
      return error.what();
    }
    return "accepted";
  }

  ScopedFolder folder_;
  SmallModel model_;
  models::ParameterSet target_;
};

TEST_F(LoadParameters, AnArtifactGivesBackItsParameters) {
  train::write_artifact(folder_ / "artifact", model_.contents(), false);
  for (const std::filesystem::path& source : {folder_ / "artifact", folder_ / "artifact" / "model.safetensors"}) {
    for (models::Parameter& parameter : target_.parameters()) fill(parameter.value, 0.0F);
    train::load_parameters(source, target_);
    for (std::size_t p = 0; p < target_.parameters().size(); ++p) {
      const MatrixView<float> loaded = target_.parameters()[p].value;
      const MatrixView<float> expected = model_.parameters.parameters()[p].value;
      for (Index r = 0; r < loaded.rows; ++r) {
        for (Index c = 0; c < loaded.cols; ++c) ASSERT_EQ(loaded(r, c), expected(r, c));
      }
    }
    EXPECT_EQ(target_.blocks()[1].value(0, 0), 0.0F) << "columns of nobody stay";
  }
}

TEST_F(LoadParameters, EveryFaultIsNamedAndNothingIsChanged) {
  const std::vector<float> ones(100, 1.0F);
  files::SafetensorsWriter writer;
  writer.add("user_preference.image", MatrixView<const float>(ones.data(), 2, 5));
  writer.add("projection.text.bias", MatrixView<const float>(ones.data(), 1, 3));
  writer.add("projection.audio.bias", std::span<const float>(ones.data(), 3));
  writer.write(folder_ / "init.safetensors");
  EXPECT_THAT(
      refusal(folder_ / "init.safetensors"),
      AllOf(HasSubstr("init.safetensors"), HasSubstr("user_preference.image is F32 [2, 5], the model has F32 [5, 2]"),
            HasSubstr("projection.text.weight is missing"),
            HasSubstr("projection.text.bias is F32 [1, 3], the model has F32 [3]"),
            HasSubstr("projection.audio.bias is unknown"), Not(HasSubstr("\n"))));
  for (const models::ParameterBlock& block : target_.blocks()) {
    for (Index i = 0; i < block.value.size(); ++i) ASSERT_EQ(block.value.data()[i], 0.0F);
  }
}

TEST_F(LoadParameters, AnotherTypeIsRefused) {
  const std::vector<double> ones(10, 1.0);
  files::SafetensorsWriter writer;
  writer.add("user_preference.image", MatrixView<const double>(ones.data(), 5, 2));
  writer.write(folder_ / "init.safetensors");
  EXPECT_THAT(refusal(folder_ / "init.safetensors"), HasSubstr("F64 [5, 2]"));
}

TEST_F(LoadParameters, AParameterIsFoundByItsOtherName) {
  const std::vector<float> twos(6, 2.0F);
  files::SafetensorsWriter writer;
  writer.add("embedding_dict.user_emb", MatrixView<const float>(twos.data(), 3, 2));
  writer.write(folder_ / "other.safetensors");
  models::ParameterSet parameters;
  models::Parameter& parameter = parameters.add("user_embedding.weight", 3, 2);
  parameter.alias = "embedding_dict.user_emb";
  train::load_parameters(folder_ / "other.safetensors", parameters);
  EXPECT_EQ(parameter.value(2, 1), 2.0F);
  EXPECT_EQ(parameters.find("embedding_dict.user_emb"), &parameter);
}

TEST_F(LoadParameters, SizesComeFromTheTensors) {
  const std::vector<float> values(100, 1.0F);
  files::SafetensorsWriter writer;
  writer.add("user_embedding.weight", MatrixView<const float>(values.data(), 5, 16));
  writer.write(folder_ / "init.safetensors");
  const models::TensorShapes shapes = train::tensor_shapes(folder_ / "init.safetensors");
  EXPECT_THAT(shapes.at("user_embedding.weight"), ::testing::ElementsAre(5, 16));
  const models::ModelOptions mf("mf");
  EXPECT_EQ(models::with_sizes_of(mf, shapes).get("dim"), Value(16));
  EXPECT_EQ(models::with_sizes_of(mf, {}).get("dim"), Value(64)) << "nothing known, nothing changed";
}

/// A catalogue after a day: users and items of `SmallModel` in another order, some gone, some new.
data::Dataset next_day() {
  data::Dataset dataset;
  dataset.name = "shop";
  dataset.user_ids = {"u3", "new user", "u0"};
  dataset.item_ids = {"i", "new item", "a", "h"};
  dataset.train = Csr::from_pairs(3, 4, std::vector<std::pair<std::int32_t, std::int32_t>>{{0, 0}, {1, 1}, {2, 2}});
  dataset.validation = Csr(3, 4);
  dataset.test = Csr(3, 4);
  return dataset;
}

class FromAnArtifact : public ::testing::TestWithParam<const char*> {
 protected:
  /// Trains the model on yesterday's data for no step, so that its artifact holds drawn parameters.
  void train_yesterday() {
    SmallModel small;
    for (data::Modality& modality : small.dataset.modalities) {
      fill(modality.features.view(), 0.25F);
      modality.features(0, 0) = 1.0F;
    }
    ThreadPool pool(1);
    train::TrainOptions options;
    options.epochs = 0;
    options.seed = 1;
    options.out = folder_ / "yesterday";
    train::train(small.dataset, models::ModelOptions(GetParam()), options, pool);
  }
  ScopedFolder folder_;
};

TEST_P(FromAnArtifact, RowsComeByTheirIdsAndNewOnesAreFresh) {
  train_yesterday();
  data::Dataset dataset = next_day();
  const SmallModel small;
  for (const data::Modality& modality : small.dataset.modalities) {
    Matrix<float> features = Matrix<float>::zeros(4, modality.features.cols());
    fill(features.view(), 0.5F);
    dataset.modalities.push_back({modality.name, std::move(features), 0});
  }
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  const auto model = models::make_model(models::ModelOptions(GetParam()), dataset, graph, pool);
  const auto fresh = models::make_model(models::ModelOptions(GetParam()), dataset, graph, pool);
  Rng rng(2);
  model->initialise(rng);
  Rng same(2);
  fresh->initialise(same);
  EXPECT_EQ(
      train::load_initial_parameters(folder_ / "yesterday", dataset, *model),
      fmt::format("starting from {}, which knows 2 of 3 users and 3 of 4 items", (folder_ / "yesterday").string()));
  const files::Safetensors before(folder_ / "yesterday" / "model.safetensors");
  const std::vector<Index> users{3, -1, 0};
  const std::vector<Index> items{5, -1, 0, 4};
  for (const models::Parameter& p : model->parameters().parameters()) {
    const auto old = before.matrix<float>(p.name);
    const auto drawn = fresh->parameters().find(p.name)->value;
    std::vector<Index> rows;
    if (p.rows_of == models::RowsOf::users) rows = users;
    if (p.rows_of == models::RowsOf::items) rows = items;
    if (p.rows_of == models::RowsOf::nodes) {
      rows = users;
      for (const Index item : items) rows.push_back(item < 0 ? item : 5 + item);
    }
    for (Index r = 0; r < p.value.rows; ++r) {
      const Index from = p.rows_of == models::RowsOf::weights ? r : rows[static_cast<std::size_t>(r)];
      for (Index c = 0; c < p.value.cols; ++c) {
        ASSERT_EQ(p.value(r, c), from < 0 ? drawn(r, c) : old(from, c)) << p.name << " " << r << ", " << c;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, FromAnArtifact, ::testing::Values("mf", "lightgcn", "vbpr", "mmgcn", "grcn", "monet"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(LoadParameters, AnArtifactOfAnotherShopIsRefused) {
  train::write_artifact(folder_ / "artifact", model_.contents(), false);
  data::Dataset dataset = next_day();
  dataset.user_ids = {"x", "y", "z"};
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  const auto model = models::make_model(models::ModelOptions("mf"), dataset, graph, pool);
  try {
    train::load_initial_parameters(folder_ / "artifact", dataset, *model);
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("knows 0 of the dataset's 3 users and 3 of its 4 items"));
  }
}

TEST_F(LoadParameters, AFolderIsAnArtifactOrRefused) {
  train::write_artifact(folder_ / "artifact", model_.contents(), false);
  const auto start = [&] {
    ThreadPool pool(1);
    const data::Dataset dataset = next_day();
    const graph::Bipartite graph(dataset.train);
    const auto model = models::make_model(models::ModelOptions("mf"), dataset, graph, pool);
    train::load_initial_parameters(folder_ / "artifact", dataset, *model);
  };
  for (const char* config : {"", "[]", "{"}) {
    write_bytes(folder_ / "artifact" / "config.json", config);
    try {
      start();
      ADD_FAILURE() << "taken by row numbers";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("config.json"));
    }
  }
}

}  // namespace
}  // namespace monet::test
