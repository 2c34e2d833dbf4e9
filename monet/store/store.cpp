#include "monet/store/store.h"

#include "monet/core/error.h"
#include "monet/store/detail/postgres.h"
#include "monet/store/detail/sql_store.h"
#include "monet/store/detail/sqlite_connection.h"

#include <array>
#include <filesystem>

namespace monet::store {

namespace {

constexpr std::size_t kReaders = 8;

/// The scheme of an address ("sqlite"), empty for a plain path.
std::string_view scheme_of(std::string_view address) {
  const std::size_t colon = address.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view scheme = address.substr(0, colon);
  const bool is_url = address.substr(colon, 3) == "://";
  return is_url || scheme == "sqlite" ? scheme : std::string_view();
}

bool is_postgres(std::string_view scheme) {
  return scheme == "postgresql" || scheme == "postgres";
}

/// The address without a password, neither before the host nor among the parameters.
std::string shown(std::string_view address) {
  std::string text(address);
  const std::size_t begin = text.find("://") + 3;
  const std::size_t at = text.find('@', begin);
  const std::size_t colon = text.find(':', begin);
  if (at < text.find('/', begin) && colon < at) text.replace(colon, at - colon, ":***");
  const std::size_t parameter = text.find("password=");
  if (parameter != std::string::npos) {
    const std::size_t value = parameter + std::string_view("password=").size();
    text.replace(value, text.find('&', value) - value, "***");
  }
  return text;
}

std::unique_ptr<Store> open_file(std::string_view path, Access access) {
  if (path.empty()) fail<InvalidArgument>("a store needs the name of a file: `sqlite:shop.db`, or `shop.db`");
  // Absolute, so that neither ":memory:" nor a later change of folder means anything.
  const std::filesystem::path file = std::filesystem::absolute(path);
  return detail::sql_store(std::string(path), detail::sqlite_file(file, access),
                           detail::sqlite_file(file, Access::read), kReaders);
}

}  // namespace

AppendResult Store::append(std::span<const Event> events) {
  const std::array<std::vector<Event>, 1> groups{std::vector<Event>(events.begin(), events.end())};
  AppendOutcome outcome = std::move(append_groups(groups).front());
  if (outcome.error) std::rethrow_exception(outcome.error);
  return std::move(outcome.result);
}

bool is_store(std::string_view address) {
  const std::string_view scheme = scheme_of(address);
  if (scheme.empty()) return detail::is_sqlite_store(address);
  return scheme == "sqlite" || is_postgres(scheme);
}

std::unique_ptr<Store> open_store(std::string_view address, Access access) {
  const std::string_view scheme = scheme_of(address);
  if (scheme.empty()) return open_file(address, access);
  if (scheme == "sqlite") {
    std::string_view path = address.substr(scheme.size() + 1);
    if (path.starts_with("//")) path.remove_prefix(2);
    return open_file(path, access);
  }
  if (is_postgres(scheme)) {
    const std::string name = shown(address);
    return detail::sql_store(name, detail::postgres_database(std::string(address), name, access),
                             detail::postgres_database(std::string(address), name, Access::read), kReaders);
  }
  fail<InvalidArgument>("'{}' is no store: give a file (`shop.db`, `sqlite:shop.db`) or `postgresql://host/database`",
                        shown(address));
}

}  // namespace monet::store
