#include "monet/core/error.h"
#include "monet/models/detail/item_graphs.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

// Layout: rows and number of entries, then indptr, indices and values, each as it lies in memory.

namespace monet::models::detail {

namespace {

template <class T>
std::byte* put(std::byte* at, const T* values, std::size_t count) {
  const std::size_t bytes = count * sizeof(T);
  if (bytes > 0) std::memcpy(at, values, bytes);
  return at + bytes;
}

/// The next `count` values; the caller has seen to it that they are there.
template <class T>
std::vector<T> take(std::span<const std::byte>& bytes, std::size_t count) {
  std::vector<T> values(count);
  if (count > 0) std::memcpy(values.data(), bytes.data(), count * sizeof(T));
  bytes = bytes.subspan(count * sizeof(T));
  return values;
}

[[noreturn]] void damaged(const char* what) {
  fail<DataError>("[checkpoint] the item graph of the checkpoint is damaged ({}); train again with `force`", what);
}

}  // namespace

std::vector<std::byte> to_bytes(const ItemMatrix& matrix) {
  const Csr& csr = matrix.pattern->csr;
  const Index sizes[] = {csr.rows(), csr.nnz()};
  const auto values = static_cast<std::size_t>(matrix.values.size());
  std::vector<std::byte> bytes(sizeof(sizes) + csr.indptr().size_bytes() + csr.indices().size_bytes() +
                               values * sizeof(float));
  std::byte* at = put(bytes.data(), sizes, 2);
  at = put(at, csr.indptr().data(), csr.indptr().size());
  at = put(at, csr.indices().data(), csr.indices().size());
  put(at, matrix.values.data(), values);
  return bytes;
}

ItemMatrix item_matrix_of(std::span<const std::byte> bytes, Index items) {
  if (bytes.size() < 2 * sizeof(Index)) damaged("it is cut off");
  const std::vector<Index> sizes = take<Index>(bytes, 2);
  if (sizes[0] != items) damaged("it is of another number of items");
  constexpr std::size_t kEntryBytes = sizeof(std::int32_t) + sizeof(float);
  const std::size_t head = (static_cast<std::size_t>(items) + 1) * sizeof(Index);
  if (sizes[1] < 0 || bytes.size() < head || (bytes.size() - head) % kEntryBytes != 0 ||
      (bytes.size() - head) / kEntryBytes != static_cast<std::size_t>(sizes[1])) {
    damaged("its length does not fit its sizes");
  }
  const auto entries = static_cast<std::size_t>(sizes[1]);
  std::vector<Index> indptr = take<Index>(bytes, static_cast<std::size_t>(items) + 1);
  std::vector<std::int32_t> indices = take<std::int32_t>(bytes, entries);
  const std::vector<float> values = take<float>(bytes, entries);
  for (const float value : values) {
    if (!std::isfinite(value)) damaged("it has a value that is not finite");
  }
  ItemMatrix out;
  try {
    out.pattern =
        std::make_shared<const autograd::SparsePattern>(Csr(items, items, std::move(indptr), std::move(indices)));
  } catch (const InvalidArgument&) {
    damaged("its pattern is not one");
  }
  out.values = Matrix<float>::copy_of({values.data(), sizes[1], 1});
  return out;
}

}  // namespace monet::models::detail
