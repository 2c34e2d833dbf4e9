#pragma once

#include "monet/experiments/race/rules.h"
#include "monet/experiments/run.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace monet::experiments::race {

/// A candidate of a race, and how far it has come.
struct Entrant {
  enum class State {
    racing,    // may train on
    finished,  // nothing more to train: computed at once, or its own patience or epochs ended it
    out,       // others were better
    failed,    // its process said why
    left_out,  // never begun: `reason` says why
  };

  std::string name;    // what it is shown by
  std::string family;  // its model
  RunSpec spec;
  bool trained = true;
  std::uint64_t bytes = 0;  // memory at its peak, estimated

  State state = State::racing;
  std::string reason;             // of left_out
  int rungs = 0;                  // that it has done
  Run run;                        // as it stands
  double overhead = 0.0;          // seconds that its last process took beside training
  std::vector<CurvePoint> curve;  // recall@20 of its validations

  /// Whether it is among those that the race may choose from.
  bool stands() const { return state == State::racing || state == State::finished; }
  /// The best value of the metric on validation so far; -1 when there is none.
  double value(std::string_view metric) const;
};

/// How the reason begins of one that was left out for want of time.
inline constexpr const char* kNoTime = "no time: ";

/// "racing", "finished", "out", "failed", "left out".
std::string_view to_string(Entrant::State state);
/// The same for people: "out after rung 2".
std::string state_text(const Entrant& entrant);

/// The validations that an artifact's train_log.jsonl tells of; empty when there is none.
std::vector<CurvePoint> read_curve(const std::filesystem::path& log);

/// Order of merit: by value, larger first; those without one at the end. Indices of `entrants`.
std::vector<std::size_t> by_value(const std::vector<Entrant>& entrants, std::string_view metric);

}  // namespace monet::experiments::race
