#include "monet/input/byte_stream.h"

#include "monet/core/files/foreign.h"
#include "monet/input/archive.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace monet::input {

namespace {
constexpr std::size_t kRawBytes = std::size_t{1} << 20;

/// What ArchiveStream reads. A zip of known members (a workbook, …) has a kind of its own.
bool is_container(files::ForeignKind kind) {
  using Kind = files::ForeignKind;
  constexpr std::array kContainers = {Kind::zip,   Kind::seven_zip, Kind::tar,  Kind::xz,      Kind::lzma,
                                      Kind::bzip2, Kind::lz4,       Kind::lzip, Kind::compress};
  return std::find(kContainers.begin(), kContainers.end(), kind) != kContainers.end();
}

/// The last bytes of a file, where a zip file lists its members.
std::string tail_of(const std::filesystem::path& path) {
  constexpr std::streamoff kTail = 1 << 16;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  std::string tail(static_cast<std::size_t>(std::min(size, kTail)), '\0');
  file.seekg(size - static_cast<std::streamoff>(tail.size()));
  file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  return tail;
}
}  // namespace

std::size_t MemoryStream::read(std::span<char> target) {
  const std::size_t count = std::min(target.size(), rest_.size());
  if (count > 0) std::memcpy(target.data(), rest_.data(), count);
  rest_.remove_prefix(count);
  return count;
}

/// Turns raw bytes into plain ones: takes from the front of `raw`, returns how many bytes it wrote.
class FileStream::Decoder {
 public:
  virtual ~Decoder() = default;
  virtual std::size_t decode(std::span<const char>& raw, std::span<char> target) = 0;
  /// Whether the raw bytes may end here.
  virtual bool complete() const = 0;
  virtual const char* name() const = 0;
};

class FileStream::Gzip : public FileStream::Decoder {
 public:
  explicit Gzip(const std::filesystem::path& path) : path_(path) {
    constexpr int kGzipOnly = 16;
    if (inflateInit2(&state_, MAX_WBITS + kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { inflateEnd(&state_); }

  std::size_t decode(std::span<const char>& raw, std::span<char> target) override {
    if (complete_) {  // another member, or zeros that pad the file
      if (raw.front() == '\0') {
        raw = {};
        return 0;
      }
      inflateReset(&state_);
      complete_ = false;
    }
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
    state_.avail_in = static_cast<uInt>(raw.size());
    state_.next_out = reinterpret_cast<Bytef*>(target.data());
    state_.avail_out = static_cast<uInt>(std::min(target.size(), kRawBytes));
    const uInt room = state_.avail_out;
    const int result = inflate(&state_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      fail<Unreadable>("{}: the gzip stream is damaged ({}); fetch the file again", path_.string(),
                       state_.msg != nullptr ? state_.msg : "no gzip data");
    }
    complete_ = result == Z_STREAM_END;
    raw = raw.subspan(raw.size() - state_.avail_in);
    return room - state_.avail_out;
  }
  bool complete() const override { return complete_; }
  const char* name() const override { return "gzip"; }

 private:
  std::filesystem::path path_;
  z_stream state_{};
  bool complete_ = false;
};

class FileStream::Zstd : public FileStream::Decoder {
 public:
  explicit Zstd(const std::filesystem::path& path) : path_(path), state_(ZSTD_createDCtx()) {
    if (state_ == nullptr) throw std::bad_alloc();
  }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() override { ZSTD_freeDCtx(state_); }

  std::size_t decode(std::span<const char>& raw, std::span<char> target) override {
    ZSTD_inBuffer in{raw.data(), raw.size(), 0};
    ZSTD_outBuffer out{target.data(), target.size(), 0};
    const std::size_t left = ZSTD_decompressStream(state_, &out, &in);
    if (ZSTD_isError(left) != 0) {
      fail<Unreadable>("{}: the Zstandard stream is damaged ({}); fetch the file again", path_.string(),
                       ZSTD_getErrorName(left));
    }
    complete_ = left == 0;
    raw = raw.subspan(in.pos);
    return out.pos;
  }
  bool complete() const override { return complete_; }
  const char* name() const override { return "Zstandard"; }

 private:
  std::filesystem::path path_;
  ZSTD_DCtx* state_;
  bool complete_ = false;
};

FileStream::FileStream(std::filesystem::path path, const Watch& watch, Content content)
    : path_(std::move(path)),
      watch_(watch),
      file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)),
      looked_(content == Content::bytes) {
  if (!file_.valid()) files::fail_io(path_, "read", errno);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) files::fail_io(path_, "read", errno);
  if (S_ISDIR(status.st_mode)) files::fail_io(path_, "read", EISDIR);
  total_ = status.st_size;
  raw_.resize(kRawBytes);
  rest_ = more_raw();
  const std::string_view magic(rest_.data(), std::min<std::size_t>(rest_.size(), 4));
  if (magic.substr(0, 2) == "\x1f\x8b") {
    decoder_ = std::make_unique<Gzip>(path_);
  } else if (magic == "\x28\xb5\x2f\xfd") {
    decoder_ = std::make_unique<Zstd>(path_);
  } else if (!looked_) {
    const files::ForeignKind kind = files::foreign_kind({rest_.data(), rest_.size()}, tail_of(path_));
    if (is_container(kind)) {
      archive_ = std::make_unique<ArchiveStream>(path_, watch_);
    } else {
      refuse(kind);
    }
  }
}

