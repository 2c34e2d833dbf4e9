#pragma once

#include <cstddef>
#include <memory>

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
  /// Somebody else's bytes, of any alignment, which `owner` keeps where they are. They are only read: nothing is
  /// written through `data`.
  static Buffer borrowed(const void* data, std::size_t bytes, std::shared_ptr<const void> owner);
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
  std::shared_ptr<const void> owner_;  // of borrowed bytes; null: our own
  Device device_ = Device::host;
};

}  // namespace monet
