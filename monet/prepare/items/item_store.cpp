#include "monet/prepare/items/item_store.h"

#include "monet/core/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace monet::prepare {

namespace {
constexpr std::size_t kPendingBytes = std::size_t{1} << 20;

using TextOfItem = std::string Item::*;
constexpr std::array<TextOfItem, 6> kStoredFields = {&Item::title, &Item::description, &Item::categories,
                                                     &Item::brand, &Item::price,       &Item::image};
}  // namespace

ItemStore::ItemStore(std::vector<std::string> ids, const std::filesystem::path& file)
    : ids_(std::move(ids)),
      places_(ids_.size()),
      path_(file),
      file_(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (!file_.valid()) files::fail_io(path_, "write", errno);
  if (::unlink(path_.c_str()) != 0) files::fail_io(path_, "write", errno);
}

Index ItemStore::add_row(std::string id) {
  ids_.push_back(std::move(id));
  places_.emplace_back();
  return size() - 1;
}

bool ItemStore::add(Index row, const Item& item) {
  Place& place = places_[static_cast<std::size_t>(row)];
  if (place.length > 0) return false;
  place.offset = written_ + static_cast<std::int64_t>(pending_.size());
  // Each text with a NUL behind it: clean texts hold none.
  for (const TextOfItem field : kStoredFields) {
    pending_ += item.*field;
    pending_ += '\0';
  }
  place.length = written_ + static_cast<std::int64_t>(pending_.size()) - place.offset;
  ++described_;
  if (pending_.size() > kPendingBytes) flush();
  return true;
}

void ItemStore::flush() {
  files::write_all(file_.get(), std::as_bytes(std::span(pending_)), path_);
  written_ += static_cast<std::int64_t>(pending_.size());
  pending_.clear();
}

Item ItemStore::item(Index row) const {
  const Place place = places_[static_cast<std::size_t>(row)];
  std::string bytes;
  if (place.offset >= written_) {
    bytes = pending_.substr(static_cast<std::size_t>(place.offset - written_), static_cast<std::size_t>(place.length));
  } else {
    bytes.resize(static_cast<std::size_t>(place.length));
    std::size_t got = 0;
    while (got < bytes.size()) {
      const ssize_t count =
          ::pread(file_.get(), bytes.data() + got, bytes.size() - got, place.offset + static_cast<std::int64_t>(got));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) files::fail_io(path_, "read", errno);
      if (count == 0) fail<InternalError>("[prepare] the item texts end before row {}", row);
      got += static_cast<std::size_t>(count);
    }
  }
  Item item;
  item.id = ids_[static_cast<std::size_t>(row)];
  std::size_t at = 0;
  for (const TextOfItem field : kStoredFields) {
    if (place.length == 0) break;
    const std::size_t end = bytes.find('\0', at);
    (item.*field).assign(bytes, at, end - at);
    at = end + 1;
  }
  return item;
}

}  // namespace monet::prepare
