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

Loaded::Loaded(const std::filesystem::path& path)
    : recommender(recommend::Recommender::open(path)),
      version(version_of(path)),
      opened(std::time(nullptr)),
      shelf(recommender.artifact().items().size()) {}

Loaded::~Loaded() {
  stop_ = true;
  if (builder_.joinable()) builder_.join();
}

void Loaded::build_index() {
  builder_ = std::thread([this] {
    try {
      ThreadPool pool(1);
      candidates::BuildOptions options;
      options.stop = &stop_;
      index_ = recommender.build_index(pool, options);
      ready_index_ = index_.get();
    } catch (const std::exception&) {
      // For want of memory: everything is scored, as before.
    }
  });
}

const rank::Cosines* Loaded::user_cosines() const {
  std::call_once(users_compared_, [this] {
    const MatrixView<const float> rows = recommender.artifact().tensor(artifact::names::kUserEmbedding);
    if (!rows.empty()) user_cosines_.emplace(rows);
  });
  return user_cosines_ ? &*user_cosines_ : nullptr;
}

void put(Shelf& shelf, const artifact::IdTable& items, const store::Item& item) {
  const std::optional<std::int32_t> row = items.find(item.id);
  if (row) shelf.put(*row, {item.categories, item.price, item.available, item.hidden, !item.picture.empty()});
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
