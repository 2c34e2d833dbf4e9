#pragma once

#include <map>
#include <string>
#include <string_view>

namespace monet::experiments::sharing {

/// What a process that shares a folder says of itself.
struct Terms {
  double timeout_seconds = 60.0;  // silent for so long, it may be taken for dead
  std::string host;
  int process = 0;
  std::map<std::string, std::string> agreed;  // must be the same for all who share: {"seeds", "0,1"}
};

/// Those of this process.
Terms own_terms(double timeout_seconds, std::map<std::string, std::string> agreed);
std::string to_text(const Terms& terms);
/// Of a text that was damaged: the defaults.
Terms read_terms(std::string_view text);
/// "process 4711 on node3"
std::string who(const Terms& terms);

}  // namespace monet::experiments::sharing
