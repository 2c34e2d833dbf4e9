#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace monet::experiments::sharing {

/// A sign of life: a file whose first line a thread of its own changes as long as the process runs. Its second part
/// says once who that is. The line is rewritten in its place, which takes no room on a full disk.
class Pulse {
 public:
  using Seconds = std::chrono::duration<double>;

  /// Makes the file, which must be new, and begins. Throws IoError.
  Pulse(std::filesystem::path file, Seconds interval, std::string_view text);
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  /// Removes the file.
  ~Pulse();

  /// From here on the file says that its process has come to stay.
  void settle();
  /// Whether the file was taken away, by one that took this process for dead.
  bool taken_away() const { return taken_away_; }

 private:
  void beat();
  void go_on();

  std::filesystem::path file_;
  Seconds interval_;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  bool stopping_ = false;
  bool settled_ = false;
  std::uint64_t beats_ = 0;
  std::atomic<bool> taken_away_ = false;
  std::thread thread_;
};

/// What such a file says.
struct Sign {
  std::string beat;  // differs from one beat to the next
  bool settled = false;
  std::string text;
};
/// Nothing where it is not there.
std::optional<Sign> read_sign(const std::filesystem::path& file);

}  // namespace monet::experiments::sharing
