#include "monet/dist/collectives.h"

#include <algorithm>
#include <cassert>

namespace monet::dist {

namespace {

template <class T>
T reduced(T a, T b, Reduction reduction) {
  switch (reduction) {
    case Reduction::sum: return static_cast<T>(a + b);
    case Reduction::least: return std::min(a, b);
    case Reduction::largest: return std::max(a, b);
  }
  return a;
}

}  // namespace

Share share_of(Index count, int rank, int size) {
  return {count * rank / size, count * (rank + 1) / size};
}

namespace detail {

void exchange_now(Communicator& world, std::span<const std::span<const std::byte>> send,
                  std::span<const std::span<std::byte>> receive) {
  world.exchange(send, receive)->wait();
}

}  // namespace detail

template <class T>
std::vector<T> reduce_scatter(Communicator& world, std::span<const T> values, Reduction reduction) {
  const int size = world.size();
  const auto count = static_cast<Index>(values.size());
  const Share mine = share_of(count, world.rank(), size);
  const auto own = static_cast<std::size_t>(mine.end - mine.begin);
  std::vector<T> parts(own * static_cast<std::size_t>(size));
  std::vector<std::span<const std::byte>> out;
  std::vector<std::span<std::byte>> in;
  for (int r = 0; r < size; ++r) {
    const Share theirs = share_of(count, r, size);
    out.push_back(std::as_bytes(
        values.subspan(static_cast<std::size_t>(theirs.begin), static_cast<std::size_t>(theirs.end - theirs.begin))));
    in.push_back(std::as_writable_bytes(std::span(parts).subspan(own * static_cast<std::size_t>(r), own)));
  }
  detail::exchange_now(world, out, in);
  for (std::size_t r = 1; r < static_cast<std::size_t>(size); ++r) {
    for (std::size_t k = 0; k < own; ++k) parts[k] = reduced(parts[k], parts[r * own + k], reduction);
  }
  parts.resize(own);
  return parts;
}

namespace {

// Few values: everybody sends all of them to everybody, in one round of messages in the place of two.
template <class T>
void all_reduce_at_once(Communicator& world, std::span<T> values, Reduction reduction) {
  const auto size = static_cast<std::size_t>(world.size());
  const std::vector<T> own(values.begin(), values.end());
  std::vector<T> all(values.size() * size);
  const std::vector<std::span<const std::byte>> out(size, std::as_bytes(std::span(own)));
  std::vector<std::span<std::byte>> in;
  for (std::size_t r = 0; r < size; ++r) {
    in.push_back(std::as_writable_bytes(std::span(all).subspan(r * values.size(), values.size())));
  }
  detail::exchange_now(world, out, in);
  for (std::size_t k = 0; k < values.size(); ++k) {
    values[k] = all[k];
    for (std::size_t r = 1; r < size; ++r) values[k] = reduced(values[k], all[r * values.size() + k], reduction);
  }
}

}  // namespace

template <class T>
void all_reduce(Communicator& world, std::span<T> values, Reduction reduction) {
  constexpr std::size_t kFewBytes = 4096;
  if (world.is_alone()) return;
  const int size = world.size();
  if (values.size_bytes() * static_cast<std::size_t>(size) <= kFewBytes) {
    all_reduce_at_once(world, values, reduction);
    return;
  }
  const auto count = static_cast<Index>(values.size());
  const std::vector<T> own = reduce_scatter(world, std::span<const T>(values), reduction);
  std::vector<Share> shares;
  for (int r = 0; r < size; ++r) shares.push_back(share_of(count, r, size));
  std::copy(own.begin(), own.end(), values.begin() + shares[static_cast<std::size_t>(world.rank())].begin);
  all_gather_rows(world, shares, MatrixView<T>(values.data(), count, 1));
}

Index sum_before(Communicator& world, Index value) {
  const std::vector<Index> all = all_gather(world, std::span<const Index>(&value, 1));
  Index sum = 0;
  for (int r = 0; r < world.rank(); ++r) sum += all[static_cast<std::size_t>(r)];
  return sum;
}

void broadcast(Communicator& world, std::vector<std::byte>& bytes, int root) {
  std::uint64_t length = bytes.size();
  broadcast(world, std::span(&length, 1), root);
  bytes.resize(length);
  broadcast(world, std::span(bytes), root);
}

void broadcast(Communicator& world, std::string& text, int root) {
  std::uint64_t length = text.size();
  broadcast(world, std::span(&length, 1), root);
  text.resize(length);
  broadcast(world, std::span(text), root);
}

void barrier(Communicator& world) {
  all_reduced(world, std::int32_t{0});
}

template std::vector<float> reduce_scatter(Communicator&, std::span<const float>, Reduction);
template std::vector<double> reduce_scatter(Communicator&, std::span<const double>, Reduction);
template std::vector<Index> reduce_scatter(Communicator&, std::span<const Index>, Reduction);
template std::vector<std::int32_t> reduce_scatter(Communicator&, std::span<const std::int32_t>, Reduction);
template void all_reduce(Communicator&, std::span<float>, Reduction);
template void all_reduce(Communicator&, std::span<double>, Reduction);
template void all_reduce(Communicator&, std::span<Index>, Reduction);
template void all_reduce(Communicator&, std::span<std::int32_t>, Reduction);

}  // namespace monet::dist
