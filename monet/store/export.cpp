#include "monet/store/export.h"

#include "monet/core/error.h"
#include "monet/core/files/output_folder.h"
#include "monet/core/files/written_files.h"
#include "monet/store/detail/csv.h"
#include "monet/store/pages.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace monet::store {

namespace fs = std::filesystem;

namespace {

constexpr const char* kExportRecord = "export.json";
constexpr const char* kExportFormat = "monet-export";

void stop_if(const std::atomic<bool>& stop) {
  if (stop.load()) fail<Interrupted>("interrupted; nothing was written");
}

std::int64_t write_events(Store& store, const fs::path& file, const std::atomic<bool>& stop) {
  detail::CsvFile csv(file, "user_id,item_id,timestamp,event,weight");
  const std::int64_t last = store.state().position;
  std::int64_t written = 0;
  for (std::int64_t position = 0; position < last;) {
    stop_if(stop);
    const std::vector<StoredEvent> page = store.events_since(position, kPage);
    if (page.empty()) break;
    for (const StoredEvent& stored : page) {
      position = stored.position;
      if (position > last) break;
      csv.cell(stored.event.user);
      csv.cell(stored.event.item);
      csv.cell(fmt::format("{}", stored.event.time));
      csv.cell(stored.event.kind);
      csv.cell(fmt::format("{}", stored.event.weight.value_or(1.0)));
      csv.end_row();
      ++written;
    }
  }
  csv.commit();
  return written;
}

std::int64_t write_items(Store& store, const fs::path& file, const std::atomic<bool>& stop) {
  detail::CsvFile csv(
      file, "item_id,title,description,categories,brand,price,image,available,hidden,added,updated,attributes");
  std::int64_t written = 0;
  each_page_of_items(store, [&](const std::vector<Item>& page) {
    stop_if(stop);
    for (const Item& item : page) {
      csv.cell(item.id);
      csv.cell(item.title);
      csv.cell(item.description);
      csv.cell(item.categories.empty() ? "" : nlohmann::json(item.categories).dump());
      csv.cell(item.brand);
      csv.cell(item.price ? fmt::format("{}", *item.price) : "");
      csv.cell(item.picture);
      csv.cell(item.available ? "1" : "0");
      csv.cell(item.hidden ? "1" : "0");
      csv.cell(fmt::format("{}", item.added));
      csv.cell(fmt::format("{}", item.updated));
      csv.cell(item.attributes);
      csv.end_row();
      ++written;
    }
  });
  csv.commit();
  return written;
}

std::int64_t write_users(Store& store, const fs::path& file, const std::atomic<bool>& stop) {
  std::vector<User> page = store.users("", kPage);
  if (page.empty()) return 0;
  detail::CsvFile csv(file, "user_id,attributes,comment");
  std::int64_t written = 0;
  for (; !page.empty(); page = store.users(page.back().id, kPage)) {
    stop_if(stop);
    for (const User& user : page) {
      csv.cell(user.id);
      csv.cell(user.attributes);
      csv.cell(user.comment);
      csv.end_row();
      ++written;
    }
  }
  csv.commit();
  return written;
}

files::Owns owns_export(const fs::path& folder) {
  auto record = files::read_folder_record(folder / kExportRecord, kExportFormat);
  if (!record || !record->files) return {};
  return files::owns_unchanged(folder, kExportRecord, std::move(*record->files));
}

}  // namespace

Counts export_store(Store& store, const ExportOptions& options, const std::atomic<bool>& stop) {
  files::OutputFolder folder({options.out, options.force, &exported_folder(), {}, false, {}});
  Counts counts;
  counts.events = write_events(store, folder.path() / "interactions.csv", stop);
  counts.items = write_items(store, folder.path() / "items.csv", stop);
  counts.users = write_users(store, folder.path() / "users.csv", stop);
  nlohmann::ordered_json record;
  record["format"] = kExportFormat;
  record["version"] = 1;
  record["program"] = options.program;
  record["counts"] = {{"events", counts.events}, {"items", counts.items}, {"users", counts.users}};
  record["written"] = nlohmann::ordered_json::parse(files::to_json(files::files_written_to(folder.path())));
  files::write_file(folder.path() / kExportRecord, record.dump(2) + "\n");
  stop_if(stop);
  folder.commit();
  return counts;
}

const files::FolderKind& exported_folder() {
  static const files::FolderKind kind{kExportRecord, owns_export};
  return kind;
}

bool is_exported(const fs::path& folder) {
  return files::read_folder_record(folder / kExportRecord, kExportFormat).has_value();
}

}  // namespace monet::store
