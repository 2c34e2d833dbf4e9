#include "monet/serve/loaded.h"

#include "monet/artifact/tensor_names.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/mapped_file.h"

#include <ctime>
#include <exception>
#include <optional>

namespace monet::serve {

namespace {

constexpr const char* kGone = R"({"gone": true})";

std::string version_of(const std::filesystem::path& artifact) {
  const files::MappedFile config(artifact / "config.json");
  files::Hasher hasher;
  hasher.add(config.bytes());
  return hasher.hex();
}

}  // namespace

Loaded::Loaded(const std::filesystem::path& path, const std::filesystem::path& network)
    : recommender(recommend::Recommender::open(path)),
      version(version_of(path)),
      opened(std::time(nullptr)),
      shared_shelf(std::make_shared<SharedShelf>(Shelf(recommender.items().size()))),
      shelf_mutex(shared_shelf->mutex),
      shelf(shared_shelf->shelf),
      made_(std::make_shared<Made>()),
      describer_(
          std::make_shared<const describe::ItemDescriber>(describe::recipes_of(recommender.artifact()), network)) {}

Loaded::Loaded(const Loaded& other, recommend::Recommender with, std::shared_ptr<SharedShelf> items)
    : recommender(std::move(with)),
      version(other.version),
      opened(other.opened),
      shared_shelf(std::move(items)),
      shelf_mutex(shared_shelf->mutex),
      shelf(shared_shelf->shelf),
      made_(other.made_),
      describer_(other.describer_) {}

Loaded::Made::~Made() {
  stop = true;
  if (builder.joinable()) builder.join();
}

void Loaded::build_index() {
  made_->builder = std::thread([made = made_.get(), items = recommender] {
    try {
      ThreadPool pool(1);
      candidates::BuildOptions options;
      options.stop = &made->stop;
      made->index = items.build_index(pool, options);
      made->ready_index = made->index.get();
    } catch (const std::exception&) {
      // For want of memory: everything is scored, as before.
    }
  });
}

const rank::Cosines* Loaded::user_cosines() const {
  std::call_once(made_->users_compared, [this] {
    const MatrixView<const float> rows = recommender.artifact().tensor(artifact::names::kUserEmbedding);
    if (!rows.empty()) made_->user_cosines.emplace(rows);
  });
  return made_->user_cosines ? &*made_->user_cosines : nullptr;
}

void put(Shelf& shelf, const artifact::IdTable& items, const store::Item& item) {
  const std::optional<std::int32_t> row = items.find(item.id);
  if (!row) return;
  shelf.put(*row, {item.categories, item.price, item.available, item.hidden, !item.picture.empty(),
                   item.title != items.title(*row) ? item.title : std::string()});
}

store::Item gone_item(const std::string& id) {
  store::Item item;
  item.id = id;
  item.available = false;
  item.hidden = true;
  item.attributes = kGone;
  return item;
}

bool is_gone(const store::Item& item) {
  return item.hidden && item.title.empty() && item.attributes == kGone;
}

}  // namespace monet::serve
