#include "monet/input/byte_stream.h"

#include "monet/core/files/foreign.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace monet::input {

namespace {
constexpr std::size_t kRawBytes = std::size_t{1} << 20;
constexpr std::size_t kLeastRawBytes = std::size_t{1} << 12;
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

/// The file's bytes for an archive's reader.
class FileStream::Raw : public RawBytes {
 public:
  explicit Raw(FileStream& stream) : stream_(stream) {}
  std::span<const char> next() override { return stream_.more_raw(); }
  void seek(Index place) override {
    if (::lseek(stream_.file_.get(), place, SEEK_SET) < 0) files::fail_io(stream_.path_, "read", errno);
  }
  Index size() const override { return stream_.total_; }

 private:
  FileStream& stream_;
};

FileStream::FileStream(std::filesystem::path path, const Watch& watch, Content content)
    : path_(std::move(path)), watch_(watch) {
  open();
  // For a small file most of it would be zeroes; a size of 0 may be a lie (/proc).
  raw_.resize(total_ > 0 ? std::clamp<std::size_t>(static_cast<std::size_t>(total_), kLeastRawBytes, kRawBytes)
                         : kRawBytes);
  rest_ = more_raw();
  choose_decoder();
  look_inside(content);
}

FileStream::~FileStream() = default;

void FileStream::open() {
  file_ = files::Descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file_.valid() && errno == ENOTDIR) {
    MemberPath parts = split_member_path(path_);
    if (parts.member.empty()) files::fail_io(path_, "read", ENOTDIR);
    path_ = std::move(parts.file);
    member_ = std::move(parts.member);
    file_ = files::Descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  }
  if (!file_.valid()) files::fail_io(path_, "read", errno);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) files::fail_io(path_, "read", errno);
  if (S_ISDIR(status.st_mode)) files::fail_io(path_, "read", EISDIR);
  total_ = status.st_size;
}

void FileStream::choose_decoder() {
  using Kind = files::ForeignKind;
  using Layout = ArchiveReader::Layout;
  const auto begin_archive = [&](Layout layout) {
    decoder_.reset();
    hasher_ = {};
    done_ = 0;
    in_order_ = layout == Layout::stream;
    bytes_of_archive_ = std::make_unique<Raw>(*this);
    archive_ = std::make_unique<ArchiveReader>(path_, *bytes_of_archive_, layout, member_);
  };
  switch (files::foreign_kind({rest_.data(), rest_.size()})) {
    case Kind::zip: return begin_archive(Layout::zip);
    case Kind::xz:
    case Kind::lzma:
    case Kind::bzip2:
    case Kind::lz4:
    case Kind::lzip:
    case Kind::compress:
    case Kind::tar: return begin_archive(Layout::stream);
    case Kind::gzip: decoder_ = std::make_unique<Gzip>(path_); break;
    case Kind::zstd: decoder_ = std::make_unique<Zstd>(path_); break;
    default:
      if (!member_.empty()) files::fail_io(path_ / member_, "read", ENOTDIR);
      return;
  }
  // A compressed tar archive looks like one only now.
  first_.resize(files::kForeignBytes);
  std::size_t size = 0;
  while (size < first_.size()) {
    const std::size_t count = read_through(std::span(first_).subspan(size));
    if (count == 0) break;
    size += count;
  }
  first_.resize(size);
  if (files::foreign_kind({first_.data(), size}) != Kind::tar) return;
  first_.clear();
  begin_archive(Layout::stream);
}

/// Decodes the first bytes, and refuses a text that is none.
void FileStream::look_inside(Content content) {
  if (content == Content::any) return;
  if (decoder_ == nullptr && archive_ == nullptr) {
    files::refuse_foreign(path_.string(), {rest_.data(), rest_.size()}, files::Wanted::table);
    return;
  }
  if (archive_ != nullptr) {
    first_.resize(files::kForeignBytes);
    first_.resize(archive_->read(first_));
  }
  files::refuse_foreign(path_.string(), {first_.data(), first_.size()}, files::Wanted::table);
}

std::string FileStream::hash() const {
  return in_order_ ? hasher_.hex() : files::hash_file(path_);
}

std::span<const char> FileStream::more_raw() {
  if (watch_.stop.load()) fail<Interrupted>("interrupted; nothing was written");
  for (;;) {
    const ssize_t got = ::read(file_.get(), raw_.data(), raw_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) files::fail_io(path_, "read", errno);
    const std::span<const char> piece(raw_.data(), static_cast<std::size_t>(got));
    done_ = std::min(total_, done_ + got);
    if (in_order_) hasher_.add(std::as_bytes(piece));
    watch_.observer.on_bytes(path_.filename().string(), done_, total_);
    return piece;
  }
}

/// What an archive has behind its last member.
void FileStream::drain() {
  while (in_order_ && !more_raw().empty()) {
  }
  done_ = total_;
}

std::size_t FileStream::read(std::span<char> target) {
  if (target.empty()) return 0;
  if (first_at_ < first_.size()) {
    const std::size_t count = std::min(target.size(), first_.size() - first_at_);
    std::memcpy(target.data(), first_.data() + first_at_, count);
    first_at_ += count;
    return count;
  }
  if (archive_ == nullptr) return read_through(target);
  const std::size_t count = archive_->read(target);
  if (count == 0) drain();
  return count;
}

std::size_t FileStream::read_through(std::span<char> target) {
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
