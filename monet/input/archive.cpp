#include "monet/input/archive.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/input/byte_stream.h"
#include "monet/input/file_name.h"

#include <fmt/ranges.h>
#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace monet::input {

namespace fs = std::filesystem;

namespace {
/// Members that are there for people or for a system, not for programs.
bool is_beside_the_data(const std::string& member) {
  if (member.starts_with("__MACOSX/") || member.find("/__MACOSX/") != member.npos || member.ends_with('/')) return true;
  const fs::path path(member);
  std::string name = path.filename().string();
  if (name.empty() || name.front() == '.') return true;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  if (name == "thumbs.db" || name == "desktop.ini") return true;
  for (const std::string_view start : {"readme", "license", "licence", "copying", "changelog", "citation"}) {
    if (name.starts_with(start)) return true;
  }
  for (const std::string_view end : {".md", ".pdf", ".html", ".htm", ".rst", ".bib", ".md5", ".sha256"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

bool is_called_as_data(const std::string& member) {
  constexpr std::array<std::string_view, 11> kExtensions = {"json", "jsonl", "ndjson", "csv",  "tsv", "txt",
                                                            "dat",  "inter", "data",   "item", "b"};
  const std::string extension = content_extension(member);
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 8;
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, names.size())));
  return fmt::format("{}{}", fmt::join(first, ", "),
                     names.size() > kMost ? fmt::format(" and {} more", names.size() - kMost) : "");
}
/// The compressions that are read, by the libraries that libarchive was built with: without one it would start a
/// program of that name, and of the others that it knows some always do (lrzip, grzip) or may sit in a text (uuencode).
void support_filters(::archive* archive) {
  using Version = const char* (*)();
  struct Filter {
    Version built_in;  // nullptr: always
    int (*support)(::archive*);
  };
  static constexpr std::array<Filter, 8> kFilters = {{{&::archive_zlib_version, &::archive_read_support_filter_gzip},
                                                      {&::archive_bzlib_version, &::archive_read_support_filter_bzip2},
                                                      {&::archive_liblzma_version, &::archive_read_support_filter_xz},
                                                      {&::archive_liblzma_version, &::archive_read_support_filter_lzma},
                                                      {&::archive_liblzma_version, &::archive_read_support_filter_lzip},
                                                      {&::archive_liblz4_version, &::archive_read_support_filter_lz4},
                                                      {&::archive_libzstd_version, &::archive_read_support_filter_zstd},
                                                      {nullptr, &::archive_read_support_filter_compress}}};
  for (const Filter& filter : kFilters) {
    if (filter.built_in == nullptr || filter.built_in() != nullptr) filter.support(archive);
  }
}
}  // namespace

