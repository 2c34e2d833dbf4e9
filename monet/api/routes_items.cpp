#include "monet/api/answers.h"
#include "monet/api/asks.h"
#include "monet/api/pictures.h"
#include "monet/api/problem.h"
#include "monet/api/routes.h"
#include "monet/core/files/mapped_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <limits>
#include <span>
#include <utility>

namespace monet::api {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostListed = 1000;
constexpr std::int64_t kPage = 20;

/// What the store says of an item, or what the artifact does; Problem 404 where neither knows it.
store::Item known_item(serve::Engine& engine, const std::string& id) {
  if (std::optional<store::Item> item = engine.store().item(id)) {
    if (serve::is_gone(*item)) refuse(404, "the item '{}' was deleted", id);
    return *std::move(item);
  }
  const auto loaded = engine.loaded();
  const std::optional<std::int32_t> row = loaded->items().find(id);
  if (!row) refuse(404, "no item '{}'", id);
  store::Item item;
  item.id = id;
  item.title = loaded->items().title(*row);
  return item;
}

Json described(const serve::Loaded& loaded, store::Item item) {
  const std::optional<std::int32_t> row = loaded.items().find(item.id);
  if (row && item.title.empty()) item.title = loaded.items().title(*row);
  return item_json(item, serve::not_recommended(loaded.recommender, loaded.describer(), item));
}

/// Refuses features that contradict what the artifact was trained on.
void check_features(const serve::Engine& engine, const std::optional<store::Features>& features) {
  if (features && !features->empty()) engine.loaded()->recommender.why_not(*features);
}

bool holds(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

/// Items of an artifact whose store has none, by id from behind `after` on.
std::vector<store::Item> items_of_artifact(const serve::Loaded& loaded, std::string_view search,
                                           const std::string& after, std::size_t limit) {
  std::vector<store::Item> items;
  for (std::int32_t row = 0; row < static_cast<std::int32_t>(loaded.items().size()); ++row) {
    const std::string& id = loaded.items().id(row);
    const std::string_view title = loaded.items().title(row);
    if (id <= after || !(holds(id, search) || holds(title, search))) continue;
    store::Item& item = items.emplace_back();
    item.id = id;
    item.title = title;
  }
  const auto keep = static_cast<std::ptrdiff_t>(std::min(limit, items.size()));
  std::partial_sort(items.begin(), items.begin() + keep, items.end(),
                    [](const store::Item& a, const store::Item& b) { return a.id < b.id; });
  items.resize(static_cast<std::size_t>(keep));
  return items;
}

void list_items(serve::Engine& engine, const Call& call) {
  check_parameters(call.request, {"search", "after", "limit"});
  const auto limit = static_cast<std::size_t>(integer_parameter(call.request, "limit", kPage, 1, kMostListed));
  const std::string* search = call.request.parameter("search");
  const std::string* behind = call.request.parameter("after");
  const std::string after = behind == nullptr ? std::string() : *behind;
  const auto loaded = engine.loaded();
  const bool searching = search != nullptr && !search->empty();
  std::vector<store::Item> found;
  if (engine.store().items("", 1).empty()) {
    found = items_of_artifact(*loaded, searching ? *search : std::string(), after, limit);
  } else {
    found = searching ? engine.store().search_items(*search, limit) : engine.store().items(after, limit);
  }
  Json next;
  if (found.size() == limit && !searching) next = found.back().id;
  Json list = Json::array();
  for (store::Item& item : found) {
    if (!serve::is_gone(item)) list.push_back(described(*loaded, std::move(item)));
  }
  call.reply.send(json_response({{"items", std::move(list)}, {"next", std::move(next)}}));
}

store::Features features_of(const Json& value) {
  store::Features features;
  if (!value.is_object()) refuse(400, "features must be an object of lists of numbers");
  Body lists(value, "features");
  for (const auto& [name, list] : value.items()) {
    const std::optional<std::vector<double>> numbers = lists.numbers(name.c_str());
    if (!numbers || numbers->empty()) refuse(400, "features.{} must be a list of numbers", name);
    for (const double x : *numbers) features[name].push_back(static_cast<float>(x));
  }
  return features;
}

std::optional<std::optional<double>> price_of(Body& body, const Json& json) {
  if (!json.contains("price")) return std::nullopt;
  const std::optional<double> price = body.number("price");
  if (price && *price < 0.0) refuse(400, "price must not be negative");
  return price;
}

store::ItemPatch patch_of(const Json& json) {
  Body body(json);
  store::ItemPatch patch;
  patch.title = body.text("title");
  patch.description = body.text("description");
  patch.picture = body.text("picture");
  patch.categories = body.texts("categories");
  patch.brand = body.text("brand");
  patch.price = price_of(body, json);
  patch.available = body.flag("available");
  patch.hidden = body.flag("hidden");
  if (const Json* features = body.value("features")) patch.features = features_of(*features);
  body.finish();
  return patch;
}

store::Item item_of(const std::string& id, const Json& json) {
  const store::ItemPatch said = patch_of(json);
  store::Item item;
  item.id = id;
  item.title = said.title.value_or("");
  item.description = said.description.value_or("");
  item.picture = said.picture.value_or("");
  item.categories = said.categories.value_or(std::vector<std::string>());
  item.brand = said.brand.value_or("");
  item.price = said.price.value_or(std::nullopt);
  item.available = said.available.value_or(true);
  item.hidden = said.hidden.value_or(false);
  item.features = said.features.value_or(store::Features());
  return item;
}

/// Features of the picture that an item names, where it lies in the folder and nobody sends other ones. Where it cannot
/// be used the item is without, and the answer says why.
std::string add_picture_features(const serve::Loaded& loaded, const fs::path& folder, const std::string& picture,
                                 store::Features& features) {
  if (picture.empty() || is_address(picture)) return {};
  if (folder.empty()) return "no folder of pictures is given (`pictures`)";
  const std::string& modality = loaded.describer().picture_modality();
  try {
    const std::optional<files::MappedFile> file = picture_file(folder, picture);
    if (!file) return fmt::format("there is no file '{}' in the folder of pictures", picture);
    if (!modality.empty() && !features.contains(modality))
      features[modality] = loaded.describer().features_of_picture(file->bytes());
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

void answer_item(const serve::Engine& engine, const Call& call, store::Item item, const std::string& picture_problem) {
  Json json = described(*engine.loaded(), std::move(item));
  if (!picture_problem.empty()) json["picture_problem"] = picture_problem;
  call.reply.send(json_response(json));
}

void put_item(serve::Engine& engine, const fs::path& pictures, const Call& call) {
  store::Item item = item_of(call.values.front(), parse_json(call.request.body));
  check_features(engine, item.features);
  const std::string problem = add_picture_features(*engine.loaded(), pictures, item.picture, item.features);
  engine.put_items({&item, 1});
  answer_item(engine, call, item, problem);
}

/// Changes an item; what only the artifact knows becomes an item of the store with its first change.
store::Item changed_item(serve::Engine& engine, const std::string& id, const store::ItemPatch& patch) {
  const store::Item before = known_item(engine, id);
  if (!engine.store().item(id)) engine.put_items({&before, 1});
  std::optional<store::Item> item = engine.patch_item(id, patch);
  if (!item) refuse(404, "no item '{}'", id);
  return *std::move(item);
}

void change_item(serve::Engine& engine, const fs::path& pictures, const Call& call) {
  const std::string& id = call.values.front();
  store::ItemPatch patch = patch_of(parse_json(call.request.body));
  check_features(engine, patch.features);
  std::string problem;
  if (patch.picture) {  // another one: what was made of the one before goes
    const auto loaded = engine.loaded();
    store::Features features = patch.features.value_or(known_item(engine, id).features);
    if (!patch.features) features.erase(loaded->describer().picture_modality());
    problem = add_picture_features(*loaded, pictures, *patch.picture, features);
    patch.features = std::move(features);
  }
  answer_item(engine, call, changed_item(engine, id, patch), problem);
}

/// Looks at a picture that is sent: its features are kept, the picture is not.
void look_at_picture(serve::Engine& engine, const Call& call) {
  const auto loaded = engine.loaded();
  const std::string& id = call.values.front();
  store::ItemPatch patch;
  patch.features = known_item(engine, id).features;
  try {
    std::vector<float> row = loaded->describer().features_of_picture(std::as_bytes(std::span(call.request.body)));
    (*patch.features)[loaded->describer().picture_modality()] = std::move(row);
  } catch (const DataError& error) {
    refuse(400, "the picture: {}", error.what());
  } catch (const InvalidArgument& error) {
    refuse(409, "{}", error.what());
  }
  answer_item(engine, call, changed_item(engine, id, patch), {});
}

constexpr std::string_view kItem = R"({"item": "p17", "title": "Blue mug", "categories": ["Kitchen", "Mugs"],
  "brand": "Clayworks", "price": 9.5, "available": true, "hidden": false, "recommendable": true})";
constexpr std::string_view kItemBody = R"({"title": "Blue mug", "description": "Holds a third of a litre.",
  "categories": ["Kitchen", "Mugs"], "brand": "Clayworks", "price": 9.5, "available": true, "hidden": false, "picture": "pictures/p17.jpg",
  "features": {"image": [0.12, -0.4], "text": [0.9, 0.05]}})";

}  // namespace

