#include "monet/core/memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace monet {

namespace {

// The number after `key` in a file of "Key:   123 kB" lines, in bytes.
std::optional<std::uint64_t> kilobytes(const char* path, const std::string& key) {
  std::ifstream file(path);
  std::string word;
  while (file >> word) {
    std::uint64_t value = 0;
    if (word == key && file >> value) return value * 1024;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

// A control group's file: a number, or "max".
std::optional<std::uint64_t> number(const char* path) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

}  // namespace

std::uint64_t available_memory() {
  std::uint64_t available = kilobytes("/proc/meminfo", "MemAvailable:").value_or(0);
  const auto limit = number("/sys/fs/cgroup/memory.max");
  const auto used = number("/sys/fs/cgroup/memory.current");
  if (limit && used) {
    const std::uint64_t rest = *limit > *used ? *limit - *used : 0;
    available = available == 0 ? rest : std::min(available, rest);
  }
  rlimit address_space{};
  if (getrlimit(RLIMIT_AS, &address_space) == 0 && address_space.rlim_cur != RLIM_INFINITY) {
    const std::uint64_t mapped = kilobytes("/proc/self/status", "VmSize:").value_or(0);
    const std::uint64_t rest = address_space.rlim_cur > mapped ? address_space.rlim_cur - mapped : 0;
    available = available == 0 ? rest : std::min(available, rest);
  }
  return available;
}

std::uint64_t peak_resident_memory() {
  return kilobytes("/proc/self/status", "VmHWM:").value_or(0);
}

}  // namespace monet
