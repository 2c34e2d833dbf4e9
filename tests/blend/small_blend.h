#pragma once

#include "monet/blend/agreement.h"
#include "monet/blend/write_blend.h"
#include "tests/artifact/small_artifact.h"

#include <filesystem>
#include <string>
#include <vector>

namespace monet::test {

/// Two artifacts over the data of a SmallModel, of kinds target_aware (model `monet`) and item_similarity (`itemknn`),
/// and a third of kind dot with a prior and embeddings of another width (`mf`).
class SmallParts {
 public:
  SmallParts() {
    train::write_artifact(path("a"), model_.contents(), false);
    train::write_artifact(path("b"), by_items(), false);
    train::write_artifact(path("c"), by_dot(), false);
  }

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  artifact::Artifact open(const std::string& name) const { return artifact::Artifact::open(path(name)); }
  std::vector<artifact::Artifact> open_all(const std::vector<std::string>& names) const {
    std::vector<artifact::Artifact> all;
    for (const std::string& name : names) all.push_back(open(name));
    return all;
  }

  const SmallModel& model() const { return model_; }
  train::ArtifactContents by_items() const {
    train::ArtifactContents contents = plain("itemknn");
    contents.scoring.kind = scoring::ScoreKind::item_similarity;
    contents.scoring.similarity = similarity_;
    contents.scoring.similarity_values = values_;
    return contents;
  }
  train::ArtifactContents by_dot() const {
    train::ArtifactContents contents = plain("mf");
    contents.scoring.kind = scoring::ScoreKind::dot;
    contents.scoring.user_embedding = model_.users.view().columns(1, 3);
    contents.scoring.item_embedding = model_.items.view().columns(0, 3);
    contents.scoring.item_prior = prior_;
    contents.tensors = {{"item_foldin", model_.foldin.view().columns(1, 3)}};
    return contents;
  }

  /// Writes the blend of `names` to `path(to)`.
  void write(const std::string& to, const std::vector<std::string>& names, const blend::Weights& weights,
             scoring::BlendBy by = scoring::BlendBy::zscore, bool force = false) const {
    const std::vector<artifact::Artifact> parts = open_all(names);
    blend::write_blend(path(to), {parts, weights, by, {{"recall@20", 0.5}}, {{"recall@20", 0.25}}, {}, {}}, {}, force);
  }

 private:
  train::ArtifactContents plain(const std::string& name) const {
    train::ArtifactContents contents = model_.contents();
    contents.model = name;
    contents.hyper_parameters = {};
    contents.parameters = nullptr;
    contents.tensors.clear();
    contents.new_items.reset();
    contents.scoring.user_embedding = {};
    contents.scoring.item_embedding = {};
    return contents;
  }

  ScopedFolder folder_;
  SmallModel model_;
  Csr similarity_{7, 7, {0, 2, 4, 6, 7, 8, 10, 10}, {1, 4, 0, 3, 5, 6, 2, 1, 0, 4}};
  std::vector<float> values_{0.5F, 0.25F, 0.75F, 0.1F, 0.3F, 0.2F, 0.9F, 0.4F, 0.6F, 0.8F};
  std::vector<float> prior_{0.1F, -0.2F, 0.3F, 0.0F, 0.5F, 0.2F, -0.4F};
};

}  // namespace monet::test
