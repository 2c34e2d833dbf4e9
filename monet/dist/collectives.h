#pragma once

#include "monet/core/view.h"
#include "monet/dist/communicator.h"

#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace monet::dist {

enum class Reduction { sum, least, largest };

/// Share of `count` that process `rank` of `size` has: consecutive, as equal as can be.
struct Share {
  Index begin = 0;
  Index end = 0;
};
Share share_of(Index count, int rank, int size);

namespace detail {
void exchange_now(Communicator& world, std::span<const std::span<const std::byte>> send,
                  std::span<const std::span<std::byte>> receive);
}  // namespace detail

/// All-to-all with counts: sends `send[r]` to process r and returns what each sent here, `[r]` being r's. How much
/// comes need not be known: lengths go first.
template <class T>
std::vector<std::vector<T>> all_to_all(Communicator& world, const std::vector<std::vector<T>>& send) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto size = static_cast<std::size_t>(world.size());
  std::vector<std::uint64_t> lengths(size);
  std::vector<std::uint64_t> coming(size);
  for (std::size_t r = 0; r < size; ++r) lengths[r] = send[r].size();
  std::vector<std::span<const std::byte>> out(size);
  std::vector<std::span<std::byte>> in(size);
  for (std::size_t r = 0; r < size; ++r) {
    out[r] = std::as_bytes(std::span(lengths).subspan(r, 1));
    in[r] = std::as_writable_bytes(std::span(coming).subspan(r, 1));
  }
  detail::exchange_now(world, out, in);
  std::vector<std::vector<T>> received(size);
  for (std::size_t r = 0; r < size; ++r) {
    received[r].resize(coming[r]);
    out[r] = std::as_bytes(std::span(send[r]));
    in[r] = std::as_writable_bytes(std::span(received[r]));
  }
  detail::exchange_now(world, out, in);
  return received;
}

/// All-gather: everybody's `mine`, in the order of processes, one behind the other; lengths may differ.
template <class T>
std::vector<T> all_gather(Communicator& world, std::span<const T> mine) {
  const auto size = static_cast<std::size_t>(world.size());
  const std::uint64_t length = mine.size();
  std::vector<std::uint64_t> lengths(size);
  std::vector<std::span<const std::byte>> out(size, std::as_bytes(std::span(&length, 1)));
  std::vector<std::span<std::byte>> in(size);
  for (std::size_t r = 0; r < size; ++r) in[r] = std::as_writable_bytes(std::span(lengths).subspan(r, 1));
  detail::exchange_now(world, out, in);
  std::vector<T> all(std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0}));
  std::span<T> rest(all);
  for (std::size_t r = 0; r < size; ++r) {
    out[r] = std::as_bytes(mine);
    in[r] = std::as_writable_bytes(rest.first(lengths[r]));
    rest = rest.subspan(lengths[r]);
  }
  detail::exchange_now(world, out, in);
  return all;
}

/// The same of rows of known numbers: process r has rows [begin, end) of shares[r], which it has put into `all`
/// already.
template <class T>
void all_gather_rows(Communicator& world, std::span<const Share> shares, MatrixView<T> all) {
  const auto size = static_cast<std::size_t>(world.size());
  const auto rows = [&](std::size_t r) {
    const Share share = shares[r];
    return std::span(all.data + share.begin * all.cols, static_cast<std::size_t>((share.end - share.begin) * all.cols));
  };
  std::vector<std::span<const std::byte>> out(size, std::as_bytes(rows(static_cast<std::size_t>(world.rank()))));
  std::vector<std::span<std::byte>> in(size);
  for (std::size_t r = 0; r < size; ++r) in[r] = std::as_writable_bytes(rows(r));
  out[static_cast<std::size_t>(world.rank())] = {};
  in[static_cast<std::size_t>(world.rank())] = {};
  detail::exchange_now(world, out, in);
}

/// Reduce-scatter: of `values` (equally long everywhere) each process gets its share (`share_of`) of the elementwise
/// reduction over all, put together in the order of processes, so that the result depends on nothing else.
template <class T>
std::vector<T> reduce_scatter(Communicator& world, std::span<const T> values, Reduction reduction);

/// All-reduce, in place: every process gets the same bits.
template <class T>
void all_reduce(Communicator& world, std::span<T> values, Reduction reduction = Reduction::sum);

/// One number.
template <class T>
T all_reduced(Communicator& world, T value, Reduction reduction = Reduction::sum) {
  all_reduce(world, std::span(&value, 1), reduction);
  return value;
}

/// Sum of `value` over the processes before this one (exclusive scan).
Index sum_before(Communicator& world, Index value);

/// Everybody gets `bytes` of process `root`, of whatever length.
void broadcast(Communicator& world, std::vector<std::byte>& bytes, int root = 0);
void broadcast(Communicator& world, std::string& text, int root = 0);
/// Everybody gets `values` of process `root`, equally long everywhere.
template <class T>
void broadcast(Communicator& world, std::span<T> values, int root = 0) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto size = static_cast<std::size_t>(world.size());
  std::vector<std::span<const std::byte>> out(size);
  std::vector<std::span<std::byte>> in(size);
  if (world.rank() == root) {
    for (std::size_t r = 0; r < size; ++r) {
      if (static_cast<int>(r) != root) out[r] = std::as_bytes(values);
    }
  } else {
    in[static_cast<std::size_t>(root)] = std::as_writable_bytes(values);
  }
  detail::exchange_now(world, out, in);
}

/// Returns when every process has come here.
void barrier(Communicator& world);

extern template std::vector<float> reduce_scatter(Communicator&, std::span<const float>, Reduction);
extern template std::vector<double> reduce_scatter(Communicator&, std::span<const double>, Reduction);
extern template std::vector<Index> reduce_scatter(Communicator&, std::span<const Index>, Reduction);
extern template std::vector<std::int32_t> reduce_scatter(Communicator&, std::span<const std::int32_t>, Reduction);
extern template void all_reduce(Communicator&, std::span<float>, Reduction);
extern template void all_reduce(Communicator&, std::span<double>, Reduction);
extern template void all_reduce(Communicator&, std::span<Index>, Reduction);
extern template void all_reduce(Communicator&, std::span<std::int32_t>, Reduction);

}  // namespace monet::dist
