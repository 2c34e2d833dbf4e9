// A blend as an artifact: it stands alone, is checked like any other, and replaces only what it may.
#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/rank/scores.h"
#include "tests/blend/small_blend.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

namespace fs = std::filesystem;
using artifact::Artifact;
using scoring::BlendBy;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

class BlendArtifact : public ::testing::Test {
 protected:
  std::string refusal(const fs::path& path) const {
    try {
      Artifact::open(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "it was opened";
  }

  SmallParts parts_;
};

TEST_F(BlendArtifact, StandsAloneAfterItsPartsAreGone) {
  parts_.write("blend", {"a", "b", "c"}, {0.5, 0.3, 0.2}, BlendBy::rank);
  const std::vector<Artifact> originals = parts_.open_all({"a", "b", "c"});
  const scoring::Scoring expected = blend::blended(originals, std::vector<double>{0.5, 0.3, 0.2}, BlendBy::rank);
  for (const char* name : {"a", "b", "c"}) fs::remove_all(parts_.path(name));
  fs::rename(parts_.path("blend"), parts_.path("moved"));
  const Artifact opened = parts_.open("moved");
  EXPECT_EQ(opened.config().model, "blend");
  EXPECT_EQ(opened.config().kind, scoring::ScoreKind::blend);
  EXPECT_EQ(opened.config().blend_by, BlendBy::rank);
  EXPECT_THAT(opened.config().blend_weights, ElementsAre(0.5, 0.3, 0.2));
  EXPECT_EQ(opened.config().test.at("recall@20"), 0.25);
  EXPECT_EQ(opened.config().num_interactions, 8);
  ASSERT_THAT(opened.parts(), SizeIs(3));
  EXPECT_EQ(opened.parts()[1].config().model, "itemknn");
  EXPECT_THAT(opened.tensor_names(), IsEmpty());
  EXPECT_EQ(opened.items().title(3), "Fig");

  const scoring::Scoring scoring = opened.scoring();
  ThreadPool pool(1);
  std::vector<scoring::Query> queries, expected_queries;
  for (std::int32_t u = 0; u < 5; ++u) {
    queries.push_back(scoring::known_user(scoring, u));
    expected_queries.push_back(scoring::known_user(expected, u));
  }
  const Matrix<float> scores = rank::score_matrix(pool, scoring::Items(scoring), queries);
  const Matrix<float> reference = rank::score_matrix(pool, scoring::Items(expected), expected_queries);
  for (Index u = 0; u < 5; ++u) {
    for (Index c = 0; c < 7; ++c) EXPECT_EQ(scores(u, c), reference(u, c));
  }
}

TEST_F(BlendArtifact, APartIsAnArtifactByItself) {
  parts_.write("blend", {"a", "b"}, {0.5, 0.5});
  const Artifact part = Artifact::open(parts_.path("blend") / "parts" / "1");
  EXPECT_EQ(part.config().model, "monet");
  EXPECT_THAT(part.parts(), IsEmpty());
}

TEST_F(BlendArtifact, ItsModalitiesAreThoseOfTheData) {
  parts_.write("blend", {"b", "a"}, {0.5, 0.5});
  const auto modalities = parts_.open("blend").config().modalities;
  ASSERT_THAT(modalities, SizeIs(2));
  EXPECT_EQ(modalities[0].name, "image");
  EXPECT_EQ(modalities[1].features, 6);
  EXPECT_EQ(modalities[1].first_col, -1);
}

TEST_F(BlendArtifact, DamageOfAnyFileIsNoticed) {
  parts_.write("blend", {"a", "b"}, {0.5, 0.5});
  const fs::path blend = parts_.path("blend");
  for (const std::string name :
       {"users.tsv", "items.tsv", "config.json", "parts/1/config.json", "parts/1/model.safetensors",
        "parts/2/model.safetensors", "parts/2/users.tsv", "parts/2/train_log.jsonl"}) {
    const std::string good = read_bytes(blend / name);
    std::string bad = good;
    bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
    write_bytes(blend / name, bad);
    const auto names_it = HasSubstr(fs::path(name).filename().string());
    EXPECT_THAT(refusal(blend), names_it) << name;
    write_bytes(blend / name, good.substr(0, good.size() / 2));
    EXPECT_THAT(refusal(blend), names_it) << name;
    fs::remove(blend / name);
    EXPECT_THAT(refusal(blend), names_it) << name;
    write_bytes(blend / name, good);
  }
  EXPECT_EQ(refusal(blend), "it was opened");
}

TEST_F(BlendArtifact, AnotherArtifactInThePlaceOfAPartIsNoticed) {
  parts_.write("blend", {"a", "b"}, {0.5, 0.5});
  fs::remove_all(parts_.path("blend") / "parts" / "2");
  fs::copy(parts_.path("c"), parts_.path("blend") / "parts" / "2");
  EXPECT_THAT(refusal(parts_.path("blend")), AllOf(HasSubstr("parts/2/config.json"), HasSubstr("damaged")));
}

TEST_F(BlendArtifact, OnlyForceReplacesItAndOnlyWhatIsItsOwn) {
  parts_.write("blend", {"a", "b"}, {0.5, 0.5});
  const auto write = [&](bool force) { parts_.write("blend", {"a", "c"}, {0.25, 0.75}, BlendBy::zscore, force); };
  EXPECT_THAT([&] { write(false); }, ThrowsMessage<InvalidArgument>(HasSubstr("`force`")));
  write(true);
  EXPECT_THAT(parts_.open("blend").config().blend_weights, ElementsAre(0.25, 0.75));
  write_bytes(parts_.path("blend") / "parts" / "notes.txt", "mine");
  EXPECT_THAT([&] { write(true); }, ThrowsMessage<InvalidArgument>(HasSubstr("parts/notes.txt")));
  EXPECT_EQ(read_bytes(parts_.path("blend") / "parts" / "notes.txt"), "mine");
  fs::remove(parts_.path("blend") / "parts" / "notes.txt");
  // A training may take the place of a blend, and a blend that of a training.
  train::write_artifact(parts_.path("blend"), parts_.by_items(), true);
  EXPECT_FALSE(fs::exists(parts_.path("blend") / "parts"));
  write(true);
  EXPECT_THAT(parts_.open("blend").parts(), SizeIs(2));
}

TEST_F(BlendArtifact, APlainArtifactOwnsNoParts) {
  fs::create_directories(parts_.path("a") / "parts" / "1");
  write_bytes(parts_.path("a") / "parts" / "1" / "config.json", "mine");
  EXPECT_THAT([&] { train::write_artifact(parts_.path("a"), parts_.by_items(), true); },
              ThrowsMessage<InvalidArgument>(HasSubstr("parts/")));
}

TEST_F(BlendArtifact, NeverReplacesAPart) {
  EXPECT_THAT(
      [&] {
        parts_.write("a", {"a", "b"}, {0.5, 0.5}, BlendBy::zscore, true);
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("which is read for it")));
  EXPECT_EQ(refusal(parts_.path("a")), "it was opened");
}

TEST_F(BlendArtifact, PartsThatDifferAreRefusedWithWhatDiffers) {
  const auto refused = [&](const train::ArtifactContents& contents, const std::string& why) {
    train::write_artifact(parts_.path("other"), contents, true);
    const std::vector<Artifact> parts = parts_.open_all({"a", "other"});
    EXPECT_THAT([&] { blend::require_agreement(parts); },
                ThrowsMessage<DataError>(AllOf(HasSubstr("other: "), HasSubstr(why))));
  };
  SmallModel other;
  other.dataset.hash = "fedcba9876543210";
  refused(other.contents(), "trained on other data");
  other = SmallModel();
  other.dataset.item_ids[2] = "z";
  refused(other.contents(), "row 2 of its items is 'z'");
  other = SmallModel();
  other.dataset.user_ids[4] = "z";
  refused(other.contents(), "row 4 of its users is 'z'");
  other = SmallModel();
  const Csr shorter(5, 7, {0, 3, 5, 6, 7, 7}, {0, 2, 5, 1, 2, 4, 3});
  train::ArtifactContents contents = other.contents();
  contents.scoring.history = shorter;
  refused(contents, "another history");
}

TEST_F(BlendArtifact, ABlendOfABlendIsRefused) {
  parts_.write("blend", {"a", "b"}, {0.5, 0.5});
  const std::vector<Artifact> parts = parts_.open_all({"a", "blend"});
  EXPECT_THAT([&] { blend::require_agreement(parts); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("is a blend itself"), HasSubstr("blend/parts"))));
}

TEST_F(BlendArtifact, TwoOrThreePartsAreBlended) {
  EXPECT_THAT([&] { blend::require_agreement(parts_.open_all({"a"})); },
              ThrowsMessage<InvalidArgument>(HasSubstr("1 artifacts")));
  EXPECT_THAT(
      [&] {
        blend::require_agreement(parts_.open_all({"a", "b", "c", "a"}));
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("4 artifacts")));
  blend::require_agreement(parts_.open_all({"a", "b", "c"}));
}

}  // namespace
}  // namespace monet::test
