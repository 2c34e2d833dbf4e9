// A network cable that takes time: cable BRIDGE_DEVICE NAMESPACE HOST_DEVICE MICROSECONDS. Makes two TAP devices, one
// here and one in the network namespace, and carries frames between them; those that the host sends arrive MICROSECONDS
// later. For kernels without netem (tc's qdisc): rates are tc's (tbf on both devices). Frames stay as large as the
// sender's kernel makes them (TSO), as on a card that cuts them itself. Ends when it is killed.
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Frame = std::vector<char>;

constexpr std::size_t kMostBytes = std::size_t{1} << 17;
constexpr std::size_t kMostWaiting = 20000;

void require(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "cable: %s: %s\n", what, std::strerror(errno));
  std::exit(EXIT_FAILURE);
}

int make_tap(const char* name) {
  const int file = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  require(file >= 0, "/dev/net/tun");
  ifreq request{};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  require(::ioctl(file, TUNSETIFF, &request) == 0, "TUNSETIFF");
  require(::ioctl(file, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) == 0, "TUNSETOFFLOAD");
  return file;
}

/// A file of a network namespace: to enter it by.
int open_namespace(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  require(file >= 0, path.c_str());
  return file;
}

/// One direction.
class Wire {
 public:
  Wire(int from, int to, std::chrono::microseconds delay) : from_(from), to_(to), delay_(delay) {}

  int from() const { return from_; }

  void take() {
    for (;;) {
      const ssize_t got = ::read(from_, buffer_.data(), buffer_.size());
      if (got <= 0) {
        require(got < 0 && (errno == EAGAIN || errno == EINTR || errno == EIO), "read");  // EIO: the device is down
        return;
      }
      if (waiting_.size() >= kMostWaiting) continue;  // as a full queue does
      waiting_.push_back({Clock::now() + delay_, Frame(buffer_.begin(), buffer_.begin() + got)});
    }
  }

  /// Delivers what is due and returns when the next frame is; none: a second from now.
  Clock::time_point deliver() {
    const Clock::time_point now = Clock::now();
    while (!waiting_.empty() && waiting_.front().due <= now) {
      const Frame& frame = waiting_.front().frame;
      // A frame that the other side has no room for, or no device up, is lost, as on a wire.
      (void)!::write(to_, frame.data(), frame.size());
      waiting_.pop_front();
    }
    return waiting_.empty() ? now + std::chrono::seconds(1) : waiting_.front().due;
  }

 private:
  struct Waiting {
    Clock::time_point due;
    Frame frame;
  };
  int from_;
  int to_;
  std::chrono::microseconds delay_;
  std::deque<Waiting> waiting_;
  Frame buffer_ = Frame(kMostBytes);
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: cable BRIDGE_DEVICE NAMESPACE HOST_DEVICE MICROSECONDS\n");
    return 2;
  }
  require(::prctl(PR_SET_TIMERSLACK, 1000UL) == 0, "prctl");
  const int bridge = make_tap(argv[1]);
  const int here = open_namespace("/proc/self/ns/net");
  require(::setns(open_namespace(std::string("/var/run/netns/") + argv[2]), CLONE_NEWNET) == 0, "setns");
  const int host = make_tap(argv[3]);
  require(::setns(here, CLONE_NEWNET) == 0, "setns");
  Wire up(host, bridge, std::chrono::microseconds(std::atol(argv[4])));
  Wire down(bridge, host, std::chrono::microseconds(0));
  for (;;) {
    const Clock::time_point next = std::min(up.deliver(), down.deliver());
    const auto left = std::max(next - Clock::now(), Clock::duration::zero());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec limit{nanoseconds / 1000000000, nanoseconds % 1000000000};
    std::array<pollfd, 2> files{pollfd{up.from(), POLLIN, 0}, pollfd{down.from(), POLLIN, 0}};
    const int ready = ::ppoll(files.data(), files.size(), &limit, nullptr);
    require(ready >= 0 || errno == EINTR, "ppoll");
    if (ready <= 0) continue;
    if (files[0].revents != 0) up.take();
    if (files[1].revents != 0) down.take();
  }
}