std::vector<Route> Routes::items() {
  std::vector<Route> routes;
  routes.push_back({.method = "GET",
                    .pattern = "/v1/items",
                    .summary = "items by id, or those whose id or title holds a text",
                    .query = "search after limit",
                    .answer = R"({"items": [{"item": "p17", "title": "Blue mug"}], "next": "p17"})",
                    .handle = [engine = &engine](const Call& call) { list_items(*engine, call); }});
  routes.push_back({.method = "GET",
                    .pattern = "/v1/items/{item}",
                    .summary = "an item",
                    .answer = kItem,
                    .handle = [engine = &engine](const Call& call) {
                      store::Item item = known_item(*engine, call.values.front());
                      call.reply.send(json_response(described(*engine->loaded(), std::move(item))));
                    }});
  routes.push_back(
      {.method = "PUT",
       .pattern = "/v1/items/{item}",
       .role = Role::write,
       .summary = "makes or replaces an item",
       .body = kItemBody,
       .answer = kItem,
       .handle = [engine = &engine, folder = options.pictures](const Call& call) { put_item(*engine, folder, call); }});
  routes.push_back({.method = "PATCH",
                    .pattern = "/v1/items/{item}",
                    .role = Role::write,
                    .summary = "changes what is given",
                    .body = R"({"available": false})",
                    .answer = kItem,
                    .handle = [engine = &engine, folder = options.pictures](const Call& call) {
                      change_item(*engine, folder, call);
                    }});
  routes.push_back({.method = "DELETE",
                    .pattern = "/v1/items/{item}",
                    .role = Role::write,
                    .summary = "deletes an item; it is recommended no more",
                    .status = 204,
                    .handle = [engine = &engine](const Call& call) {
                      if (!engine->delete_item(call.values.front())) refuse(404, "no item '{}'", call.values.front());
                      call.reply.send({.status = 204});
                    }});
  routes.push_back(
      {.method = "GET",
       .pattern = "/v1/items/{item}/similar",
       .summary = "items that are near one",
       .query = "k by",
       .answer = R"({"item": "p17", "by": "fused", "items": [{"rank": 1, "item": "p9", "score": 0.93}]})",
       .handle = [engine = &engine](const Call& call) {
         check_parameters(call.request, {"k", "by"});
         const std::int64_t k = integer_parameter(call.request, "k", 10, 1, kMostListed);
         const std::string* by = call.request.parameter("by");
         const std::string& id = call.values.front();
         if (!engine->loaded()->items().find(id)) refuse(404, "no item '{}' in the artifact", id);
         ThreadPool pool(1);
         const serve::Similar near = engine->similar(pool, id, k, by == nullptr ? "" : *by);
         call.reply.send(json_response({{"item", id}, {"by", near.by}, {"items", suggestions_json(near.items)}}));
       }});
  routes.push_back({.method = "GET",
                    .pattern = "/v1/items/{item}/picture",
                    .summary = "an item's picture",
                    .handle = [engine = &engine, folder = options.pictures](const Call& call) {
                      call.reply.send(picture_response(folder, known_item(*engine, call.values.front()).picture));
                    }});
  routes.push_back(
      {.method = "PUT",
       .pattern = "/v1/items/{item}/picture",
       .role = Role::write,
       .summary = "looks at a picture of an item (PNG, JPEG, WebP) and keeps its features, not the picture",
       .picture = true,
       .answer = kItem,
       .handle = [engine = &engine](const Call& call) { look_at_picture(*engine, call); }});
  return routes;
}

}  // namespace monet::api
