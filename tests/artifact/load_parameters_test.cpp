// Parameters from a file: every fault named, and nothing changed unless all fits.
#include "monet/artifact/load_parameters.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "tests/artifact/small_artifact.h"

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
      artifact::load_parameters(file, target_);
    } catch (const DataError& error) {
      return error.what();
    }
    return "accepted";
  }

  TemporaryFolder folder_;
  SmallModel model_;
  models::ParameterSet target_;
};

TEST_F(LoadParameters, AnArtifactGivesBackItsParameters) {
  artifact::write_artifact(folder_ / "artifact", model_.contents(), false);
  for (const std::filesystem::path& source : {folder_ / "artifact", folder_ / "artifact" / "model.safetensors"}) {
    for (models::Parameter& parameter : target_.parameters()) fill(parameter.value, 0.0F);
    artifact::load_parameters(source, target_);
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
  artifact::load_parameters(folder_ / "other.safetensors", parameters);
  EXPECT_EQ(parameter.value(2, 1), 2.0F);
  EXPECT_EQ(parameters.find("embedding_dict.user_emb"), &parameter);
}

TEST_F(LoadParameters, SizesComeFromTheTensors) {
  const std::vector<float> values(100, 1.0F);
  files::SafetensorsWriter writer;
  writer.add("user_embedding.weight", MatrixView<const float>(values.data(), 5, 16));
  writer.write(folder_ / "init.safetensors");
  const models::TensorShapes shapes = artifact::tensor_shapes(folder_ / "init.safetensors");
  EXPECT_THAT(shapes.at("user_embedding.weight"), ::testing::ElementsAre(5, 16));
  EXPECT_EQ(models::with_sizes_of("mf", {}, shapes).dim, 16);
  EXPECT_EQ(models::with_sizes_of("mf", {}, {}).dim, 64) << "nothing known, nothing changed";
}

}  // namespace
}  // namespace monet::test
