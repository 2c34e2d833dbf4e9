#pragma once

#include "monet/experiments/sharing/membership.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace monet::experiments::sharing {

/// A piece of work ("runs/mf-seed0") that one of those who share a folder has taken. Whoever takes over from a dead one
/// has the next generation: the highest one is in force.
struct Claim {
  std::string work;
  int generation = 0;

  /// The name of its file, and of the folder in which its holder works: "runs%mf-seed0.1".
  std::string name() const;
};

/// How a piece of work stands.
struct Standing {
  enum class State { free, taken, failed };
  State state = State::free;
  int generation = 0;      // the highest; 0: nobody has taken it
  std::string error = {};  // of one that failed
  std::uint64_t peak_bytes = 0;
};

/// Who does what. `claims/NAME.GENERATION` says who has taken a piece of work, for as long as that one lives; a failure
/// is noted there, too, and counts for all that were there when it was noted.
class Claims {
 public:
  Claims(std::filesystem::path folder, Membership& self);

  Standing look(const std::string& work);
  /// Takes what is free; nothing where it is not, or another one was faster. Throws IoError.
  std::optional<Claim> take(const std::string& work);
  /// Whether the claim is still in force: it is lost to others when they took us for dead.
  bool holds(const Claim& claim) const;
  /// Notes that the work failed.
  void note_failure(const Claim& claim, const std::string& error, std::uint64_t peak_bytes);
  /// Removes all claims to a piece of work: it is done, or free for all.
  void remove(const std::string& work);

 private:
  std::filesystem::path file_of(const Claim& claim) const;

  std::filesystem::path folder_;
  Membership& self_;
  std::set<std::string> old_failures_;  // names of claims whose failures were noted by those who had left before
};

/// Removes the notes of failures, which count for nobody who comes later.
void forget_failures(const std::filesystem::path& folder);

}  // namespace monet::experiments::sharing
