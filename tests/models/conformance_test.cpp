// What every registered model must do, whatever it is.

#include "monet/autograd/gradient_check.h"
#include "monet/core/error.h"
#include "monet/models/registry.h"
#include "tests/models/tiny.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>

namespace monet::models::testing {
namespace {

struct Subject {
  explicit Subject(const ModelOptions& options, int threads = 1, Index users = 7, Index items = 9)
      : dataset(tiny_dataset(users, items)),
        graph(dataset.train),
        pool(threads),
        tape(pool),
        model(make_model(options, dataset, graph, pool)) {
    Rng rng(5);
    model->initialise(rng);
  }
  data::Dataset dataset;
  graph::Bipartite graph;
  LossParts gradients(const Batch& batch) { return compute_gradients(tape, *model, batch); }
  Output output() { return compute_output(tape, *model, Detail::artifact); }

  ThreadPool pool;
  autograd::Tape tape;
  std::unique_ptr<Model> model;
};

/// Parameters that start equal whatever the seed: weights of a fusion, and what starts at zero.
bool starts_alike(std::string_view name) {
  if (name == "modal_weight" || name == "audio_embedding.weight" || name == "text_embedding.weight") return true;
  return name == "fusion.weight" || name == "item_linear.bias" || name == "item_bias" || name == "visual_bias.weight";
}

/// Models with LeakyReLU or maxima, where a difference may step over a kink.
bool has_kinks(std::string_view model) {
  return model == "ngcf" || model == "mmgcn" || model == "grcn";
}

/// A softmax at a low temperature, of features as long as standardised rows are, curves so strongly that the usual step
/// would show it.
bool curves_sharply(std::string_view model) {
  return model == "monet-softmax";
}

/// Models whose gradient is by definition not that of their loss: targets are constants. Published numbers check it
/// (tests/golden).
bool has_constant_targets(std::string_view model) {
  return model == "bm3";
}

/// Whether the optimiser moves it: its block, which its memory is in, says so.
bool is_trained(Model& model, const Parameter& parameter) {
  for (const auto& block : model.parameters().blocks()) {
    const float* first = block.value.data();
    const std::less<const float*> before;
    const float* mine = parameter.value.data;
    if (!before(mine, first) && before(mine, first + block.value.size())) return block.trainable;
  }
  return false;
}

/// Where gradients can be seen. LATTICE drops similarities below 0: with all projected features on one side there are
/// none. MARIO's attention starts near uniform, and moves the loss by little more than rounding. MMGCN's layers pass
/// kinks at every other step of a difference: biases take nodes away from them. Attention over views of small ids says
/// little, too.
void to_telling_values(Model& model) {
  const bool views = model.parameters().find("gate_audio.0.weight") != nullptr;
  for (auto& p : model.parameters().parameters()) {
    if (views && (p.name.starts_with("query_") || p.name.ends_with("_id_embedding.weight"))) {
      for (Index r = 0; r < p.value.rows; ++r) {
        for (float& w : p.value.row_span(r)) w *= 5.0F;
      }
    }
    if (p.name == "attention.vector") {
      for (float& w : p.value.row_span(0)) w *= 8.0F;
    }
    const bool before_kink = p.is_vector && p.name.find("_gcn.g_layer") != std::string::npos;
    if (p.name != "audio_trs.bias" && p.name != "text_trs.bias" && !before_kink) continue;
    for (float& b : p.value.row_span(0)) b += before_kink ? 0.2F : 1.0F;
  }
}

/// Share of the entries of one parameter whose gradient agrees with a difference of one of three steps: the wide ones
/// round less, the narrow ones step over fewer kinks. The loss is of order one and carries a few roundings, so a
/// difference is off by about 4ε/h, 2·10⁻⁴ for the narrowest.
double agreeing_share(const autograd::CheckedLeaf& leaf, const std::function<double()>& loss) {
  constexpr double kTolerance = 4e-4;
  Index agreeing = 0;
  for (Index r = 0; r < leaf.value.rows; ++r) {
    for (Index c = 0; c < leaf.value.cols; ++c) {
      float& x = leaf.value(r, c);
      const float centre = x;
      bool agrees = false;
      for (const float step : {0x1p-5F, 0x1p-7F, 0x1p-9F}) {
        x = centre + step;
        const double above = loss();
        x = centre - step;
        const double slope = (above - loss()) / (2.0 * static_cast<double>(step));
        x = centre;
        agrees = agrees || std::abs(slope - static_cast<double>(leaf.gradient(r, c))) <= kTolerance;
      }
      agreeing += agrees ? 1 : 0;
    }
  }
  return static_cast<double>(agreeing) / static_cast<double>(leaf.value.rows * leaf.value.cols);
}

/// Parameters that cancel in the loss: a constant in every item's vector, where the regulariser does not see it. And
/// those of a part that weighs nothing.
bool has_no_effect(const ModelOptions& options, std::string_view parameter) {
  if (find_option(options.infos(), "modality-weight") != nullptr && options.get("modality-weight") == Value(0.0)) {
    return parameter.starts_with("audio_") || parameter.starts_with("text_");
  }
  return options.model() == "vbpr" && options.get("regulariser") == Value("squared") && parameter == "item_linear.bias";
}

/// Everything a model computes from one batch, in one row.
std::vector<float> everything(Subject& subject) {
  std::vector<float> out;
  const auto append = [&](MatrixView<const float> m) {
    for (Index r = 0; r < m.rows; ++r) out.insert(out.end(), m.row(r), m.row(r) + m.cols);
  };
  const TinyBatch batch = tiny_batch(subject.dataset, 6);
  if (subject.model->trained()) out.push_back(static_cast<float>(subject.gradients(batch).total));
  for (const auto& p : subject.model->parameters().parameters()) {
    append(p.value);
    append(p.grad);
  }
  const Output output = subject.output();
  const scoring::Scoring& scoring = output.scoring;
  append(scoring.user_embedding);
  append(scoring.item_embedding);
  out.insert(out.end(), scoring.similarity.indices.begin(), scoring.similarity.indices.end());
  out.insert(out.end(), scoring.similarity_values.begin(), scoring.similarity_values.end());
  for (const auto& tensor : output.tensors) append(tensor.value);
  out.insert(out.end(), scoring.item_prior.begin(), scoring.item_prior.end());
  return out;
}

/// Square, without a diagonal, finite with something positive, and at most `neighbours` entries a row when that is not
/// 0.
void expect_similarity(const scoring::Scoring& scoring, Index num_items, Index neighbours) {
  const CsrView& similarity = scoring.similarity;
  EXPECT_EQ(similarity.rows, num_items);
  EXPECT_EQ(similarity.cols, num_items);
  EXPECT_GT(similarity.nnz(), 0);
  ASSERT_EQ(static_cast<Index>(scoring.similarity_values.size()), similarity.nnz());
  float largest = 0.0F;
  for (const float value : scoring.similarity_values) {
    EXPECT_TRUE(std::isfinite(value));
    largest = std::max(largest, value);
  }
  EXPECT_GT(largest, 0.0F);
  for (Index i = 0; i < num_items; ++i) {
    const auto row = similarity.row(i);
    EXPECT_FALSE(std::binary_search(row.begin(), row.end(), static_cast<std::int32_t>(i)));
    if (neighbours > 0) {
      EXPECT_LE(similarity.degree(i), neighbours);
    }
  }
}

class Conformance : public ::testing::TestWithParam<std::pair<std::string_view, Variant>> {
 protected:
  std::string_view name() const { return std::get<0>(GetParam()); }
  const ModelOptions& options() const { return std::get<1>(GetParam()).options; }
};

/// What a model that learns must do besides.
class Learning : public Conformance {};
/// And one that is computed at once.
class Computed : public Conformance {};

TEST_P(Conformance, KnowsItsName) {
  Subject subject(options());
  EXPECT_EQ(subject.model->name(), name());
}

TEST_P(Learning, GradientsOfTheLossAgreeWithFiniteDifferences) {
  if (has_constant_targets(name())) return;
  Subject subject(options());
  to_telling_values(*subject.model);
  const TinyBatch batch = tiny_batch(subject.dataset, 6);
  subject.gradients(batch);
  std::deque<Matrix<float>> gradients;
  std::vector<autograd::CheckedLeaf> leaves;
  std::vector<std::string> names;
  for (const auto& p : subject.model->parameters().parameters()) {
    if (!is_trained(*subject.model, p)) continue;
    if (has_no_effect(options(), p.name)) {
      for (const float g : p.grad.row_span(0)) EXPECT_NEAR(g, 0.0, 1e-6) << p.name;
      continue;
    }
    gradients.push_back(Matrix<float>::copy_of(p.grad));
    leaves.push_back({p.value, gradients.back().view()});
    names.push_back(p.name);
  }
  if (has_kinks(name())) {
    for (std::size_t k = 0; k < leaves.size(); ++k) {
      // A bias of a few entries moves every node past its kinks: one of its four may find no step between them.
      EXPECT_GE(agreeing_share(leaves[k], [&] { return subject.gradients(batch).total; }),
                leaves[k].value.rows * leaves[k].value.cols > 10 ? 0.9 : 0.7)
          << names[k];
    }
    return;
  }
  const auto report = autograd::compare_with_differences(
      leaves, [&] { return std::vector<double>{subject.gradients(batch).total}; }, curves_sharply(name()) ? 0.25 : 0.5);
  EXPECT_TRUE(report.ok) << names[report.leaf] << ": " << report.message;
}

TEST_P(Learning, TheTotalIsTheSumOfItsParts) {
  Subject subject(options());
  const LossParts loss = subject.gradients(tiny_batch(subject.dataset, 6));
  EXPECT_GT(loss.ranking, 0.0);
  if (find_option(options().infos(), "weight-decay") == nullptr) {
    EXPECT_EQ(loss.regulariser, 0.0);
    EXPECT_EQ(loss.total, loss.ranking);
    return;
  }
  EXPECT_GT(loss.regulariser, 0.0);
  EXPECT_NEAR(loss.total, loss.ranking + std::get<double>(options().get("weight-decay")) * loss.regulariser, 1e-6);
}

TEST_P(Conformance, TheSameSeedGivesTheSameBits) {
  Subject one(options());
  Subject two(options());
  const auto first = everything(one);
  EXPECT_EQ(first, everything(two));
  // And nothing of a step stays behind.
  EXPECT_EQ(first, everything(one));
}

TEST_P(Learning, AnotherSeedGivesOtherParameters) {
  Subject subject(options());
  std::vector<Matrix<float>> before;
  for (const auto& p : subject.model->parameters().parameters()) before.push_back(Matrix<float>::copy_of(p.value));
  Rng rng(6);
  subject.model->initialise(rng);
  std::size_t k = 0;
  for (const auto& p : subject.model->parameters().parameters()) {
    EXPECT_EQ(p.value(0, 0) == before[k](0, 0), starts_alike(p.name)) << p.name;
    ++k;
  }
}

TEST_P(Conformance, ThreadsAgreeToRounding) {
  Subject one(options(), 1, 40, 50);
  Subject two(options(), 2, 40, 50);
  const auto a = everything(one);
  const auto b = everything(two);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    // Values are of order one; sums are of at most 50 terms.
    const float allowed = 50.0F * std::numeric_limits<float>::epsilon() * (1.0F + std::abs(a[k]));
    ASSERT_NEAR(a[k], b[k], allowed) << "value " << k;
  }
}

TEST_P(Conformance, ScoringHasTheShapesOfTheDataset) {
  Subject subject(options());
  const Output output = subject.output();
  const scoring::Scoring& scoring = output.scoring;
  const Index num_users = subject.dataset.num_users();
  const Index num_items = subject.dataset.num_items();
  if (scoring.kind == scoring::ScoreKind::item_similarity) {
    expect_similarity(scoring, num_items, std::get<std::int64_t>(options().get("neighbours")));
  } else {
    EXPECT_EQ(scoring.user_embedding.rows, num_users);
    EXPECT_EQ(scoring.item_embedding.rows, num_items);
    EXPECT_EQ(scoring.user_embedding.cols, scoring.item_embedding.cols);
    EXPECT_GT(scoring.item_embedding.cols, 0);
  }
  EXPECT_EQ(scoring.history.rows, num_users);
  EXPECT_EQ(scoring.history.cols, num_items);
  EXPECT_EQ(scoring.history.nnz(), subject.dataset.train.nnz());
  ASSERT_EQ(static_cast<Index>(scoring.item_popularity.size()), num_items);
  for (Index i = 0; i < num_items; ++i) {
    EXPECT_EQ(scoring.item_popularity[static_cast<std::size_t>(i)],
              static_cast<float>(subject.graph.item_users().degree(i)));
  }
  for (const auto& tensor : output.tensors) {
    const bool one_row = tensor.name == "user_foldin" || tensor.name == "derived.user_length";
    const Index rows = one_row ? 1 : tensor.name == "derived.user_norm" ? num_users : num_items;
    EXPECT_EQ(tensor.value.rows, rows) << tensor.name;
    if (tensor.name == "item_foldin" || tensor.name == "user_foldin") {
      EXPECT_EQ(tensor.value.cols, scoring.item_embedding.cols);
    }
    for (Index r = 0; r < tensor.value.rows; ++r) {
      for (const float v : tensor.value.row_span(r)) ASSERT_TRUE(std::isfinite(v)) << tensor.name;
    }
  }
}

TEST_P(Learning, AStepAgainstTheGradientLowersTheLossByWhatItPromises) {
  if (has_constant_targets(name())) return;
  Subject subject(options());
  const TinyBatch batch = tiny_batch(subject.dataset, 6);
  const double before = subject.gradients(batch).total;
  double squares = 0.0;
  for (const auto& block : subject.model->parameters().blocks()) {
    for (Index k = 0; k < block.grad.size(); ++k) squares += std::pow(static_cast<double>(block.grad.data()[k]), 2.0);
  }
  ASSERT_GT(squares, 0.0);
  // A promise of a thousandth of the loss: far above rounding, within the reach of the linear term.
  const double rate = 1e-3 * before / squares;
  for (auto& block : subject.model->parameters().blocks()) {
    for (Index k = 0; k < block.grad.size(); ++k)
      block.value.data()[k] -= static_cast<float>(rate) * block.grad.data()[k];
  }
  const double after = subject.gradients(batch).total;
  EXPECT_NEAR(before - after, 1e-3 * before, 1e-4 * before);
}

TEST_P(Conformance, EveryBlockIsCoveredByNamedParameters) {
  Subject subject(options());
  Index named = 0;
  for (const auto& p : subject.model->parameters().parameters()) {
    if (is_trained(*subject.model, p)) named += p.value.rows * p.value.cols;
    EXPECT_EQ(subject.model->parameters().find(p.name), &p);
    EXPECT_TRUE(p.value.rows == 1 || !p.is_vector) << p.name;
  }
  EXPECT_EQ(named, subject.model->parameters().size());
}

TEST_P(Conformance, SaysWhatTheRowsOfItsParametersBelongTo) {
  // Sizes that no width of these variants has.
  Subject subject(options(), 1, 37, 41);
  const Index users = subject.dataset.num_users();
  const Index items = subject.dataset.num_items();
  for (const auto& p : subject.model->parameters().parameters()) {
    const Index rows = p.value.rows;
    const RowsOf want = rows == users           ? RowsOf::users
                        : rows == items         ? RowsOf::items
                        : rows == users + items ? RowsOf::nodes
                                                : RowsOf::weights;
    EXPECT_EQ(p.rows_of, want) << p.name << " has " << rows << " rows";
  }
}

TEST_P(Conformance, ServesNewUsersWhereItsRegistrationSaysSo) {
  if (std::get<1>(GetParam()).name != "default") return;  // the registration speaks of the defaults
  Subject subject(options());
  const Output output = subject.output();
  const bool has_foldin = std::any_of(output.tensors.begin(), output.tensors.end(),
                                      [](const NamedTensor& t) { return t.name == "item_foldin"; });
  EXPECT_EQ(has_foldin || output.scoring.kind == scoring::ScoreKind::item_similarity,
            registration(name()).serves_new_users);
}

TEST_P(Conformance, AnOutputStaysAsItIsWhenTheModelIsTrainedOn) {
  Subject subject(options());
  const Output output = subject.output();
  const Matrix<float> users = Matrix<float>::copy_of(output.scoring.user_embedding);
  const Matrix<float> items = Matrix<float>::copy_of(output.scoring.item_embedding);
  for (auto& p : subject.model->parameters().parameters()) fill(p.value, 0.5F);
  subject.output();
  EXPECT_TRUE(std::equal(users.data(), users.data() + users.size(), output.scoring.user_embedding.data));
  EXPECT_TRUE(std::equal(items.data(), items.data() + items.size(), output.scoring.item_embedding.data));
}

TEST_P(Conformance, ItsOptionsComeBackFromTheirFields) {
  const ModelOptions again(name(), options().fields());
  EXPECT_EQ(again.fields(), options().fields());
  for (const OptionInfo& info : options().infos()) {
    EXPECT_FALSE(info.help.empty()) << info.name;
    ModelOptions read(name());
    read.set_text(info.name, option_text(info, options().get(info.name)));
    EXPECT_EQ(read.get(info.name), options().get(info.name)) << info.name;
  }
}

TEST_P(Conformance, EstimatesAtLeastTheMemoryOfParametersAndOptimiser) {
  Subject subject(options());
  EXPECT_GE(training_bytes(options(), subject.dataset),
            4 * sizeof(float) * static_cast<std::size_t>(subject.model->parameters().size()));
}

TEST_P(Computed, HasNothingToTrain) {
  Subject subject(options());
  EXPECT_EQ(subject.model->parameters().size(), 0);
  EXPECT_THROW(subject.gradients(tiny_batch(subject.dataset, 6)), InternalError);
}

std::string test_name(const ::testing::TestParamInfo<Conformance::ParamType>& info) {
  std::string name = std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// The subjects that learn, or those that do not.
std::vector<Conformance::ParamType> subjects_that(bool learn) {
  auto out = subjects();
  std::erase_if(out, [&](const auto& s) { return Subject(std::get<1>(s).options).model->trained() != learn; });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Models, Conformance, ::testing::ValuesIn(subjects()), test_name);
INSTANTIATE_TEST_SUITE_P(Models, Learning, ::testing::ValuesIn(subjects_that(true)), test_name);
INSTANTIATE_TEST_SUITE_P(Models, Computed, ::testing::ValuesIn(subjects_that(false)), test_name);

}  // namespace
}  // namespace monet::models::testing
