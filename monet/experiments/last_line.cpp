#include "monet/experiments/last_line.h"

#include <algorithm>
#include <fstream>

namespace monet::experiments {

std::string last_line(const std::filesystem::path& file) {
  constexpr std::streamoff kTail = 4096;
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) return "";
  stream.seekg(std::max<std::streamoff>(static_cast<std::streamoff>(stream.tellg()) - kTail, 0));
  std::string line;
  std::string last;
  while (std::getline(stream, line)) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace monet::experiments
