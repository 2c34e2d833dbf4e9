#pragma once

#include "monet/core/files/safetensors_layout.h"
#include "monet/core/view.h"
#include "monet/dist/communicator.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::sharded {

/// A safetensors file that all processes write together, each its own rows. What comes out is the file that one process
/// would have written.
class JointTensors {
 public:
  /// A tensor of `shape` of which this process has `own` from element `first` on (in C order). Views must live until
  /// `write`. Every process names the same tensors in the same order.
  void add(std::string name, files::Dtype dtype, std::vector<Index> shape, Index first, std::span<const std::byte> own);
  /// The same of rows, whatever their stride.
  void add_rows(std::string name, Index rows, Index first, MatrixView<const float> own);
  /// More rows of the tensor named last.
  void add_more_rows(Index first, MatrixView<const float> own);
  /// What every process has: process 0 writes it.
  template <class T>
  // NOLINTNEXTLINE(performance-unnecessary-value-param): both are moved on, which the check does not see in a template.
  void add_whole(const dist::Communicator& world, std::string name, std::vector<Index> shape,
                 std::span<const T> values) {
    add(std::move(name), files::dtype_of<T>(), std::move(shape), 0,
        world.is_first() ? std::as_bytes(values) : std::span<const std::byte>());
  }
  /// Every process sets the same keys; the values of process 0 are written.
  void set_metadata(std::string key, std::string value) { metadata_[std::move(key)] = std::move(value); }

  /// Under a temporary name, synced by everyone, then renamed. Throws IoError, in every process alike, and
  /// InternalError where processes named other tensors. Collective.
  void write(dist::Communicator& world, const std::filesystem::path& path) const;

 private:
  struct Piece {
    std::size_t tensor;
    std::size_t offset;  // in bytes, within the tensor
    const std::byte* data;
    std::size_t rows, row_bytes, stride_bytes;
  };
  std::vector<files::TensorPlace> tensors_;
  std::vector<Piece> pieces_;
  std::map<std::string, std::string> metadata_;
};

/// A text that is everybody's, one after the other; as JointTensors::write.
void write_joint_text(dist::Communicator& world, const std::filesystem::path& path, std::string_view own);

}  // namespace monet::sharded
