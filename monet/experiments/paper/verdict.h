#pragma once

#include "monet/experiments/paper/observations.h"
#include "monet/experiments/paper/plan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::experiments::paper {

/// How sure a difference must be: p of a test over users, and standard errors over seeds.
inline constexpr double kLevel = 0.05;
inline constexpr double kStandardErrors = 2.0;

/// What the measurements say of one thing that must hold.
enum class Finding { holds, contradicted, open, missing };
std::string_view to_string(Finding finding);

/// A part of a claim on one dataset.
struct PartResult {
  Finding finding = Finding::missing;
  std::string text;  // "monet 0.0912 against lightgcn 0.0831 (+9.75 %, p 0.003): holds"
};

/// The parts of a claim on a dataset; avg.diff gives one for each modality.
///
/// `above` compares each user's mean over the seeds, method against other, by a paired t-test; p is corrected by Holm
/// for the accuracy parts of the claim. It holds when the difference is positive, p < kLevel, and (from two seeds on)
/// the difference of the means is more than kStandardErrors standard errors √(s_a²/n_a + s_b²/n_b) over the seeds;
/// contradicted when the same is so with the other sign; otherwise open. `below` and `nearer` are about avg.diff, which
/// has no users: they are decided by the standard errors over seeds alone, and open with one seed. `nearer` takes
/// |method − third| − |method − other|, whose standard error is √(4 s² + s_other² + s_third²) with s that of the
/// method.
std::vector<PartResult> judge_parts(const ClaimPlan& claim, const DatasetObservations& dataset);

/// The same for Figure 1: I-I above I-N for each modality, paired t-test over users.
std::vector<PartResult> judge_similarity(const DatasetObservations& dataset);

/// All hold: supported. One is contradicted: not supported. All missing: cannot run. Otherwise undecided.
std::string_view verdict_of(std::span<const PartResult> parts);

/// The verdict over several datasets: those where it cannot run are left out; supported where all support it, not
/// supported where one does not, otherwise undecided.
std::string_view overall(std::span<const std::string_view> verdicts);

}  // namespace monet::experiments::paper
