#include "monet/sharded/halo.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"

#include <algorithm>

namespace monet::sharded {

namespace {

Index total(const std::vector<std::vector<std::int32_t>>& lists) {
  Index sum = 0;
  for (const auto& list : lists) sum += static_cast<Index>(list.size());
  return sum;
}

void pack(ThreadPool& pool, std::span<const std::int32_t> rows, MatrixView<const float> from, MatrixView<float> to) {
  pool.for_range(static_cast<Index>(rows.size()), [&](Index begin, Index end, int) {
    for (Index n = begin; n < end; ++n) {
      std::copy_n(from.row(rows[static_cast<std::size_t>(n)]), from.cols, to.row(n));
    }
  });
}

// Views of consecutive parts of a matrix, one for each list.
template <class Byte, class Matrix>
std::vector<std::span<Byte>> parts_of(const std::vector<std::vector<std::int32_t>>& lists, Matrix rows) {
  std::vector<std::span<Byte>> parts;
  auto* at = reinterpret_cast<Byte*>(rows.data);
  for (const auto& list : lists) {
    const std::size_t bytes = list.size() * static_cast<std::size_t>(rows.cols) * sizeof(float);
    parts.emplace_back(at, bytes);
    at += bytes;
  }
  return parts;
}

void pack_all(ThreadPool& pool, const std::vector<std::vector<std::int32_t>>& lists, MatrixView<const float> from,
              MatrixView<float> to) {
  Index first = 0;
  for (const auto& list : lists) {
    pack(pool, list, from, to.row_range(first, static_cast<Index>(list.size())));
    first += static_cast<Index>(list.size());
  }
}

}  // namespace

Index Route::num_owned() const {
  return total(owned);
}
Index Route::num_needed() const {
  return total(needed);
}

Fetch::Fetch(dist::Communicator& world, autograd::Tape& tape, const Route& route, MatrixView<const float> own,
             MatrixView<float> table)
    : tape_(tape), route_(route), table_(table) {
  out_.emplace(tape.scratch(route.num_owned(), own.cols));
  pack_all(tape.pool(), route.owned, own, out_->view());
  const bool in_place = route.in_order && table.contiguous();
  if (!in_place) in_.emplace(tape.scratch(route.num_needed(), own.cols));
  transfer_ = world.exchange(parts_of<const std::byte>(route.owned, out_->view()),
                             parts_of<std::byte>(route.needed, in_place ? table : in_->view()));
}

void Fetch::wait() {
  transfer_->wait();
  if (!in_) return;
  Index first = 0;
  for (const auto& list : route_.needed) {
    const auto count = static_cast<Index>(list.size());
    const MatrixView<const float> from = in_->view().row_range(first, count);
    tape_.pool().for_range(count, [&](Index begin, Index end, int) {
      for (Index n = begin; n < end; ++n) {
        std::copy_n(from.row(n), from.cols, table_.row(list[static_cast<std::size_t>(n)]));
      }
    });
    first += count;
  }
}

Reduce::Reduce(dist::Communicator& world, autograd::Tape& tape, const Route& route, MatrixView<const float> table,
               MatrixView<float> own)
    : tape_(tape), route_(route), own_(own) {
  in_.emplace(tape.scratch(route.num_owned(), own.cols));
  MatrixView<const float> sent = table;
  if (!route.in_order || !table.contiguous()) {
    out_.emplace(tape.scratch(route.num_needed(), own.cols));
    pack_all(tape.pool(), route.needed, table, out_->view());
    sent = out_->view();
  }
  transfer_ =
      world.exchange(parts_of<const std::byte>(route.needed, sent), parts_of<std::byte>(route.owned, in_->view()));
}

void Reduce::wait() {
  transfer_->wait();
  Index first = 0;
  for (const auto& list : route_.owned) {  // of one process a row comes once, so workers may share the list
    const auto count = static_cast<Index>(list.size());
    const MatrixView<const float> from = in_->view().row_range(first, count);
    tape_.pool().for_range(count, [&](Index begin, Index end, int) {
      for (Index n = begin; n < end; ++n) {
        const float* x = from.row(n);
        float* y = own_.row(list[static_cast<std::size_t>(n)]);
        for (Index c = 0; c < from.cols; ++c) y[c] += x[c];
      }
    });
    first += count;
  }
}

Halo::Halo(dist::Communicator& world, const Ranges& items, std::span<const std::int32_t> touched)
    : world_(&world), route_(world.size()) {
  const dist::Share own = items.of(world.rank());
  std::vector<std::vector<std::int32_t>> wanted(static_cast<std::size_t>(world.size()));
  for (const std::int32_t item : touched) {
    if (item >= own.begin && item < own.end) continue;
    const auto owner = static_cast<std::size_t>(items.owner(item));
    route_.needed[owner].push_back(static_cast<std::int32_t>(ghosts_.size()));
    wanted[owner].push_back(item);
    ghosts_.push_back(item);
  }
  route_.in_order = true;
  route_.owned = dist::all_to_all(world, wanted);
  for (auto& list : route_.owned) {
    for (std::int32_t& item : list) item -= static_cast<std::int32_t>(own.begin);
  }
}

std::int32_t Halo::ghost(std::int32_t item) const {
  const auto at = std::lower_bound(ghosts_.begin(), ghosts_.end(), item);
  if (at == ghosts_.end() || *at != item) fail<InternalError>("[halo] item {} is no ghost", item);
  return static_cast<std::int32_t>(at - ghosts_.begin());
}

Route Halo::marked(std::span<const std::uint8_t> ghost_marks) const {
  const auto processes = static_cast<std::size_t>(world_->size());
  Route chosen(world_->size());
  std::vector<std::vector<std::uint8_t>> out(processes);
  std::vector<std::vector<std::uint8_t>> in(processes);
  std::vector<std::span<const std::byte>> send;
  std::vector<std::span<std::byte>> receive;
  for (std::size_t r = 0; r < processes; ++r) {
    for (const std::int32_t ghost : route_.needed[r]) {
      out[r].push_back(ghost_marks[static_cast<std::size_t>(ghost)]);
      if (out[r].back() != 0) chosen.needed[r].push_back(ghost);
    }
    in[r].resize(route_.owned[r].size());
    send.push_back(std::as_bytes(std::span(out[r])));
    receive.push_back(std::as_writable_bytes(std::span(in[r])));
  }
  world_->exchange(send, receive)->wait();
  for (std::size_t r = 0; r < processes; ++r) {
    for (std::size_t n = 0; n < in[r].size(); ++n) {
      if (in[r][n] != 0) chosen.owned[r].push_back(route_.owned[r][n]);
    }
  }
  return chosen;
}

void Halo::spread(std::span<std::uint8_t> own, std::span<std::uint8_t> ghosts) const {
  const auto processes = static_cast<std::size_t>(world_->size());
  const Route theirs = marked(ghosts);
  for (const auto& list : theirs.owned) {
    for (const std::int32_t row : list) own[static_cast<std::size_t>(row)] = 1;
  }
  std::vector<std::vector<std::uint8_t>> out(processes);
  std::vector<std::vector<std::uint8_t>> in(processes);
  std::vector<std::span<const std::byte>> send;
  std::vector<std::span<std::byte>> receive;
  for (std::size_t r = 0; r < processes; ++r) {
    for (const std::int32_t row : route_.owned[r]) out[r].push_back(own[static_cast<std::size_t>(row)]);
    in[r].resize(route_.needed[r].size());
    send.push_back(std::as_bytes(std::span(out[r])));
    receive.push_back(std::as_writable_bytes(std::span(in[r])));
  }
  world_->exchange(send, receive)->wait();
  for (std::size_t r = 0; r < processes; ++r) {
    for (std::size_t n = 0; n < in[r].size(); ++n) ghosts[static_cast<std::size_t>(route_.needed[r][n])] = in[r][n];
  }
}

}  // namespace monet::sharded
