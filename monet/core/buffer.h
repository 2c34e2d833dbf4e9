#pragma once

#include <cstddef>

namespace monet {

/// Where a buffer's bytes live. Only the host exists today; the field is there so that a second device changes
/// allocation, not interfaces.
enum class Device { host };

/// Owns uninitialised bytes, 64-byte aligned (a cache line and an AVX-512 register). Large buffers ask the kernel for
/// huge pages: random gathers over tens of megabytes otherwise spend their time on TLB misses. Movable, not copyable.
class Buffer {
 public:
  Buffer() = default;
  /// Allocates `bytes` bytes (none for 0). Throws std::bad_alloc.
  explicit Buffer(std::size_t bytes, Device device = Device::host);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  void* data() { return data_; }
  const void* data() const { return data_; }
  std::size_t size() const { return size_; }
  Device device() const { return device_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
  Device device_ = Device::host;
};

}  // namespace monet
