#pragma once

#include "monet/experiments/sharing/claims.h"
#include "monet/experiments/sharing/membership.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

namespace monet::experiments::sharing {

inline constexpr const char* kFolder = "shared";  // in a results folder

/// The part of a results folder by which several processes, on one machine or many, do its runs together: `shared/` in
/// it, for as long as there is one of them or something half done.
class Share {
 public:
  /// Joins those that are there (Membership).
  Share(const std::filesystem::path& out, const Terms& terms, const std::atomic<bool>& should_stop);
  /// Leaves; the last one removes what is of no use to the next.
  ~Share();
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  Membership& self() { return self_; }
  Claims& claims() { return claims_; }

  /// Has files written to a folder of this process's own, and moves each to its place in the results folder, so that it
  /// is whole whoever else does the same. Those of the topmost level come last, the `document` last of all.
  void write(const std::string& document, const std::function<void(const std::filesystem::path& folder)>& write) const;

  /// Has one of those who share do a piece of work, and waits until it is done: `done` is asked, and true after `act`.
  /// Throws what `act` throws, and Interrupted when `should_stop` turns true.
  void once(const std::string& work, const std::function<bool()>& done, const std::function<void()>& act,
            const std::atomic<bool>& should_stop);

 private:
  /// Tidies up when this process has left.
  struct Leaving {
    std::filesystem::path folder;
    ~Leaving();
  };

  std::filesystem::path out_;
  std::filesystem::path folder_;
  Leaving leaving_;
  Membership self_;
  Claims claims_;
};

}  // namespace monet::experiments::sharing
