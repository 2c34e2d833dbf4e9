#include "monet/sharded/joint_file.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"
#include "monet/dist/collectives.h"
#include "monet/sharded/together.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace monet::sharded {

namespace fs = std::filesystem;

namespace {

// Writes at places of a file of a known length that processes share, and renames it when all are done.
class JointFile {
 public:
  JointFile(dist::Communicator& world, fs::path path, std::size_t bytes)
      : world_(world),
        path_(std::move(path)),
        temporary_(path_.parent_path() / ("." + path_.filename().string() + ".tmp")) {
    together(world_, [&] {
      if (!world_.is_first()) return;
      open(O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC);
      if (::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0) files::fail_io(path_, "write", errno);
    });
    together(world_, [&] {
      if (!world_.is_first()) open(O_WRONLY | O_CLOEXEC);
    });
  }
  JointFile(const JointFile&) = delete;
  JointFile& operator=(const JointFile&) = delete;
  ~JointFile() {
    if (world_.is_first() && !committed_) std::remove(temporary_.c_str());
  }

  void write_at(std::size_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t done = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) files::fail_io(path_, "write", done < 0 ? errno : ENOSPC);
      bytes = bytes.subspan(static_cast<std::size_t>(done));
      offset += static_cast<std::size_t>(done);
    }
  }

  void sync() {
    if (::fsync(file_.get()) != 0) files::fail_io(path_, "write", errno);
    if (const int error = file_.close(); error != 0) files::fail_io(path_, "write", error);
  }

  void commit() {
    together(world_, [&] {
      if (!world_.is_first()) return;
      std::error_code error;
      fs::rename(temporary_, path_, error);
      if (error) files::fail_io(path_, "write", error.value());
      const fs::path folder = path_.parent_path().empty() ? fs::path(".") : path_.parent_path();
      const files::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!opened.valid() || ::fsync(opened.get()) != 0) files::fail_io(folder, "sync", errno);
    });
    committed_ = true;
  }

 private:
  void open(int flags) {
    file_ = files::Descriptor(::open(temporary_.c_str(), flags, 0666));
    if (!file_.valid()) files::fail_io(path_, "write", errno);
  }

  dist::Communicator& world_;
  fs::path path_;
  fs::path temporary_;
  files::Descriptor file_;
  bool committed_ = false;
};

}  // namespace

void JointTensors::add(std::string name, files::Dtype dtype, std::vector<Index> shape, Index first,
                       std::span<const std::byte> own) {
  tensors_.push_back({std::move(name), dtype, std::move(shape), 0});
  pieces_.push_back({tensors_.size() - 1, static_cast<std::size_t>(first) * files::size_of(dtype), own.data(), 1,
                     own.size(), own.size()});
}

void JointTensors::add_rows(std::string name, Index rows, Index first, MatrixView<const float> own) {
  tensors_.push_back({std::move(name), files::Dtype::f32, {rows, own.cols}, 0});
  add_more_rows(first, own);
}

void JointTensors::add_more_rows(Index first, MatrixView<const float> own) {
  const auto row_bytes = static_cast<std::size_t>(own.cols) * sizeof(float);
  pieces_.push_back({tensors_.size() - 1, static_cast<std::size_t>(first) * row_bytes,
                     reinterpret_cast<const std::byte*>(own.data), static_cast<std::size_t>(own.rows), row_bytes,
                     static_cast<std::size_t>(own.stride) * sizeof(float)});
}

void JointTensors::write(dist::Communicator& world, const fs::path& path) const {
  // Where tensors lie depends on how long the head is, and times in it are each process's own: the first one's count.
  std::map<std::string, std::string> metadata = metadata_;
  for (auto& [key, value] : metadata) dist::broadcast(world, value);
  const files::SafetensorsLayout layout(tensors_, metadata);
  auto agreed = static_cast<Index>(layout.bytes);
  dist::broadcast(world, std::span(&agreed, 1));
  together(world, [&] {
    if (static_cast<Index>(layout.bytes) == agreed) return;
    fail<InternalError>("{}: process {} would write a file of {} bytes, process 0 one of {}", path.string(),
                        world.rank(), layout.bytes, agreed);
  });
  JointFile file(world, path, layout.bytes);
  together(world, [&] {
    if (world.is_first()) file.write_at(0, std::as_bytes(std::span(layout.head)));
    // Rows that lie apart are brought together a megabyte at a time.
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    std::vector<std::byte> block;
    for (const Piece& piece : pieces_) {
      std::size_t at = layout.at(tensors_[piece.tensor].name).offset + piece.offset;
      if (piece.rows <= 1 || piece.row_bytes == piece.stride_bytes) {
        file.write_at(at, {piece.data, piece.rows * piece.row_bytes});
        continue;
      }
      for (std::size_t row = 0; row < piece.rows; ++row) {
        block.insert(block.end(), piece.data + row * piece.stride_bytes,
                     piece.data + row * piece.stride_bytes + piece.row_bytes);
        if (block.size() < kBlock && row + 1 < piece.rows) continue;
        file.write_at(at, block);
        at += block.size();
        block.clear();
      }
    }
    file.sync();
  });
  file.commit();
}

void write_joint_text(dist::Communicator& world, const fs::path& path, std::string_view own) {
  const Index before = dist::sum_before(world, static_cast<Index>(own.size()));
  const Index all = dist::all_reduced(world, static_cast<Index>(own.size()));
  JointFile file(world, path, static_cast<std::size_t>(all));
  together(world, [&] {
    file.write_at(static_cast<std::size_t>(before), std::as_bytes(std::span(own)));
    file.sync();
  });
  file.commit();
}

}  // namespace monet::sharded
