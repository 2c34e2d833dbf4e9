// An item without interactions has the rows that its features alone give.
#include "monet/rank/new_items.h"
#include "monet/models/model.h"
#include "monet/models/registry.h"
#include "tests/models/tiny.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace monet::models {
namespace {

using testing::tiny_dataset;

/// The rows of `output` for the last item, which nobody has touched, against those made of its features.
void compare(const Output& output, const data::Dataset& dataset, const std::string& what) {
  const auto item = static_cast<Index>(dataset.num_items() - 1);
  const scoring::NewItemMap& map = *output.new_items;
  std::vector<MatrixView<const float>> features;
  for (const auto& modality : map.modalities) {
    for (const data::Modality& known : dataset.modalities) {
      if (known.name == modality.name) features.push_back(known.features.view().row_range(item, 1));
    }
  }
  const std::vector<Matrix<float>> rows = rank::new_item_rows(map, features);
  ASSERT_EQ(rows.size(), map.tables.size());
  std::map<std::string, MatrixView<const float>> trained{{"item_embedding", output.scoring.item_embedding}};
  for (const NamedTensor& tensor : output.tensors) trained[tensor.name] = tensor.value;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    const MatrixView<const float> table = trained.at(map.tables[t].name);
    ASSERT_EQ(rows[t].cols(), table.cols) << what << map.tables[t].name;
    double largest = 0.0;
    for (Index c = 0; c < table.cols; ++c) largest = std::max(largest, std::abs(double{table(item, c)}));
    for (Index c = 0; c < table.cols; ++c) {
      EXPECT_NEAR(rows[t](0, c), table(item, c), 4e-6 * largest)
          << what << " " << map.tables[t].name << " column " << c;
    }
    if (map.tables[t].name == "item_embedding") {
      EXPECT_GT(largest, 0.0) << what << ": a row of zeros compares with anything";
    }
  }
  EXPECT_EQ(rows.size() > 1 && map.tables[1].name == "item_foldin", trained.contains("item_foldin")) << what;
  // Where every item takes part in the loss its bias is learned.
  if (!output.scoring.item_prior.empty() && what.find("every") == std::string::npos) {
    EXPECT_EQ(map.prior, output.scoring.item_prior[static_cast<std::size_t>(item)]) << what;
  }
}

/// Without ids of its own, as an item is that comes after training.
void clear_ids(Model& model, Index item) {
  for (const Parameter& parameter : model.parameters().parameters()) {
    if (parameter.rows_of == RowsOf::items) fill(parameter.value.row_range(item, 1), 0.0F);
  }
}

class NewItems : public ::testing::TestWithParam<std::string_view> {};

TEST_P(NewItems, HaveTheRowsThatTrainingLeavesToAnItemThatNobodyTouched) {
  const data::Dataset dataset = tiny_dataset();
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  for (const testing::Variant& variant : testing::variants(GetParam())) {
    const auto model = make_model(variant.options, dataset, graph, pool);
    Rng rng(5);
    model->initialise(rng);
    for (const Parameter& parameter : model->parameters().parameters()) {
      if (parameter.name != "item_bias") continue;
      for (Index i = 0; i < parameter.value.rows; ++i) parameter.value(i, 0) = static_cast<float>(rng.normal());
    }
    clear_ids(*model, dataset.num_items() - 1);
    autograd::Tape tape(pool);
    const Output output = compute_output(tape, *model, Detail::artifact);
    ASSERT_TRUE(output.new_items.has_value()) << variant.name;
    compare(output, dataset, variant.name);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, NewItems, ::testing::Values("vbpr", "mario", "monet", "monet-softmax"),
                         [](const auto& info) {
                           std::string name(info.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(NewItemsOfOthers, AreNotPromised) {
  const std::set<std::string_view> able{"vbpr", "mario", "monet", "monet-softmax"};
  const data::Dataset dataset = tiny_dataset();
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  for (const std::string_view name : model_names()) {
    const auto model = make_model(testing::variants(name).front().options, dataset, graph, pool);
    Rng rng(5);
    model->initialise(rng);
    autograd::Tape tape(pool);
    EXPECT_EQ(compute_output(tape, *model, Detail::artifact).new_items.has_value(), able.contains(name)) << name;
  }
}

}  // namespace
}  // namespace monet::models
