#include "monet/duckdb/database.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"

#include <array>
#include <chrono>
#include <utility>

namespace monet::duckdb {

namespace {
constexpr const char* kMemory = "2GB";
constexpr std::pair<const char*, const char*> kSettings[] = {
    {"threads", "1"},
    {"memory_limit", kMemory},
    {"temp_directory", ""},
    {"autoinstall_known_extensions", "false"},
    {"autoload_known_extensions", "false"},
};
}  // namespace

Database::Database(std::string_view what, const std::atomic<bool>& stop)
    : library_(require_library(what)), stop_(stop) {
  c::Config config = nullptr;
  if (call().create_config(&config) != c::success) throw std::bad_alloc();
  for (const auto& [name, value] : kSettings) {
    if (call().set_config(config, name, value) != c::success) {
      call().destroy_config(&config);
      fail<DataError>("{}: DuckDB {} does not know the setting {}; install the version of scripts/install-deps.sh",
                      library_.file.string(), version(), name);
    }
  }
  char* problem = nullptr;
  const bool open = call().open_ext(nullptr, &database_, config, &problem) == c::success &&
                    call().connect(database_, &connection_) == c::success;
  call().destroy_config(&config);
  if (!open) {
    const std::string message = one_line(problem != nullptr ? problem : "no connection");
    call().free(problem);
    call().close(&database_);
    fail<DataError>("DuckDB does not start: {}", message);
  }
  watcher_ = std::thread([this] { watch(); });
}

Database::~Database() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ending_.notify_one();
  watcher_.join();
  call().disconnect(&connection_);
  call().close(&database_);
}

void Database::watch() {
  constexpr auto kLook = std::chrono::milliseconds(50);
  std::unique_lock lock(mutex_);
  while (!ending_.wait_for(lock, kLook, [this] { return ended_; })) {
    if (stop_.load()) call().interrupt(connection_);
  }
}

void Database::run(const std::string& sql, std::string_view place) {
  c::Result result;
  const bool done = call().query(connection_, sql.c_str(), &result) == c::success;
  if (!done) {
    const char* problem = call().result_error(&result);
    const std::string message = problem != nullptr ? problem : "it failed";
    call().destroy_result(&result);
    refuse(message.c_str(), place);
  }
  call().destroy_result(&result);
}

void Database::refuse(const char* problem, std::string_view place) const {
  if (stop_.load()) fail<Interrupted>("interrupted; nothing was written");
  std::string message = one_line(problem != nullptr ? problem : "DuckDB does not say why");
  // Queries stand in backticks, and what is written has words of its own; any other place is a file.
  const bool is_file = !place.empty() && !place.starts_with('`') && !place.starts_with("cannot ");
  const char* unread = !is_file ? "" : "Parquet that cannot be read: ";
  if (message.starts_with("Missing Extension Error")) {
    message = message.substr(0, message.find(';')) + "; monet fetches no extensions: read local files";
  } else if (message.starts_with("Out of Memory Error")) {
    unread = "";
    message = fmt::format("DuckDB needs more than the {} that it may take; read fewer columns, or sort and join less",
                          kMemory);
  }
  fail<DataError>("{}{}{}{}", place, place.empty() ? "" : ": ", unread, message);
}

std::string one_line(std::string_view message) {
  std::string line;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    std::string_view part = message.substr(0, end);
    message.remove_prefix(std::min(end + 1, message.size()));
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\r')) part.remove_suffix(1);
    const std::string_view mark = part.substr(0, part.find(':'));
    if (mark.starts_with("LINE ") || part.empty() || part == "^") continue;
    if (!line.empty()) line += std::string_view(".:;!?,").find(line.back()) != std::string_view::npos ? " " : "; ";
    line += part;
  }
  return line;
}

}  // namespace monet::duckdb
