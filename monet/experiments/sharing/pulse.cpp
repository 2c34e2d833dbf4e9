#include "monet/experiments/sharing/pulse.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"
#include "monet/experiments/sharing/exclusive_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace monet::experiments::sharing {

namespace {

constexpr char kSettled = 'm';
constexpr char kComing = 'j';

/// Always as long.
std::string first_line(bool settled, std::uint64_t beats) {
  return fmt::format("{} {:020}\n", settled ? kSettled : kComing, beats);
}

}  // namespace

Pulse::Pulse(std::filesystem::path file, Seconds interval, std::string_view text)
    : file_(std::move(file)), interval_(interval) {
  if (!create_exclusively(file_, first_line(false, 0) + std::string(text))) files::fail_io(file_, "write", EEXIST);
  thread_ = std::thread([this] { go_on(); });
}

Pulse::~Pulse() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_asked_.notify_all();
  thread_.join();
  ::unlink(file_.c_str());
}

void Pulse::settle() {
  const std::lock_guard lock(mutex_);
  settled_ = true;
  beat();
}

/// With the lock held. What fails (a server that is away) is tried again at the next beat.
void Pulse::beat() {
  files::Descriptor file(::open(file_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT) taken_away_ = true;
    return;
  }
  const std::string line = first_line(settled_, ++beats_);
  // Closing sends it to the server.
  if (::pwrite(file.get(), line.data(), line.size(), 0) >= 0) static_cast<void>(file.close());
}

void Pulse::go_on() {
  std::unique_lock lock(mutex_);
  while (!stop_asked_.wait_for(lock, interval_, [this] { return stopping_; })) beat();
}

std::optional<Sign> read_sign(const std::filesystem::path& file) {
  std::string text = text_of(file);
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return std::nullopt;
  Sign sign;
  sign.beat = text.substr(0, end);
  sign.settled = sign.beat.front() == kSettled;
  sign.text = text.substr(end + 1);
  return sign;
}

}  // namespace monet::experiments::sharing
