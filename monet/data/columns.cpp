#include "monet/data/columns.h"

#include "monet/core/error.h"
#include "monet/data/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace monet::data {

namespace {
using namespace std::string_view_literals;

constexpr std::array kUser = {"user"sv,      "userid"sv,   "uid"sv,      "reviewerid"sv, "customerid"sv,
                              "visitorid"sv, "memberid"sv, "username"sv, "sessionid"sv};
constexpr std::array kItem = {"item"sv,      "itemid"sv,    "iid"sv,     "parentasin"sv, "asin"sv,
                              "productid"sv, "product"sv,   "movieid"sv, "movie"sv,      "bookid"sv,
                              "isbn"sv,      "songid"sv,    "trackid"sv, "videoid"sv,    "newsid"sv,
                              "gameid"sv,    "articleid"sv, "goodsid"sv, "businessid"sv, "sku"sv};
constexpr std::array kTime = {"timestamp"sv, "time"sv,     "unixreviewtime"sv, "ts"sv,
                              "date"sv,      "datetime"sv, "createdat"sv};
constexpr std::array kLabel = {"xlabel"sv};
constexpr std::array kRating = {"rating"sv, "overall"sv, "stars"sv, "score"sv};
constexpr std::array kTitle = {"title"sv, "movietitle"sv, "itemtitle"sv,  "producttitle"sv,
                               "name"sv,  "itemname"sv,   "productname"sv};
constexpr std::array kCategory = {"categories"sv, "category"sv, "maincategory"sv, "genres"sv, "genre"sv, "class"sv};
constexpr std::array kDescription = {"description"sv, "desc"sv,     "summary"sv, "overview"sv,
                                     "plot"sv,        "features"sv, "feature"sv};
constexpr std::array kBrand = {"brand"sv, "store"sv, "manufacturer"sv, "publisher"sv};
constexpr std::array kPrice = {"price"sv, "currentprice"sv, "listprice"sv};
constexpr std::array kImage = {"image"sv,  "imurl"sv,     "imageurlhighres"sv, "imageurl"sv,
                               "images"sv, "imagepath"sv, "picture"sv,         "picturepath"sv,
                               "photo"sv,  "img"sv,       "poster"sv,          "posterurl"sv};

std::span<const std::string_view> names_of(ColumnRole role) {
  switch (role) {
    case ColumnRole::user: return kUser;
    case ColumnRole::item: return kItem;
    case ColumnRole::time: return kTime;
    case ColumnRole::label: return kLabel;
    case ColumnRole::title: return kTitle;
    case ColumnRole::rating: return kRating;
    case ColumnRole::description: return kDescription;
    case ColumnRole::brand: return kBrand;
    case ColumnRole::price: return kPrice;
    case ColumnRole::image: return kImage;
    case ColumnRole::category: break;
  }
  return kCategory;
}

}  // namespace

std::string_view describe(ColumnRole role) {
  switch (role) {
    case ColumnRole::user: return "user";
    case ColumnRole::item: return "item";
    case ColumnRole::time: return "time";
    case ColumnRole::label: return "x_label";
    case ColumnRole::title: return "title";
    case ColumnRole::rating: return "rating";
    case ColumnRole::description: return "description";
    case ColumnRole::brand: return "brand";
    case ColumnRole::price: return "price";
    case ColumnRole::image: return "image";
    case ColumnRole::category: break;
  }
  return "category";
}

namespace {
std::string_view without_type(std::string_view name) {
  return name.substr(0, name.rfind(':'));
}

std::string plain(std::string_view name) {
  std::string out;
  for (const char c : without_type(name)) {
    if (c == '_' || c == '-' || c == ' ') continue;
    out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return out;
}

/// The column called `wanted`; its `:type` suffix may be left out.
std::optional<std::size_t> named_column(const std::vector<std::string>& header, const std::string& wanted) {
  const auto found = std::find_if(header.begin(), header.end(), [&](const std::string& name) {
    return name == wanted || without_type(name) == wanted;
  });
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}
}  // namespace

std::optional<std::size_t> rank_of_name(std::string_view name, ColumnRole role) {
  const auto names = names_of(role);
  const auto found = std::find(names.begin(), names.end(), plain(name));
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::optional<std::size_t> find_column(const std::vector<std::string>& header, ColumnRole role) {
  std::vector<std::string> plain_header;
  for (const auto& name : header) plain_header.push_back(plain(name));
  for (const std::string_view wanted : names_of(role)) {
    const auto found = std::find(plain_header.begin(), plain_header.end(), wanted);
    if (found != plain_header.end()) return static_cast<std::size_t>(found - plain_header.begin());
  }
  return std::nullopt;
}

std::size_t require_column(const DelimitedReader& table, const std::string& file, ColumnRole role,
                           const std::string& wanted, std::string_view option) {
  const auto& header = table.header();
  const auto found = wanted.empty() ? find_column(header, role) : named_column(header, wanted);
  if (found) return *found;
  const std::string missing = wanted.empty() ? fmt::format("no {} column is recognised", describe(role))
                                             : fmt::format("there is no column '{}'", wanted);
  const std::string remedy = header.size() == 1
                                 ? "separate the columns by a tab, comma, semicolon or bar, in the header too"
                                 : fmt::format("name it with {}, or add a header line", option);
  fail<DataError>("{}:1: {} in the header '{}'; {}", file, missing, excerpt(fmt::format("{}", fmt::join(header, " "))),
                  remedy);
}

int column_of(const input::TableReader& table, ColumnRole role, const std::string& wanted) {
  const auto& header = table.header();
  const auto found = wanted.empty() ? find_column(header, role) : named_column(header, wanted);
  if (found) return static_cast<int>(*found);
  if (wanted.empty()) return -1;
  fail<DataError>("{}: there is no column '{}' for the {}; the header is '{}'", table.where(), wanted, describe(role),
                  excerpt(fmt::format("{}", fmt::join(header, " "))));
}

bool has_typed_header(const std::vector<std::string>& header) {
  return std::any_of(header.begin(), header.end(), [](const std::string& name) {
    const auto colon = name.rfind(':');
    if (colon == std::string::npos) return false;
    const std::string_view type = std::string_view(name).substr(colon + 1);
    return type == "token" || type == "float" || type == "token_seq" || type == "float_seq";
  });
}

}  // namespace monet::data
