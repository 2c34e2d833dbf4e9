// kill -9 at random moments of training and of writing: the artifact is always either the old or the new one, and
// --resume ends bit-identical to a run that nothing happened to. MONET_KILLS says how often.
#include "tests/cli/scratch.h"

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

namespace monet::test {
namespace {

using Clock = std::chrono::steady_clock;

class Crash : public Scratch {};

TEST_F(Crash, KilledAtRandomMomentsTheArtifactIsOldOrNewAndResumeIsBitIdentical) {
  const std::string data = make_data();
  const std::string out = path_of("artifact");
  const std::vector<std::string> length{"--epochs", "300", "--patience", "100000", "--force"};
  const std::vector<std::string> old_run = train_arguments(data, out);
  const std::vector<std::string> new_run = [&] {
    std::vector<std::string> more = length;
    more.insert(more.end(), {"--seed", "2"});
    return train_arguments(data, out, more);
  }();
  std::vector<std::string> reference = new_run;
  reference[6] = path_of("reference");
  ASSERT_EQ(new_run[6], out);

  const auto begin = Clock::now();
  expect_done(run(reference));
  const double whole = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto expected = snapshot(path_of("reference"));

  std::mt19937 generator(20240304);
  int during_training = 0;
  int old_ones = 0;
  int resumed = 0;
  for (int round = 0; round < MONET_KILLS; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::filesystem::remove_all(out);
    std::filesystem::remove_all(out + ".partial");
    expect_done(run(old_run));
    const auto old_artifact = snapshot(out);

    // Every third kill aims at the end, where the artifact is written and takes the old one's place.
    const double from = round % 3 == 2 ? 0.85 : 0.02;
    const double share = std::uniform_real_distribution<double>(from, 1.02)(generator);
    {
      Program program(new_run);
      std::this_thread::sleep_for(std::chrono::duration<double>(share * whole));
      if (program.running()) {
        ++during_training;
        program.send(SIGKILL);
        EXPECT_EQ(program.wait().signal, SIGKILL);
      }
    }
    const Outcome info = run({"info", out});
    EXPECT_EQ(info.exit_code, 0) << info.err;
    const auto found = snapshot(out);
    const bool is_old = found == old_artifact;
    old_ones += is_old ? 1 : 0;
    if (!is_old) {
      ASSERT_EQ(found.at("model.safetensors"), expected.at("model.safetensors"))
          << "neither the old nor the new artifact";
      ASSERT_EQ(found.at("users.tsv"), expected.at("users.tsv"));
      ASSERT_EQ(found.at("items.tsv"), expected.at("items.tsv"));
      continue;
    }
    std::vector<std::string> again = new_run;
    if (std::filesystem::exists(out + ".partial")) {
      again.emplace_back("--resume");
      ++resumed;
    }
    expect_done(run(again));
    ASSERT_EQ(read_text(out + "/model.safetensors"), expected.at("model.safetensors")) << "killed at " << share;
    EXPECT_FALSE(std::filesystem::exists(out + ".partial"));
  }
  RecordProperty("killed", during_training);
  RecordProperty("old", old_ones);
  RecordProperty("resumed", resumed);
  EXPECT_GT(during_training, 0) << "every run had ended before it was killed";
  if (MONET_KILLS >= 20) {
    EXPECT_GT(resumed, MONET_KILLS / 4) << "too few kills left a checkpoint to go on from";
  }
  // Nothing that killed runs left stays beside the artifact.
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_THAT(entry.path().filename().string(), ::testing::AnyOf("artifact", "reference", "data"));
  }
}

}  // namespace
}  // namespace monet::test
