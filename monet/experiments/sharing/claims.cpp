#include "monet/experiments/sharing/claims.h"

#include "monet/experiments/detail/json.h"
#include "monet/experiments/sharing/exclusive_file.h"

#include <fmt/core.h>

#include <system_error>
#include <algorithm>
#include <utility>

namespace monet::experiments::sharing {

namespace fs = std::filesystem;

namespace {

/// What the file of a claim says.
struct Note {
  std::string member;
  std::string error;
  std::uint64_t peak_bytes = 0;
};

std::string to_text(const Note& note) {
  return detail::dump({{"member", note.member}, {"error", note.error}, {"peak_bytes", note.peak_bytes}});
}

std::optional<Note> read_note(const fs::path& file) {
  try {
    const detail::Json json = detail::Json::parse(text_of(file));
    return Note{json.at("member"), json.at("error"), json.at("peak_bytes")};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string Claim::name() const {
  std::string name = work;
  std::replace(name.begin(), name.end(), '/', '%');
  return fmt::format("{}.{}", name, generation);
}

Claims::Claims(fs::path folder, Membership& self) : folder_(std::move(folder)), self_(self) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ / "claims", error)) {
    const auto note = read_note(entry.path());
    if (!note || note->error.empty() || self_.look(note->member) != Life::gone) continue;
    old_failures_.insert(entry.path().filename().string());
  }
}

fs::path Claims::file_of(const Claim& claim) const {
  return folder_ / "claims" / claim.name();
}

Standing Claims::look(const std::string& work) {
  Claim last{work, 0};
  std::error_code error;
  while (fs::exists(file_of({work, last.generation + 1}), error)) ++last.generation;
  if (last.generation == 0) return {};
  const auto note = read_note(file_of(last));
  if (!note) return {Standing::State::taken, last.generation};  // it has just been removed
  if (!note->error.empty() && !old_failures_.contains(last.name())) {
    return {Standing::State::failed, last.generation, note->error, note->peak_bytes};
  }
  if (note->member == self_.name()) return {Standing::State::taken, last.generation};
  const Life life = self_.look(note->member);
  const bool free = life == Life::gone || life == Life::dead;
  return {free ? Standing::State::free : Standing::State::taken, last.generation};
}

std::optional<Claim> Claims::take(const std::string& work) {
  const Standing standing = look(work);
  if (standing.state != Standing::State::free) return std::nullopt;
  Claim next{work, standing.generation + 1};
  if (!create_exclusively(file_of(next), to_text({self_.name(), "", 0}))) return std::nullopt;
  return next;
}

bool Claims::holds(const Claim& claim) const {
  std::error_code error;
  if (fs::exists(file_of({claim.work, claim.generation + 1}), error)) return false;
  const auto note = read_note(file_of(claim));
  if (note) return note->member == self_.name();
  return fs::exists(file_of(claim), error) || error;  // it could not be read just now
}

void Claims::note_failure(const Claim& claim, const std::string& error, std::uint64_t peak_bytes) {
  replace(file_of(claim), to_text({self_.name(), error.empty() ? "it failed" : error, peak_bytes}));
}

/// From the highest down, so that nobody takes a lower one for the last.
void Claims::remove(const std::string& work) {
  std::error_code error;
  int last = 0;
  while (fs::exists(file_of({work, last + 1}), error)) ++last;
  for (; last > 0; --last) fs::remove(file_of({work, last}), error);
}

void forget_failures(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder / "claims", error)) {
    const auto note = read_note(entry.path());
    if (note && !note->error.empty()) fs::remove(entry.path(), error);
  }
}

}  // namespace monet::experiments::sharing
