#include "monet/prepare/items/find_pictures.h"

#include "monet/core/error.h"
#include "monet/input/text.h"
#include "monet/prepare/items/picture_folder.h"
#include "monet/prepare/items/picture_names.h"

#include <fmt/core.h>

#include <system_error>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
/// The picture that the catalogue names, where it names a file.
fs::path file_of(const std::vector<PictureName>& names, const fs::path& catalogue) {
  for (const PictureName& name : names) {
    std::error_code none;
    if (!name.remote && fs::is_regular_file(catalogue / name.path, none)) return catalogue / name.path;
  }
  return {};
}

class Search {
 public:
  Search(const ItemStore& items, const fs::path& folder, const std::atomic<bool>& stop)
      : items_(items), folder_path_(folder), folder_(folder, stop), stop_(stop) {}

  ItemPictures run() {
    for (Index row = 0; row < items_.size(); ++row) {
      if (stop_) fail<Interrupted>("interrupted; nothing was written");
      out_.files.push_back(look(row));
    }
    drop_shared();
    for (Index row = 0; row < items_.size(); ++row) {
      const bool found = !out_.files[static_cast<std::size_t>(row)].empty();
      out_.found += found;
      if (!found && !missing_) missing_ = row;
    }
    report();
    return std::move(out_);
  }

 private:
  fs::path look(Index row) {
    const Item item = items_.item(row);
    PictureFolder::Found unclear;
    for (const PictureName& name : picture_names(item.image)) {
      PictureFolder::Found found = folder_.by_name(name.path);
      if (!found.is_empty()) {
        if (found.only_by_name) {
          by_name_.emplace_back(row, name.path);
        } else if (name.path.find('/') != std::string::npos) {
          by_folder_.insert(found.path.string());
        }
        return found.path;
      }
      if (!found.rivals.first.empty()) unclear = std::move(found);
    }
    PictureFolder::Found found = folder_.by_id(item.id);
    if (!found.is_empty()) return found.path;
    if (!found.rivals.first.empty()) unclear = std::move(found);
    if (!unclear.rivals.first.empty() && unclear_++ == 0) rivals_ = unclear.rivals;
    return {};
  }

  /// a/main.jpg and b/main.jpg are two pictures, and neither is the main.jpg that lies here; where a/main.jpg does, it
  /// is not the one of b.
  void drop_shared() {
    std::unordered_map<std::string, std::string> wanted;
    std::unordered_set<std::string> shared;
    for (const auto& [row, name] : by_name_) {
      const std::string file = out_.files[static_cast<std::size_t>(row)].string();
      if (by_folder_.contains(file)) shared.insert(file);
      if (wanted.emplace(file, name).first->second != name) shared.insert(file);
    }
    Index dropped = 0;
    std::string example;
    for (const auto& [row, name] : by_name_) {
      fs::path& file = out_.files[static_cast<std::size_t>(row)];
      if (!shared.contains(file.string())) continue;
      const std::string name_here = file.filename().string();
      file = folder_.by_id(items_.item(row).id).path;
      if (file.empty() && dropped++ == 0) example = name_here;
    }
    if (dropped == 0) return;
    out_.notes.push_back(
        fmt::format("pictures: {} items name files in folders that are not in {}; '{}' cannot stand for several "
                    "of them, so they have none",
                    dropped, folder_path_.string(), example));
  }

  void report() {
    if (unclear_ > 0) {
      out_.notes.push_back(
          fmt::format("pictures: of {} items it is not clear which is meant, as for '{}' and '{}', so they have "
                      "none; give the folder that is meant as `image-dir`",
                      unclear_, rivals_.first, rivals_.second));
    }
    if (!missing_) return;
    const Item item = items_.item(*missing_);
    std::string expected = fmt::format("{0}.jpg, {0}.jpeg, {0}.png or {0}.webp", input::excerpt(item.id));
    const std::vector<PictureName> names = picture_names(item.image);
    if (!names.empty())
      expected = fmt::format("'{}' as the catalogue says, {}", input::excerpt(names.back().path), expected);
    if (const std::string near = folder_.near_miss(item.id); !near.empty()) expected += "; " + near;
    const std::string sought = fmt::format("item '{}' was looked for as {}", input::excerpt(item.id), expected);
    if (out_.found > 0) {
      out_.notes.push_back(fmt::format("pictures: {} of {} items have none in {}; {}", items_.size() - out_.found,
                                       items_.size(), folder_path_.string(), sought));
      return;
    }
    const std::string there = folder_.pictures() == 0 ? "no picture lies in it or its folders"
                                                      : fmt::format("{} pictures lie there, such as {}",
                                                                    folder_.pictures(), folder_.example());
    out_.nothing = fmt::format("{}: no picture of {} items is found: {}; {}; or give another folder as `image-dir`",
                               folder_path_.string(), items_.size(), there, sought);
  }

  const ItemStore& items_;
  const fs::path& folder_path_;
  PictureFolder folder_;
  const std::atomic<bool>& stop_;
  ItemPictures out_;
  std::vector<std::pair<Index, std::string>> by_name_;  // rows whose file was found without its folder, and its name
  std::unordered_set<std::string> by_folder_;           // files that somebody names with their folder
  Index unclear_ = 0;
  std::pair<std::string, std::string> rivals_;
  std::optional<Index> missing_;
};

ItemPictures find_named_files(const ItemStore& items, const fs::path& catalogue, const std::atomic<bool>& stop) {
  ItemPictures out;
  Index local = 0;
  std::string first_local;
  std::string first_remote;
  for (Index row = 0; row < items.size(); ++row) {
    if (stop) fail<Interrupted>("interrupted; nothing was written");
    const std::string cell = items.item(row).image;
    const std::vector<PictureName> names = picture_names(cell);
    out.files.push_back(file_of(names, catalogue));
    if (!out.files.back().empty()) {
      ++out.found;
    } else if (!names.empty() && names.front().remote) {
      if (first_remote.empty()) first_remote = cell;
    } else if (!names.empty() && local++ == 0) {
      first_local = cell;
    }
  }
  const std::string where = catalogue.empty() ? "." : catalogue.string();
  if (local > 0) {
    out.notes.push_back(
        fmt::format("pictures: {} that the catalogue names are not there, the first: '{}' in {}; give "
                    "their folder as `image-dir`",
                    local, input::excerpt(first_local), where));
  } else if (out.found == 0 && !first_remote.empty()) {
    out.notes.push_back(
        fmt::format("pictures: the catalogue names addresses ({}); to use them, load the files and "
                    "give their folder as `image-dir`",
                    input::excerpt(first_remote)));
  }
  out.nothing = out.notes.empty() ? fmt::format("{}: the catalogue names no pictures; give `image-dir` DIR", where)
                                  : out.notes.front();
  return out;
}
}  // namespace

ItemPictures find_pictures(const ItemStore& items, const fs::path& catalogue, const fs::path& folder,
                           const std::atomic<bool>& stop) {
  if (folder.empty()) return find_named_files(items, catalogue, stop);
  return Search(items, folder, stop).run();
}

}  // namespace monet::prepare
