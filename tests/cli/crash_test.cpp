// kill -9 at random moments of training and of writing: the artifact is always either the old or the new one, and
// --resume ends bit-identical to a run that nothing happened to. tests/kills.h says how often.
#include "tests/cli/scratch.h"
#include "tests/kills.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <random>
#include <thread>

namespace monet::test {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Crash : public Scratch {
 protected:
  /// Starts a training and kills it. Two of three times at a random moment of `whole` seconds; the third one just after
  /// the directory appears in which the new artifact is put together. False when it had ended before.
  bool start_and_kill(const std::vector<std::string>& arguments, int round, double& whole) {
    Program program(arguments);
    const auto begin = Clock::now();
    if (round % 3 == 2) {
      program.spin_until(path_of(".artifact.tmp"));
      std::this_thread::sleep_for(Seconds(std::uniform_real_distribution<double>(0.0, 0.01)(generator_)));
    } else {
      std::this_thread::sleep_for(Seconds(std::uniform_real_distribution<double>(0.02, 0.98)(generator_) * whole));
    }
    if (program.running()) program.send(SIGKILL);
    const bool killed = program.wait().signal == SIGKILL;
    // The first measurement may have met a busy machine.
    if (!killed) whole = std::min(whole, Seconds(Clock::now() - begin).count());
    return killed;
  }

  std::mt19937 generator_{20240304};
};

TEST_F(Crash, KilledAtRandomMomentsTheArtifactIsOldOrNewAndResumeIsBitIdentical) {
  const std::string data = make_data();
  const std::string out = path_of("artifact");
  const std::vector<std::string> more{"--epochs", "300", "--patience", "100000", "--force", "--seed", "2"};
  const std::vector<std::string> old_run = train_arguments(data, out);
  const std::vector<std::string> new_run = train_arguments(data, out, more);
  const auto begin = Clock::now();
  expect_done(run(train_arguments(data, path_of("reference"), more)));
  double whole = Seconds(Clock::now() - begin).count();
  const auto expected = snapshot(path_of("reference"));
  expect_done(run(old_run));
  std::filesystem::rename(out, path_of("old"));
  const auto old_artifact = snapshot(path_of("old"));

  int killed = 0;
  int old_ones = 0;
  int resumed = 0;
  for (int round = 0; killed < kills(); ++round) {
    ASSERT_LT(round, 10 * kills()) << "the trainings end before they are killed";
    SCOPED_TRACE("round " + std::to_string(round));
    std::filesystem::remove_all(out);
    std::filesystem::remove_all(out + ".partial");
    std::filesystem::copy(path_of("old"), out);
    if (!start_and_kill(new_run, round, whole)) continue;
    ++killed;

    const Outcome info = run({"info", out});
    ASSERT_EQ(info.exit_code, 0) << info.err;
    const auto found = snapshot(out);
    if (found != old_artifact) {
      ASSERT_TRUE(found.at("model.safetensors") == expected.at("model.safetensors"))
          << "neither the old nor the new one";
      ASSERT_EQ(found.at("users.tsv"), expected.at("users.tsv"));
      ASSERT_EQ(found.at("items.tsv"), expected.at("items.tsv"));
      continue;
    }
    ++old_ones;
    resumed += std::filesystem::exists(out + ".partial/checkpoint.safetensors") ? 1 : 0;
    std::vector<std::string> again = new_run;
    if (std::filesystem::exists(out + ".partial")) again.emplace_back("--resume");
    expect_done(run(again));
    ASSERT_TRUE(read_text(out + "/model.safetensors") == expected.at("model.safetensors"));
    EXPECT_FALSE(std::filesystem::exists(out + ".partial"));
  }
  std::printf("%d killed: %d left the old artifact, %d the new one; %d had a checkpoint to go on from\n", killed,
              old_ones, killed - old_ones, resumed);
  EXPECT_GT(resumed, kills() / 4);
}

}  // namespace
}  // namespace monet::test