/// libarchive's reader, and what goes wrong in the bytes that it asks for: nothing may be thrown through it.
struct ArchiveReader::Handle {
  explicit Handle(RawBytes& raw) : bytes(raw), archive(::archive_read_new()) {
    if (archive == nullptr) throw std::bad_alloc();
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { ::archive_read_free(archive); }

  static la_ssize_t read(::archive*, void* self, const void** piece) {
    auto& handle = *static_cast<Handle*>(self);
    try {
      const std::span<const char> bytes = handle.bytes.next();
      *piece = bytes.data();
      handle.at += static_cast<Index>(bytes.size());
      return static_cast<la_ssize_t>(bytes.size());
    } catch (...) {
      handle.thrown = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }
  static la_int64_t seek(::archive*, void* self, la_int64_t offset, int whence) {
    auto& handle = *static_cast<Handle*>(self);
    try {
      const Index from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? handle.at : handle.bytes.size();
      const Index place = std::clamp<Index>(from + offset, 0, handle.bytes.size());
      handle.bytes.seek(place);
      handle.at = place;
      return place;
    } catch (...) {
      handle.thrown = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }
  void rethrow() {
    if (thrown != nullptr) std::rethrow_exception(std::exchange(thrown, nullptr));
  }

  RawBytes& bytes;
  ::archive* archive;
  ::archive_entry* entry = nullptr;
  Index at = 0;
  std::exception_ptr thrown;
};

ArchiveReader::ArchiveReader(fs::path file, RawBytes& bytes, Layout layout, std::string member)
    : file_(std::move(file)), bytes_(bytes), layout_(layout), member_(std::move(member)) {
  if (layout_ == Layout::zip) {
    if (member_.empty()) choose_zip_member();
    open();
    while (next_member()) {
      if (current_ == member_) return;
    }
    fail<Unreadable>("{}: there is no member '{}' in it", file_.string(), member_);
  }
  open();
  choose_tar_member();
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::open() {
  handle_.reset();
  bytes_.seek(0);
  handle_ = std::make_unique<Handle>(bytes_);
  ::archive* archive = handle_->archive;
  if (layout_ == Layout::zip) {
    ::archive_read_support_format_zip_seekable(archive);
    ::archive_read_set_seek_callback(archive, &Handle::seek);
  } else {
    support_filters(archive);
    ::archive_read_support_format_tar(archive);
    ::archive_read_support_format_empty(archive);
    ::archive_read_support_format_raw(archive);
  }
  ::archive_read_set_read_callback(archive, &Handle::read);
  ::archive_read_set_callback_data(archive, handle_.get());
  if (::archive_read_open1(archive) != ARCHIVE_OK) fail_damaged();
}

void ArchiveReader::fail_damaged() {
  handle_->rethrow();
  const char* reason = ::archive_error_string(handle_->archive);
  const std::string text = reason != nullptr ? reason : "no reason is given";
  const bool zip = layout_ == Layout::zip;
  if (zip && text.find("nrecognized archive format") != text.npos) {
    // Only the list of members, with none on it.
    constexpr Index kEmptyZip = 22;
    if (bytes_.size() == kEmptyZip) fail<Unreadable>("{}: the zip file is empty; give one with data", file_.string());
    fail<Unreadable>(
        "{}: the zip file is cut off or damaged: the list of members at its end is missing; fetch the file "
        "again",
        file_.string());
  }
  if (text.find("ncrypt") != text.npos || text.find("assphrase") != text.npos) {
    fail<Unreadable>("{}: the archive is encrypted; unpack it with its password and give the file inside",
                     file_.string());
  }
  if (text.find("nsupported") != text.npos || text.find("not supported") != text.npos) {
    fail<Unreadable>("{}: {}; unpack it with the program that made it and give the file inside", file_.string(), text);
  }
  // "No progress": xz and lzma of a library that has read all there is.
  if (text.find("No progress") != text.npos) {
    fail<Unreadable>("{}: the compressed file is cut off; fetch the file again", file_.string());
  }
  const bool cut = text.find("runcated") != text.npos || text.find("end of") != text.npos;
  fail<Unreadable>("{}: the {} is {} ({}); fetch the file again", file_.string(), zip ? "zip file" : "compressed file",
                   cut ? "cut off" : "damaged", text);
}

/// False at the end; else the next member is current.
bool ArchiveReader::next_member() {
  const int result = ::archive_read_next_header(handle_->archive, &handle_->entry);
  if (result == ARCHIVE_EOF) return false;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail_damaged();
  const char* name = ::archive_entry_pathname_utf8(handle_->entry);
  if (name == nullptr) name = ::archive_entry_pathname(handle_->entry);
  current_ = name != nullptr ? name : "?";
  return true;
}

void ArchiveReader::choose_zip_member() {
  std::vector<std::string> all;
  std::vector<std::string> with_data;
  open();
  while (next_member()) {
    all.push_back(current_);
    const bool file = ::archive_entry_filetype(handle_->entry) == AE_IFREG;
    if (file && !is_beside_the_data(current_)) with_data.push_back(current_);
  }
  if (const files::ForeignKind kind = files::kind_of_members(all); kind != files::ForeignKind::zip) {
    files::fail_foreign(file_.string(), kind, files::Wanted::table);
  }
  if (with_data.empty()) {
    fail<Unreadable>("{}: the zip file holds no data{}; give the file that does", file_.string(),
                     all.empty() ? "" : fmt::format(", only {}", listed(all)));
  }
  std::vector<std::string> called;
  std::copy_if(with_data.begin(), with_data.end(), std::back_inserter(called), is_called_as_data);
  if (called.size() == 1) with_data = called;
  if (with_data.size() > 1) {
    fail<DataError>("{}: the zip file holds several files ({}); name the one, as in {}/{}", file_.string(),
                    listed(with_data), file_.string(), with_data.front());
  }
  member_ = with_data.front();
}

void ArchiveReader::choose_tar_member() {
  while (next_member()) {
    is_tar_ = (::archive_format(handle_->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
    if (!is_tar_) return;
    const bool file = ::archive_entry_filetype(handle_->entry) == AE_IFREG;
    if (file && (member_.empty() ? !is_beside_the_data(current_) : current_ == member_)) {
      member_ = current_;
      return;
    }
  }
  ended_ = true;
  if (is_tar_) fail<Unreadable>("{}: the archive holds no data; give the file that does", file_.string());
}

std::size_t ArchiveReader::read(std::span<char> target) {
  if (ended_ || target.empty()) return 0;
  const la_ssize_t count = ::archive_read_data(handle_->archive, target.data(), target.size());
  if (count < 0 && layout_ == Layout::zip && ::archive_entry_is_data_encrypted(handle_->entry) != 0) {
    fail<Unreadable>("{}: {} is encrypted; unpack it with its password and give the file inside", file_.string(),
                     member_);
  }
  if (count < 0) fail_damaged();
  if (count > 0) return static_cast<std::size_t>(count);
  ended_ = true;
  while (is_tar_ && next_member()) {
    if (::archive_entry_filetype(handle_->entry) != AE_IFREG || is_beside_the_data(current_)) continue;
    fail<Unreadable>("{}: the archive holds several files ({}, {}, …); unpack it and name the one", file_.string(),
                     member_, current_);
  }
  return 0;
}

std::vector<std::string> zip_members(const fs::path& file) {
  ::archive* archive = ::archive_read_new();
  if (archive == nullptr) throw std::bad_alloc();
  const std::unique_ptr<::archive, int (*)(::archive*)> owner(archive, &::archive_read_free);
  ::archive_read_support_format_zip_seekable(archive);
  const files::MappedFile mapped(file);
  std::vector<std::string> names;
  if (::archive_read_open_memory(archive, mapped.bytes().data(), mapped.size()) != ARCHIVE_OK) return names;
  ::archive_entry* entry = nullptr;
  for (int result = 0;
       (result = ::archive_read_next_header(archive, &entry)) == ARCHIVE_OK || result == ARCHIVE_WARN;) {
    const char* name = ::archive_entry_pathname_utf8(entry);
    if (name == nullptr || ::archive_entry_filetype(entry) != AE_IFREG || is_beside_the_data(name)) continue;
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

MemberPath split_member_path(const fs::path& path) {
  std::error_code none;
  fs::path file = path;
  while (file.has_relative_path() && file != file.parent_path()) {
    file = file.parent_path();
    if (fs::is_directory(file, none)) break;
    if (fs::is_regular_file(file, none)) return {file, path.lexically_relative(file).generic_string()};
  }
  return {path, {}};
}

bool exists(const fs::path& path) {
  std::error_code none;
  if (fs::exists(path, none)) return true;
  const MemberPath parts = split_member_path(path);
  if (parts.member.empty()) return false;
  const auto members = zip_members(parts.file);
  return std::find(members.begin(), members.end(), parts.member) != members.end();
}

}  // namespace monet::input
