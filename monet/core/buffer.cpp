#include "monet/core/buffer.h"

#include <sys/mman.h>

#include <new>
#include <utility>

namespace monet {

namespace {
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}  // namespace

Buffer::Buffer(std::size_t bytes, Device device) : size_(bytes), device_(device) {
  if (bytes == 0) return;
  const bool large = bytes >= 2 * kHugePage;
  const std::size_t alignment = large ? kHugePage : kAlignment;
  data_ = ::operator new (bytes, std::align_val_t{alignment});
  // Advice only: a kernel without transparent huge pages refuses it, and nothing but speed is lost.
  if (large) static_cast<void>(madvise(data_, bytes, MADV_HUGEPAGE));
}

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), device_(other.device_) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(device_, other.device_);
  return *this;
}

Buffer::~Buffer() {
  if (data_ == nullptr) return;
  const std::size_t alignment = size_ >= kHugePage / 2 ? kHugePage : kAlignment;
  ::operator delete (data_, std::align_val_t{alignment});
}

}  // namespace monet
