#include "monet/dist/mpi_pulse.h"

#include <algorithm>

namespace monet::dist {

namespace {

constexpr int kPulseTag = 0;
constexpr Pulse::Seconds kInterval{1.0};
// What a call adds to a silence at most: a process that was stopped for long finds nobody lost when it goes on.
constexpr Pulse::Seconds kMostOfACall{1.5};

}  // namespace

Pulse::Pulse(MPI_Comm communicator, int rank, int size) : communicator_(communicator), first_(rank == 0) {
  for (int other = first_ ? 1 : 0; other < (first_ ? size : 1); ++other) peers_.emplace_back().rank = other;
  left_ = peers_.empty();
  if (!left_) listen();
}

std::optional<int> Pulse::beat(Seconds since, Seconds most_silent) {
  if (left_) return std::nullopt;
  for (Peer& peer : peers_) peer.silent += std::min(since, kMostOfACall);
  hear();
  since_spoken_ += since;
  const bool due = since_spoken_ >= kInterval;
  if (due) since_spoken_ = {};
  bool all_told = true;
  for (Peer& peer : peers_) all_told = speak(peer, due) && all_told;
  left_ = all_told && (first_ ? all_heard(kLeft) : word() == kLeft);
  for (const Peer& peer : peers_) {
    if (peer.heard != kLeft && peer.silent > most_silent) return peer.rank;
  }
  return std::nullopt;
}

void Pulse::listen() {
  check_mpi(MPI_Irecv(&arriving_, 1, MPI_INT, MPI_ANY_SOURCE, kPulseTag, communicator_, &listening_), "MPI_Irecv");
}

void Pulse::hear() {
  while (listening_ != MPI_REQUEST_NULL) {
    int arrived = 0;
    MPI_Status status;
    check_mpi(MPI_Test(&listening_, &arrived, &status), "MPI_Test");
    if (arrived == 0) return;
    Peer& peer = peers_[static_cast<std::size_t>(first_ ? status.MPI_SOURCE - 1 : 0)];
    peer.silent = {};
    peer.heard = arriving_;
    if (!all_heard(first_ ? kLeft : kLeave)) listen();
  }
}

Pulse::Word Pulse::word() const {
  if (first_) return leaving_ && all_heard(kLeaving) ? kLeave : kAlive;
  if (all_heard(kLeave)) return kLeft;
  return leaving_ ? kLeaving : kAlive;
}

/// Returns whether this process's word has arrived with MPI. A peer that takes nothing gets no second one.
bool Pulse::speak(Peer& peer, bool due) {
  if (peer.sending != MPI_REQUEST_NULL) {
    int done = 0;
    check_mpi(MPI_Test(&peer.sending, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done == 0) return false;
  }
  if (peer.told == kLeave || peer.told == kLeft) return true;
  const Word now = word();
  if (now == peer.told && !due) return true;
  peer.told = now;
  check_mpi(MPI_Isend(&peer.told, 1, MPI_INT, peer.rank, kPulseTag, communicator_, &peer.sending), "MPI_Isend");
  return false;
}

bool Pulse::all_heard(Word word) const {
  return std::all_of(peers_.begin(), peers_.end(), [word](const Peer& peer) { return peer.heard >= word; });
}

}  // namespace monet::dist
