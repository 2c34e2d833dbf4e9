#pragma once

#include <array>
#include <cstdint>

namespace monet {

/// xoshiro256** (Blackman and Vigna, 2018) seeded through splitmix64. The whole state is four words, so a checkpoint
/// can hold it and a resumed run draws the same numbers. Never seeded from the clock.
class Rng {
 public:
  using State = std::array<std::uint64_t, 4>;

  /// `stream` gives independent generators of one seed (initialisation, sampling, splitting, …).
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0);
  static Rng from_state(const State& state);
  const State& state() const { return state_; }

  /// 64 uniform bits.
  std::uint64_t next();
  /// Uniform in [0, bound), without bias (Lemire's method). `bound` > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (Marsaglia's polar method, no value kept between calls).
  double normal();

  // The standard library's generator requirements, for std::shuffle and friends.
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() { return next(); }

 private:
  State state_{};
};

}  // namespace monet
