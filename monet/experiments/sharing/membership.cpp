#include "monet/experiments/sharing/membership.h"

#include "monet/core/error.h"
#include "monet/experiments/sharing/exclusive_file.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace monet::experiments::sharing {

namespace fs = std::filesystem;

namespace {

constexpr auto kLook = std::chrono::milliseconds(20);
constexpr double kBeatsPerTimeout = 12.0;

/// Names of the signs of life there, in order.
std::vector<std::string> members_of(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder / "members", error)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

[[noreturn]] void refuse(const fs::path& folder, const Terms& own, const Terms& other) {
  const std::string shared = folder.parent_path().string();
  const auto value = [](const Terms& terms, const std::string& name) {
    const auto found = terms.agreed.find(name);
    return found == terms.agreed.end() || found->second.empty() ? "nothing" : "'" + found->second + "'";
  };
  std::map<std::string, std::string> all = own.agreed;
  all.insert(other.agreed.begin(), other.agreed.end());
  for (const auto& name_and_value : all) {
    const std::string& name = name_and_value.first;
    if (value(own, name) == value(other, name)) continue;
    fail<InvalidArgument>("{}: {} shares it with {} {}, not {}; give the same options, or choose another `out`", shared,
                          who(other), name, value(other, name), value(own, name));
  }
  fail<InvalidArgument>("{}: {} shares it; choose another `out`", shared, who(other));
}

void pause(const std::atomic<bool>& should_stop) {
  if (should_stop) throw Interrupted("interrupted");
  std::this_thread::sleep_for(kLook);
}

}  // namespace

Membership::Membership(const fs::path& folder, const Terms& terms, const std::atomic<bool>& should_stop)
    : folder_(folder),
      name_(unique_name()),
      pulse_(folder / "members" / name_, Pulse::Seconds(terms.timeout_seconds / kBeatsPerTimeout), to_text(terms)) {
  agree(terms, should_stop);
  pulse_.settle();
}

Membership::~Membership() {
  std::error_code ignored;
  for (const fs::path& sign : watch_.dead()) {
    if (watch_.look(sign) == Life::dead) fs::remove(sign, ignored);  // not one that has woken
  }
}

/// Of two that come at the same time on other terms, the one whose name comes first waits to see what becomes of the
/// other, which gives way. Whoever comes after that sees one that has settled.
void Membership::agree(const Terms& terms, const std::atomic<bool>& should_stop) {
  for (const std::string& other : members_of(folder_)) {
    const fs::path file = folder_ / "members" / other;
    const auto said = read_sign(file);
    if (!said || other == name_) continue;
    const Terms others = read_terms(said->text);
    if (others.agreed == terms.agreed) continue;
    for (Life life = watch_.look(file); life != Life::gone && life != Life::dead; life = watch_.look(file)) {
      const auto now = read_sign(file);
      if (now && (now->settled ? life == Life::beating : other < name_)) refuse(folder_, terms, others);
      pause(should_stop);
    }
  }
}

Life Membership::look(const std::string& other) {
  return watch_.look(folder_ / "members" / other);
}

void Membership::require_membership() const {
  if (!pulse_.taken_away()) return;
  fail<IoError>(
      "{}: this process stood still for so long that others took it for dead; the same command goes on from there",
      folder_.parent_path().string());
}

void require_nobody(const fs::path& folder, const std::atomic<bool>& should_stop) {
  Watch watch;
  for (const std::string& other : members_of(folder)) {
    const fs::path file = folder / "members" / other;
    const auto sign = read_sign(file);
    if (!sign) continue;
    for (Life life = watch.look(file); life != Life::gone && life != Life::dead; life = watch.look(file)) {
      if (life == Life::beating) {
        fail<IoError>("{}: {} is at work there with `shared`; wait for it, give `shared` too, or choose another `out`",
                      folder.parent_path().string(), who(read_terms(sign->text)));
      }
      pause(should_stop);
    }
  }
}

}  // namespace monet::experiments::sharing
