#include "monet/models/monet.h"

#include "monet/core/error.h"
#include "monet/models/registry.h"
#include "tests/models/tiny.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::models::testing {
namespace {

constexpr double kEps = static_cast<double>(std::numeric_limits<float>::epsilon());

struct Fixture {
  explicit Fixture(const Monet::Options& options, double dense_share = 0.5, Index users = 7, Index items = 9,
                   Index degree = 3)
      : dataset(tiny_dataset(users, items, degree)),
        graph(dataset.train),
        pool(1),
        tape(pool),
        model(options, dataset, graph, pool, dense_share) {
    Rng rng(5);
    model.initialise(rng);
  }
  data::Dataset dataset;
  graph::Bipartite graph;
  LossParts gradients(const Batch& batch) { return compute_gradients(tape, model, batch); }
  Output output() { return compute_output(tape, model, Detail::artifact); }

  ThreadPool pool;
  autograd::Tape tape;
  Monet model;
};

const NamedTensor* find(const std::vector<NamedTensor>& tensors, std::string_view name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) { return t.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

void expect_agree(MatrixView<const float> a, MatrixView<const float> b, double roundings, const std::string& what) {
  ASSERT_EQ(a.rows, b.rows);
  ASSERT_EQ(a.cols, b.cols);
  double largest = 0.0;
  for (Index r = 0; r < a.rows; ++r) {
    for (Index c = 0; c < a.cols; ++c) largest = std::max(largest, std::abs(static_cast<double>(a(r, c))));
  }
  ASSERT_GT(largest, 0.0) << what;
  for (Index r = 0; r < a.rows; ++r) {
    for (Index c = 0; c < a.cols; ++c) ASSERT_NEAR(a(r, c), b(r, c), roundings * kEps * largest) << what;
  }
}

TEST(Monet, NamesItsParametersInTheOrderOfTheDataset) {
  Monet::Options options;
  options.dim = 4;
  options.collaborative = Monet::Collaborative::lightgcn;
  options.fusion = Monet::Fusion::fc;
  Fixture f(options);
  std::vector<std::string> names;
  for (const auto& p : f.model.parameters().parameters()) {
    names.push_back(p.name + (p.is_vector ? fmt::format(" [{}]", p.value.cols)
                                          : fmt::format(" [{}, {}]", p.value.rows, p.value.cols)));
  }
  EXPECT_EQ(names, (std::vector<std::string>{
                       "user_preference.audio [7, 4]", "user_preference.text [7, 4]", "projection.audio.weight [4, 3]",
                       "projection.audio.bias [4]", "projection.text.weight [4, 5]", "projection.text.bias [4]",
                       "cf.user [7, 4]", "cf.item [9, 4]", "fusion.fc.weight [4, 12]", "fusion.fc.bias [4]"}));
}

TEST(Monet, KeepsTheUserTablesSideBySide) {
  Monet::Options options;
  options.dim = 4;
  options.collaborative = Monet::Collaborative::megcn;
  Fixture f(options);
  const auto& audio = *f.model.parameters().find("user_preference.audio");
  EXPECT_EQ(audio.value.stride, 12);
  EXPECT_EQ(f.model.parameters().find("user_preference.text")->value.data, audio.value.data + 4);
  EXPECT_EQ(f.model.parameters().find("cf.user")->value.data, audio.value.data + 8);
}

TEST(Monet, DrawsWithinTheBoundsOfItsInitialisers) {
  Monet::Options options;
  options.dim = 16;
  options.collaborative = Monet::Collaborative::lightgcn;
  options.fusion = Monet::Fusion::weighted_sum;
  Fixture f(options, 0.5, 200, 150);
  const auto largest = [&](std::string_view name) {
    const auto& p = *f.model.parameters().find(name);
    double out = 0.0;
    for (Index r = 0; r < p.value.rows; ++r) {
      for (const float v : p.value.row_span(r)) out = std::max(out, std::abs(static_cast<double>(v)));
    }
    return out;
  };
  // The largest of n uniform draws lies within a share of 10/n of the bound but for a chance of e^-10.
  const auto expect_bound = [&](std::string_view name, double bound, double draws) {
    EXPECT_LE(largest(name), bound * (1.0 + kEps)) << name;
    EXPECT_GE(largest(name), bound * (1.0 - 10.0 / draws)) << name;
  };
  expect_bound("user_preference.text", std::sqrt(6.0 / 216.0), 3200.0);
  expect_bound("cf.user", std::sqrt(6.0 / 216.0), 3200.0);
  expect_bound("cf.item", std::sqrt(6.0 / 166.0), 2400.0);
  expect_bound("projection.text.weight", 1.0 / std::sqrt(5.0), 80.0);
  expect_bound("projection.text.bias", 1.0 / std::sqrt(5.0), 16.0);
  EXPECT_FLOAT_EQ(f.model.parameters().find("fusion.weight")->value(0, 2), 1.0F / 3.0F);
}

class ReceptiveFieldOnOff : public ::testing::TestWithParam<Variant> {};

TEST_P(ReceptiveFieldOnOff, GivesTheSameLossAndGradients) {
  // Sparse and large enough that a batch of four reaches a part of it only.
  Fixture whole(typed<Monet>(GetParam().options), 0.0, 300, 400, 2);
  Fixture field(typed<Monet>(GetParam().options), 1.0, 300, 400, 2);
  const TinyBatch batch = tiny_batch(whole.dataset, 4);
  // Twice: what an earlier, different batch left must not show.
  field.gradients(tiny_batch(whole.dataset, 40));
  const LossParts a = whole.gradients(batch);
  const LossParts b = field.gradients(batch);
  EXPECT_NEAR(a.total, b.total, 4.0 * kEps * a.total);
  for (const auto& p : whole.model.parameters().parameters()) {
    expect_agree(p.grad, field.model.parameters().find(p.name)->grad, 32.0, p.name);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, ReceptiveFieldOnOff, ::testing::ValuesIn(variants("monet")),
                         [](const auto& info) { return info.param.name; });

class FoldIn : public ::testing::TestWithParam<Variant> {};

// For a user of the training graph the fold-in is exact: e_u = |N_u|^(-1/2) Σ f_i + c e_u^0 with c = α^L (LightGCN:
// 1/(L+1)).
TEST_P(FoldIn, AddsUpToTheEmbeddingsOfKnownUsers) {
  const Monet::Options o = typed<Monet>(GetParam().options);
  Fixture f(o);
  const Output output = f.output();
  const scoring::Scoring& scoring = output.scoring;
  const auto& tensors = output.tensors;
  const NamedTensor* foldin = find(tensors, "item_foldin");
  if (o.fusion == Monet::Fusion::fc || (o.normalize_self && o.encoder == Monet::Encoder::megcn && o.layers > 1)) {
    EXPECT_EQ(foldin, nullptr);
    return;
  }
  ASSERT_NE(foldin, nullptr);
  const auto kept = [&](bool lightgcn, int layers) {
    return lightgcn ? 1.0 / (layers + 1) : std::pow(static_cast<double>(o.alpha), layers);
  };
  struct Part {
    const Parameter* table;
    double share;
  };
  std::vector<Part> parts;
  const double modal = o.encoder == Monet::Encoder::none ? 1.0 : kept(o.encoder == Monet::Encoder::lightgcn, o.layers);
  for (const auto& m : f.dataset.modalities)
    parts.push_back({f.model.parameters().find("user_preference." + m.name), modal});
  if (o.collaborative != Monet::Collaborative::none) {
    parts.push_back(
        {f.model.parameters().find("cf.user"), kept(o.collaborative == Monet::Collaborative::lightgcn, o.layers)});
  }
  const double weight = o.fusion == Monet::Fusion::weighted_sum ? 1.0 / static_cast<double>(parts.size()) : 1.0;
  const NamedTensor* norms = find(tensors, "derived.user_norm");
  const NamedTensor* length = find(tensors, "derived.user_length");
  const bool softmax = o.loss == RankingLossKind::softmax;
  ASSERT_EQ(norms != nullptr, softmax && o.similarity != ScoreSimilarity::dot);
  ASSERT_EQ(length != nullptr, norms != nullptr);
  // The softmax of dot products has embeddings over the root of the temperature.
  const double dots = softmax && norms == nullptr ? 1.0 / std::sqrt(static_cast<double>(o.temperature)) : 1.0;
  for (Index u = 0; u < f.dataset.num_users(); ++u) {
    const auto history = f.dataset.train.row(u);
    for (Index c = 0; c < scoring.user_embedding.cols; ++c) {
      double want = 0.0;
      for (const std::int32_t i : history)
        want += static_cast<double>(foldin->value(i, c)) / std::sqrt(static_cast<double>(history.size()));
      for (std::size_t p = 0; p < parts.size(); ++p) {
        const Index own = c - static_cast<Index>(p) * o.dim;
        if (o.fusion == Monet::Fusion::concat && (own < 0 || own >= o.dim)) continue;
        want += dots * weight * parts[p].share *
                static_cast<double>(parts[p].table->value(u, o.fusion == Monet::Fusion::concat ? own : c));
      }
      // Cosines: what was added up before rows got their length.
      double got = static_cast<double>(scoring.user_embedding(u, c));
      if (norms != nullptr) {
        const Index block = c / (scoring.user_embedding.cols / norms->value.cols);
        got *= static_cast<double>(norms->value(u, block) / length->value(0, 0));
      }
      ASSERT_NEAR(got, want, 32.0 * kEps * (1.0 + std::abs(want))) << "user " << u << ", " << c;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, FoldIn, ::testing::ValuesIn(variants("monet")),
                         [](const auto& info) { return info.param.name; });

TEST(Monet, LeavesTheEmbeddingsOfEachModality) {
  Monet::Options options;
  options.dim = 4;
  options.fusion = Monet::Fusion::sum;
  options.collaborative = Monet::Collaborative::lightgcn;
  Fixture f(options);
  const Output output = f.output();
  const scoring::Scoring& scoring = output.scoring;
  const auto& tensors = output.tensors;
  const auto* audio = find(tensors, "item_embedding.audio");
  const auto* text = find(tensors, "item_embedding.text");
  const auto* cf = find(tensors, "item_embedding.cf");
  ASSERT_TRUE(audio != nullptr && text != nullptr && cf != nullptr);
  for (Index i = 0; i < scoring.item_embedding.rows; ++i) {
    for (Index c = 0; c < 4; ++c) {
      EXPECT_NEAR(scoring.item_embedding(i, c), audio->value(i, c) + text->value(i, c) + cf->value(i, c), 1e-6);
    }
  }
}

TEST(Monet, ASelfConnectionOfOneEdgeKeepsItsWeight) {
  // User 0 has one item, so normalising its self-connection changes nothing in the first layer; others lose some of it.
  Monet::Options options;
  options.dim = 4;
  options.layers = 1;
  Fixture plain(options);
  options.normalize_self = true;
  Fixture normalised(options);
  ASSERT_EQ(plain.dataset.train.degree(0), 1);
  ASSERT_EQ(plain.dataset.train.degree(6), 0);
  ASSERT_GT(plain.dataset.train.degree(1), 1);
  const Output of_plain = plain.output();
  const Output of_normalised = normalised.output();
  const auto a = of_plain.scoring.user_embedding;
  const auto b = of_normalised.scoring.user_embedding;
  for (const Index same : {0, 6}) {
    for (Index c = 0; c < a.cols; ++c) EXPECT_FLOAT_EQ(a(same, c), b(same, c)) << same;
  }
  EXPECT_NE(a(1, 0), b(1, 0));
}

TEST(Monet, Bfloat16FeaturesStayWithinTheirRounding) {
  for (const auto layout : {FeaturesLayout::rows, FeaturesLayout::both}) {
    Monet::Options options;
    options.dim = 16;
    options.features_layout = layout;
    Fixture exact(options, 0.5, 40, 50);
    options.features_dtype = FeaturesDtype::bf16;
    Fixture rounded(options, 0.5, 40, 50);
    const TinyBatch batch = tiny_batch(exact.dataset, 16);
    const double a = exact.gradients(batch).total;
    const double b = rounded.gradients(batch).total;
    // A bfloat16 keeps 8 bits: features and weights are each off by at most 2^-9.
    EXPECT_NEAR(a, b, 0.004 * a);
    EXPECT_NE(a, b);
    for (const auto& p : exact.model.parameters().parameters()) {
      const auto& other = *rounded.model.parameters().find(p.name);
      double apart = 0.0;
      double size = 0.0;
      for (Index r = 0; r < p.grad.rows; ++r) {
        for (Index c = 0; c < p.grad.cols; ++c) {
          apart += std::pow(static_cast<double>(p.grad(r, c) - other.grad(r, c)), 2.0);
          size += std::pow(static_cast<double>(p.grad(r, c)), 2.0);
        }
      }
      EXPECT_LE(std::sqrt(apart), 0.02 * std::sqrt(size)) << p.name;
    }
  }
}

TEST(Monet, WorksWithOneModality) {
  const auto dataset = tiny_dataset(7, 9, 3, {{"image", 17}});
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  autograd::Tape tape(pool);
  for (const Variant& variant : variants("monet")) {
    Monet model(typed<Monet>(variant.options), dataset, graph, pool);
    Rng rng(5);
    model.initialise(rng);
    EXPECT_TRUE(std::isfinite(compute_gradients(tape, model, tiny_batch(dataset, 4)).total)) << variant.name;
  }
}

template <class E, class Change>
void expect_refused(Change&& change, const std::string& message) {
  auto dataset = tiny_dataset();
  Monet::Options options;
  change(options, dataset);
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  try {
    Monet model(options, dataset, graph, pool);
    ADD_FAILURE() << "nothing was thrown; expected: " << message;
  } catch (const E& e) {
    EXPECT_EQ(std::string(e.what()), message);
  }
}

TEST(Monet, RefusesWhatItCannotTrainOn) {
  expect_refused<DataError>([](auto&, auto& d) { d.modalities.clear(); },
                            "[monet] needs at least one modality, and dataset tiny has none: put features of the items "
                            "beside the interactions as NAME_feat.npy (one row for each item), or choose a model that "
                            "works without");
  expect_refused<DataError>([](auto&, auto& d) { d.modalities[1].features = Matrix<float>::zeros(8, 5); },
                            "[monet] modality text has 8 rows, the dataset 9 items");
  expect_refused<InvalidArgument>([](auto& o, auto&) { o.dim = 0; },
                                  "[monet] dim: '0' is not a whole number between 1 and 65536");
  expect_refused<InvalidArgument>([](auto& o, auto&) { o.layers = -1; },
                                  "[monet] layers: '-1' is not a whole number between 0 and 64");
  expect_refused<InvalidArgument>([](auto& o, auto&) { o.beta = 1.5F; },
                                  "[monet] beta: '1.5' is not a number between 0 and 1");
  expect_refused<InvalidArgument>([](auto& o, auto&) { o.beta = std::nanf(""); },
                                  "[monet] beta: 'nan' is not a number between 0 and 1");
  expect_refused<InvalidArgument>([](auto& o, auto&) { o.alpha = -0.5F; },
                                  "[monet] alpha: '-0.5' is not a number of at least 0");
  expect_refused<InvalidArgument>([](auto& o, auto&) { o.weight_decay = INFINITY; },
                                  "[monet] weight-decay: 'inf' is not a number of at least 0");
}

}  // namespace
}  // namespace monet::models::testing
