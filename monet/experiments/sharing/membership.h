#pragma once

#include "monet/experiments/sharing/pulse.h"
#include "monet/experiments/sharing/terms.h"
#include "monet/experiments/sharing/watch.h"

#include <atomic>
#include <filesystem>
#include <string>

namespace monet::experiments::sharing {

/// Being one of those that share a folder, all on the same terms. `members/NAME` in it is the sign of life of each.
class Membership {
 public:
  /// Joins. Throws InvalidArgument where a living one has agreed to other terms (waiting, where that has to be found
  /// out, for as long as one may be silent), IoError, and Interrupted when `should_stop` turns true.
  Membership(const std::filesystem::path& folder, const Terms& terms, const std::atomic<bool>& should_stop);
  /// Leaves: what it had claimed is free. Removes the signs of those it found dead.
  ~Membership();
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

  const std::string& name() const { return name_; }
  /// How another one is.
  Life look(const std::string& other);
  /// Throws IoError where others took this process for dead and have removed its sign.
  void require_membership() const;

 private:
  void agree(const Terms& terms, const std::atomic<bool>& should_stop);

  std::filesystem::path folder_;
  std::string name_;
  Watch watch_;
  Pulse pulse_;
};

/// Throws IoError where a living process shares the folder; waits, where that has to be found out. Throws Interrupted
/// when `should_stop` turns true.
void require_nobody(const std::filesystem::path& folder, const std::atomic<bool>& should_stop);

}  // namespace monet::experiments::sharing
