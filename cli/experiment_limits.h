#pragma once

namespace monet::cli {

/// The most seeds and trials that commands of several runs take.
inline constexpr int kMostSeeds = 1000;
inline constexpr int kMostTrials = 100'000;

}  // namespace monet::cli
