#include "monet/experiments/sharing/terms.h"

#include "monet/experiments/detail/json.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace monet::experiments::sharing {

Terms own_terms(double timeout_seconds, std::map<std::string, std::string> agreed) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {"an unnamed host"};
  return {timeout_seconds, host.data(), ::getpid(), std::move(agreed)};
}

std::string to_text(const Terms& terms) {
  return detail::dump({{"host", terms.host},
                       {"process", terms.process},
                       {"timeout_seconds", terms.timeout_seconds},
                       {"agreed", terms.agreed}});
}

Terms read_terms(std::string_view text) {
  Terms terms;
  try {
    const detail::Json json = detail::Json::parse(text);
    json.at("host").get_to(terms.host);
    json.at("process").get_to(terms.process);
    json.at("timeout_seconds").get_to(terms.timeout_seconds);
    json.at("agreed").get_to(terms.agreed);
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return terms;
}

std::string who(const Terms& terms) {
  return fmt::format("process {} on {}", terms.process, terms.host);
}

}  // namespace monet::experiments::sharing