FileStream::~FileStream() = default;

void FileStream::refuse(files::ForeignKind kind) const {
  if (kind == files::ForeignKind::none) return;
  try {
    files::fail_foreign(path_.string(), kind, files::Wanted::table);
  } catch (const DataError& error) {
    throw Unreadable(error.what());
  }
}

std::span<const char> FileStream::more_raw() {
  if (watch_.stop.load()) fail<Interrupted>("interrupted; nothing was written");
  for (;;) {
    const ssize_t got = ::read(file_.get(), raw_.data(), raw_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) files::fail_io(path_, "read", errno);
    const std::span<const char> piece(raw_.data(), static_cast<std::size_t>(got));
    done_ += got;
    hasher_.add(std::as_bytes(piece));
    watch_.observer.on_bytes(path_.filename().string(), done_, total_);
    return piece;
  }
}

std::size_t FileStream::read(std::span<char> target) {
  if (target.empty()) return 0;
  if (archive_ != nullptr) return archive_->read(target);
  std::size_t count = read_plain(target);
  if (looked_ || count == 0) return count;
  looked_ = true;
  while (count < std::min(files::kForeignBytes, target.size())) {
    const std::size_t more = read_plain(target.subspan(count));
    if (more == 0) break;
    count += more;
  }
  const files::ForeignKind kind = files::foreign_kind({target.data(), count});
  if (kind == files::ForeignKind::tar) {
    archive_ = std::make_unique<ArchiveStream>(path_, watch_);
    return read(target);
  }
  refuse(kind);
  return count;
}

std::string FileStream::hash() const {
  return archive_ != nullptr ? files::hash_file(path_) : hasher_.hex();
}

std::size_t FileStream::read_plain(std::span<char> target) {
  for (;;) {
    if (rest_.empty()) rest_ = more_raw();
    if (rest_.empty() && decoder_ != nullptr && !decoder_->complete()) {
      // What the decoder still holds comes out without input; when nothing does, the stream was cut.
      const std::size_t count = decoder_->decode(rest_, target);
      if (count > 0) return count;
      fail<Unreadable>("{}: the {} stream is cut off after {} bytes; fetch the file again", path_.string(),
                       decoder_->name(), done_);
    }
    if (rest_.empty()) return 0;
    if (decoder_ == nullptr) {
      const std::size_t count = std::min(target.size(), rest_.size());
      std::memcpy(target.data(), rest_.data(), count);
      rest_ = rest_.subspan(count);
      return count;
    }
    if (const std::size_t count = decoder_->decode(rest_, target); count > 0) return count;
  }
}

}  // namespace monet::input
