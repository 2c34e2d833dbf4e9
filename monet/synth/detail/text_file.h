#pragma once

#include "monet/core/files/atomic.h"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <string_view>
#include <utility>

namespace monet::synth::detail {

/// Collects text and hands it on in large pieces.
class TextFile {
 public:
  explicit TextFile(const std::filesystem::path& path) : file_(path) {}
  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Args>(args)...);
    if (buffer_.size() > (std::size_t{1} << 20)) flush();
  }
  void commit() {
    flush();
    file_.commit();
  }

 private:
  void flush() {
    file_.write(std::string_view(buffer_.data(), buffer_.size()));
    buffer_.clear();
  }
  files::AtomicFile file_;
  fmt::memory_buffer buffer_;
};

}  // namespace monet::synth::detail
