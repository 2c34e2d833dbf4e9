#pragma once

#include "monet/core/buffer.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/matrix.h"
#include "monet/core/view.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace monet::files {

enum class Dtype { boolean, u8, i8, u16, i16, f16, bf16, u32, i32, f32, u64, i64, f64 };

/// Bytes of one element.
std::size_t size_of(Dtype dtype);
/// The format's name: "F32", "BF16", "I64", …
std::string_view name_of(Dtype dtype);

/// The dtype that stores a C++ type. bfloat16 is stored as std::uint16_t here and has to be named: `Dtype::bf16`.
template <class T>
constexpr Dtype dtype_of() {
  using U = std::remove_const_t<T>;
  if constexpr (std::is_same_v<U, float>)
    return Dtype::f32;
  else if constexpr (std::is_same_v<U, double>)
    return Dtype::f64;
  else if constexpr (std::is_same_v<U, std::int64_t>)
    return Dtype::i64;
  else if constexpr (std::is_same_v<U, std::int32_t>)
    return Dtype::i32;
  else if constexpr (std::is_same_v<U, std::uint64_t>)
    return Dtype::u64;
  else if constexpr (std::is_same_v<U, std::uint32_t>)
    return Dtype::u32;
  else if constexpr (std::is_same_v<U, std::uint8_t>)
    return Dtype::u8;
  else
    static_assert(sizeof(T) == 0, "no dtype for this type; name one");
}

/// Writes a safetensors file. Tensors are views: they must outlive `write`. The header is padded with spaces so that
/// the data starts at a multiple of 64 bytes; tensors whose size is a multiple of 64 come first, then the wider dtypes,
/// so that every tensor is aligned for its elements and all but a few small ones to a cache line, without holes
/// (safetensors_layout.h).
class SafetensorsWriter {
 public:
  /// Stored as [rows, cols], whatever the stride. Throws InvalidArgument for a name that is there already.
  template <class T>
  // NOLINTNEXTLINE(performance-unnecessary-value-param): it is moved on, which the check does not see in a template.
  void add(std::string name, MatrixView<const T> values) {
    add_rows(std::move(name), dtype_of<T>(), {values.rows, values.cols}, values.data, values.rows,
             row_bytes<T>(values.cols), row_bytes<T>(values.stride));
  }
  template <class T>
  void add(std::string name, MatrixView<T> values) {
    add(std::move(name), MatrixView<const T>(values));
  }
  /// Stored as [size].
  template <class T>
  void add(std::string name, std::span<const T> values) {
    add(std::move(name), dtype_of<T>(), {static_cast<Index>(values.size())}, std::as_bytes(values));
  }
  /// Any dtype and rank. Throws InvalidArgument when shape and bytes disagree.
  void add(std::string name, Dtype dtype, std::vector<Index> shape, std::span<const std::byte> bytes);
  /// An entry of `__metadata__`.
  void set_metadata(std::string key, std::string value);

  /// Writes atomically (see AtomicFile). Throws IoError.
  void write(const std::filesystem::path& path) const;

 private:
  struct Entry {
    std::string name;
    Dtype dtype;
    std::vector<Index> shape;
    const std::byte* data;
    std::size_t rows;
    std::size_t row_bytes;
    std::size_t stride_bytes;
    std::size_t bytes() const { return rows * row_bytes; }
  };

  template <class T>
  static std::size_t row_bytes(Index elements) {
    return static_cast<std::size_t>(elements) * sizeof(T);
  }
  void add_rows(std::string name, Dtype dtype, std::vector<Index> shape, const void* data, Index rows,
                std::size_t row_bytes, std::size_t stride_bytes);

  std::vector<Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

/// One tensor of an opened file.
struct Tensor {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<Index> shape;
  std::span<const std::byte> bytes;  // aligned for the dtype

  Index size() const;
  /// "F32 [3, 4]".
  std::string describe() const;
};

/// An opened safetensors file: a memory map and typed views into it. Every length, offset, shape and overlap is checked
/// on opening. The views live as long as this object; moving it keeps them valid.
class Safetensors {
 public:
  Safetensors() = default;
  /// Maps `path`. Throws IoError, and DataError naming the file and what is wrong in it.
  explicit Safetensors(const std::filesystem::path& path);
  /// Reads from memory that must outlive the object; `name` stands for the file in messages. Throws DataError.
  Safetensors(std::span<const std::byte> bytes, std::string name);

  const std::string& name() const { return name_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// Null when there is none of that name.
  const Tensor* find(std::string_view name) const;
  /// Throws DataError naming the file when there is none.
  const Tensor& at(std::string_view name) const;
  /// A tensor of rank 2, or rank 1 as a single row [1, n]. Throws DataError for another rank or dtype.
  template <class T>
  MatrixView<const T> matrix(std::string_view name) const {
    const Tensor& tensor = checked(name, dtype_of<T>(), 2);
    const Index rows = tensor.shape.size() == 2 ? tensor.shape[0] : 1;
    return {reinterpret_cast<const T*>(tensor.bytes.data()), rows, tensor.shape.back()};
  }
  /// A tensor of rank 2, or rank 1 as a column [n, 1] (as of .npy), of any dtype, as float32: what is wider is rounded,
  /// and what is beyond float32 becomes infinite. O(size). Throws DataError for another rank.
  Matrix<float> floats(std::string_view name) const;
  /// All values of a tensor of any rank, in C order. Throws DataError for another dtype.
  template <class T>
  std::span<const T> values(std::string_view name) const {
    const Tensor& tensor = checked(name, dtype_of<T>(), 0);
    return {reinterpret_cast<const T*>(tensor.bytes.data()), static_cast<std::size_t>(tensor.size())};
  }

 private:
  void parse(std::span<const std::byte> bytes);
  /// `rank` 2 admits ranks 1 and 2, 0 admits any.
  const Tensor& checked(std::string_view name, Dtype dtype, std::size_t rank) const;

  std::string name_;
  MappedFile file_;
  std::vector<Tensor> tensors_;
  std::map<std::string, std::string> metadata_;
  std::deque<Buffer> copies_;  // tensors that another writer left unaligned
};

}  // namespace monet::files
