#include "monet/core/buffer.h"

#include <sys/mman.h>

#include <new>
#include <utility>

namespace monet {

namespace {
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::size_t alignment_of(std::size_t bytes) {
  return bytes >= kHugePage / 2 ? kHugePage : kAlignment;
}
}  // namespace

Buffer::Buffer(std::size_t bytes, Device device) : size_(bytes), device_(device) {
  if (bytes == 0) return;
  const std::size_t alignment = alignment_of(bytes);
  // Rounded up, so that the last part of a large buffer gets a huge page too.
  const std::size_t allocated = (bytes + alignment - 1) / alignment * alignment;
  data_ = ::operator new (allocated, std::align_val_t{alignment});
  // Advice only: a kernel without transparent huge pages refuses it, and nothing but speed is lost.
  if (alignment == kHugePage) static_cast<void>(madvise(data_, allocated, MADV_HUGEPAGE));
}

Buffer Buffer::borrowed(const void* data, std::size_t bytes, std::shared_ptr<const void> owner) {
  Buffer buffer;
  buffer.data_ = const_cast<void*>(data);
  buffer.size_ = bytes;
  buffer.owner_ = std::move(owner);
  return buffer;
}

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      owner_(std::move(other.owner_)),
      device_(other.device_) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(owner_, other.owner_);
  std::swap(device_, other.device_);
  return *this;
}

Buffer::~Buffer() {
  if (data_ == nullptr || owner_) return;
  ::operator delete (data_, std::align_val_t{alignment_of(size_)});
}

}  // namespace monet
