#include "monet/input/archive.h"

#include <fmt/ranges.h>
#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <utility>

namespace monet::input {

namespace {
namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

/// Whether an entry is about the data and not the data.
bool is_beside_the_point(const std::string& name) {
  if (name.starts_with("__MACOSX/")) return true;
  std::string last = fs::path(name).filename().string();
  if (last.empty() || last.front() == '.') return true;
  std::transform(last.begin(), last.end(), last.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  constexpr std::array<std::string_view, 6> kNotes = {"README", "LICENSE",   "LICENCE",
                                                      "NOTICE", "CHANGELOG", "CITATION"};
  return std::any_of(kNotes.begin(), kNotes.end(), [&](std::string_view note) { return last.starts_with(note); });
}
}  // namespace

/// libarchive's reader, freed on every way out.
struct ArchiveStream::Handle {
  archive* reader;
  const fs::path& path;
  archive_entry* entry = nullptr;

  explicit Handle(const fs::path& file) : reader(archive_read_new()), path(file) {
    if (reader == nullptr) throw std::bad_alloc();
    archive_read_support_filter_all(reader);
    archive_read_support_format_tar(reader);
    archive_read_support_format_gnutar(reader);
    archive_read_support_format_zip(reader);
    archive_read_support_format_7zip(reader);
    archive_read_support_format_raw(reader);
    if (archive_read_open_filename(reader, path.c_str(), kBlockBytes) != ARCHIVE_OK) damaged();
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { archive_read_free(reader); }

  [[noreturn]] void damaged() const {
    const char* text = archive_error_string(reader);
    fail<Unreadable>("{}: the archive is damaged or cut off ({}); fetch the file again", path.string(),
                     text != nullptr ? text : "no more is known");
  }

  /// Goes to the next data file; false at the end.
  bool next() {
    for (;;) {
      const int result = archive_read_next_header(reader, &entry);
      if (result == ARCHIVE_EOF) return false;
      if (result < ARCHIVE_WARN) damaged();
      if (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != 0) continue;
      if (!is_beside_the_point(name())) return true;
    }
  }
  /// A compressed file that is no archive has one entry, called "data".
  std::string name() const {
    const char* text = archive_entry_pathname_utf8(entry);
    if (text == nullptr) text = archive_entry_pathname(entry);
    return text != nullptr ? text : "?";
  }
  void refuse_encrypted() const {
    if (archive_entry_is_encrypted(entry) != 0) {
      fail<Unreadable>("{}: '{}' in it is encrypted; unpack it, and give what is in it", path.string(), name());
    }
  }
};

ArchiveStream::ArchiveStream(fs::path path, const Watch& watch)
    : path_(std::move(path)), watch_(watch), total_(static_cast<Index>(fs::file_size(path_))) {
  std::vector<std::string> names;
  {
    Handle listing(path_);
    while (listing.next()) {
      if (watch_.stop.load()) fail<Interrupted>("interrupted; nothing was written");
      listing.refuse_encrypted();
      names.push_back(listing.name());
      if (archive_format(listing.reader) == ARCHIVE_FORMAT_RAW) break;
    }
  }
  if (names.empty()) fail<Unreadable>("{}: the archive holds no data file", path_.string());
  if (names.size() > 1) {
    const std::size_t others = names.size() > 4 ? names.size() - 4 : 0;
    names.resize(names.size() - others);
    fail<Unreadable>("{}: the archive holds several files ({}{}); unpack it, and name the one or the folder",
                     path_.string(), fmt::join(names, ", "), others > 0 ? fmt::format(" and {} more", others) : "");
  }
  handle_ = std::make_unique<Handle>(path_);
  if (!handle_->next()) handle_->damaged();
}

ArchiveStream::~ArchiveStream() = default;

std::size_t ArchiveStream::read(std::span<char> target) {
  if (target.empty()) return 0;
  if (watch_.stop.load()) fail<Interrupted>("interrupted; nothing was written");
  const la_ssize_t count = archive_read_data(handle_->reader, target.data(), target.size());
  if (count < 0) handle_->damaged();
  watch_.observer.on_bytes(path_.filename().string(), bytes_read(), total_);
  return static_cast<std::size_t>(count);
}

Index ArchiveStream::bytes_read() const {
  return archive_filter_bytes(handle_->reader, -1);
}

}  // namespace monet::input
