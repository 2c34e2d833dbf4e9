// What becomes of a run whose process ends without having done its work.
#include "monet/experiments/run.h"

#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

namespace monet::experiments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FinishedRuns : public test::TemporaryFolder {};

TEST_F(FinishedRuns, AProgramThatEndsAtOnceWithoutAnArtifactIsAFailureInItsOwnWords) {
  RunSpec spec;
  spec.method = make_method("popularity");
  spec.seed = 7;
  spec.folder = folder_ / "run";
  RunSettings settings;
  settings.program = "/opt/wrapper";
  JobEnd end;
  end.done = true;
  test::write_text(spec.folder / "1-train.err", "starting\nno licence left\n");
  const experiments::Run run = finish_run(spec, settings, end);
  EXPECT_EQ(run.state, experiments::Run::State::failed);
  EXPECT_EQ(run.seed, 7U);
  EXPECT_THAT(run.error, AllOf(HasSubstr("/opt/wrapper"), HasSubstr("no artifact"), HasSubstr(": no licence left")));
  EXPECT_FALSE(std::filesystem::exists(spec.folder / "run.json")) << "so that it is done again";
  test::write_text(spec.folder / "1-train.err", "");
  EXPECT_THAT(finish_run(spec, settings, end).error, HasSubstr("no artifact and no word"));
}

}  // namespace
}  // namespace monet::experiments
