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

// Names that can only mean an id come first, words that may as well be a name or title after them.
constexpr std::array kUser = {
    "userid"sv,       "uid"sv,      "reviewerid"sv, "customerid"sv, "visitorid"sv, "memberid"sv, "accountid"sv,
    "playerid"sv,     "user"sv,     "username"sv,   "customer"sv,   "reviewer"sv,  "member"sv,   "visitor"sv,
    "userpseudoid"sv, "clientid"sv, "buyerid"sv,    "shopperid"sv,  "profileid"sv, "useridx"sv,  "sessionid"sv};
constexpr std::array kItem = {
    "itemid"sv,       "iid"sv,      "parentasin"sv,  "asin"sv,    "productid"sv, "movieid"sv,  "bookid"sv,
    "isbn"sv,         "songid"sv,   "trackid"sv,     "videoid"sv, "newsid"sv,    "gameid"sv,   "appid"sv,
    "articleid"sv,    "goodsid"sv,  "businessid"sv,  "gmapid"sv,  "artistid"sv,  "recipeid"sv, "animeid"sv,
    "stockcode"sv,    "sku"sv,      "lineitemsku"sv, "item"sv,    "product"sv,   "movie"sv,    "contentid"sv,
    "listingid"sv,    "courseid"sv, "jokeid"sv,      "beerid"sv,  "placeid"sv,   "poiid"sv,    "venueid"sv,
    "restaurantid"sv, "hotelid"sv,  "mangaid"sv,     "showid"sv,  "podcastid"sv, "itemidx"sv};
constexpr std::array kTime = {"timestamp"sv,
                              "time"sv,
                              "unixreviewtime"sv,
                              "ts"sv,
                              "date"sv,
                              "datetime"sv,
                              "createdat"sv,
                              "eventtime"sv,
                              "reviewtime"sv,
                              "reviewdate"sv,
                              "dateadded"sv,
                              "ratedat"sv,
                              "purchasedate"sv,
                              "orderdate"sv,
                              "invoicedate"sv,
                              "eventtimestamp"sv,
                              "tdat"sv,
                              "creationdate"sv,
                              "createdate"sv,
                              "createtime"sv,
                              "datecreated"sv,
                              "timestampms"sv,
                              "timems"sv,
                              "unixtime"sv,
                              "ratingtime"sv,
                              "ratingtimestamp"sv,
                              "ratingdate"sv,
                              "interactiontime"sv,
                              "interactiondate"sv,
                              "transactiondate"sv,
                              "transactiontime"sv,
                              "transactiontimestamp"sv,
                              "purchasetime"sv,
                              "ordertime"sv,
                              "clicktime"sv,
                              "viewtime"sv,
                              "reviewtimestamp"sv,
                              "submissiondate"sv,
                              "playedat"sv,
                              "listenedat"sv};
constexpr std::array kLabel = {"xlabel"sv};
constexpr std::array kRating = {"rating"sv, "overall"sv,    "stars"sv,        "starrating"sv,
                                "score"sv,  "bookrating"sv, "reviewoverall"sv};
constexpr std::array kEvent = {"eventtype"sv,    "eventname"sv, "event"sv,       "behaviortype"sv,    "behaviourtype"sv,
                               "behavior"sv,     "behaviour"sv, "actiontype"sv,  "interactiontype"sv, "feedbacktype"sv,
                               "activitytype"sv, "eventkind"sv, "interaction"sv, "action"sv,          "type"sv};
constexpr std::array kWeight = {"weight"sv};
constexpr std::array kTitle = {"title"sv,        "movietitle"sv, "itemtitle"sv,          "producttitle"sv,
                               "name"sv,         "itemname"sv,   "productname"sv,        "prodname"sv,
                               "booktitle"sv,    "bookname"sv,   "moviename"sv,          "songname"sv,
                               "songtitle"sv,    "trackname"sv,  "tracktitle"sv,         "artistname"sv,
                               "gamename"sv,     "newstitle"sv,  "articletitle"sv,       "videotitle"sv,
                               "recipename"sv,   "animetitle"sv, "productdisplayname"sv, "originaltitle"sv,
                               "primarytitle"sv, "headline"sv};
constexpr std::array kCategory = {"categories"sv, "category"sv,        "maincategory"sv, "genres"sv,         "genre"sv,
                                  "class"sv,      "productcategory"sv, "producttype"sv,  "producttypename"sv};
constexpr std::array kDescription = {"description"sv,
                                     "desc"sv,
                                     "summary"sv,
                                     "overview"sv,
                                     "plot"sv,
                                     "features"sv,
                                     "feature"sv,
                                     "detaildesc"sv,
                                     "productdescription"sv,
                                     "itemdescription"sv,
                                     "bookdescription"sv,
                                     "longdescription"sv,
                                     "shortdescription"sv,
                                     "abstract"sv,
                                     "synopsis"sv,
                                     "bodyhtml"sv};
constexpr std::array kBrand = {"brand"sv, "store"sv, "manufacturer"sv, "publisher"sv, "brandname"sv, "vendor"sv};
constexpr std::array kPrice = {"price"sv,        "currentprice"sv, "listprice"sv,
                               "regularprice"sv, "productprice"sv, "variantprice"sv};
constexpr std::array kImage = {"image"sv,      "imurl"sv,      "imageurlhighres"sv, "imageurl"sv, "images"sv,
                               "imagepath"sv,  "picture"sv,    "picturepath"sv,     "photo"sv,    "img"sv,
                               "poster"sv,     "posterurl"sv,  "imagelink"sv,       "imagesrc"sv, "imageurll"sv,
                               "pictureurl"sv, "posterpath"sv, "baseimage"sv,       "mainimage"sv};

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
    case ColumnRole::event: return kEvent;
    case ColumnRole::weight: return kWeight;
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
    case ColumnRole::event: return "kind of interaction";
    case ColumnRole::weight: return "weight";
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
    if (c == '_' || c == '-' || c == ' ' || c == '(' || c == ')') continue;
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

bool is_plural_of_item(std::string_view name) {
  static constexpr std::array kNames = {"items"sv,  "itemids"sv,    "products"sv,  "productids"sv, "asins"sv,
                                        "movies"sv, "movieids"sv,   "books"sv,     "bookids"sv,    "articles"sv,
                                        "skus"sv,   "articleids"sv, "lineitems"sv, "orderitems"sv, "trackids"sv};
  return std::find(kNames.begin(), kNames.end(), plain(name)) != kNames.end();
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

std::size_t require_column(const input::TableReader& table, ColumnRole role, const std::string& wanted,
                           std::string_view option) {
  const auto& header = table.header();
  const auto found = wanted.empty() ? find_column(header, role) : named_column(header, wanted);
  if (found) return *found;
  const std::string missing = wanted.empty() ? fmt::format("no {} column is recognised", describe(role))
                                             : fmt::format("there is no column '{}'", wanted);
  fail<DataError>("{}: {} in the header '{}'; name it with {}, or add a header line", table.where(), missing,
                  excerpt(fmt::format("{}", fmt::join(header, " "))), option);
}

bool is_named(std::string_view column, std::string_view wanted) {
  return column == wanted || without_type(column) == wanted;
}

int column_of(const input::TableReader& table, ColumnRole role, const std::string& wanted) {
  const ColumnWish wish{role, wanted};
  return columns_of(table, {&wish, 1}).front();
}

namespace {
/// Two texts of a catalogue may come from one column; the parts of an interaction may not.
bool is_of_interaction(ColumnRole role) {
  return role == ColumnRole::user || role == ColumnRole::item || role == ColumnRole::rating ||
         role == ColumnRole::time || role == ColumnRole::event || role == ColumnRole::weight;
}
}  // namespace

std::vector<int> columns_of(const input::TableReader& table, std::span<const ColumnWish> wishes) {
  const auto& header = table.header();
  std::vector<int> columns(wishes.size(), -1);
  std::vector<bool> taken(header.size(), false);
  for (std::size_t w = 0; w < wishes.size(); ++w) {
    const ColumnWish& wish = wishes[w];
    if (wish.wanted.empty() || wish.wanted == kNoColumn) continue;
    const auto found = named_column(header, wish.wanted);
    if (!found) {
      fail<DataError>("{}: there is no column '{}' for the {}; the header is '{}'", table.where(), wish.wanted,
                      describe(wish.role), excerpt(fmt::format("{}", fmt::join(header, " "))));
    }
    columns[w] = static_cast<int>(*found);
    for (std::size_t before = 0; before < w; ++before) {
      if (columns[before] != columns[w] || !is_of_interaction(wishes[before].role) || !is_of_interaction(wish.role)) {
        continue;
      }
      fail<DataError>("{}: the column '{}' is given for the {} and for the {}; each needs one of its own",
                      table.where(), wish.wanted, describe(wishes[before].role), describe(wish.role));
    }
    taken[static_cast<std::size_t>(columns[w])] = true;
  }
  for (std::size_t w = 0; w < wishes.size(); ++w) {
    if (!wishes[w].wanted.empty()) continue;
    std::optional<std::size_t> best;
    for (std::size_t column = 0; column < header.size(); ++column) {
      const auto rank = rank_of_name(header[column], wishes[w].role);
      if (!rank || taken[column] || (best && *best <= *rank)) continue;
      best = rank;
      columns[w] = static_cast<int>(column);
    }
    if (columns[w] >= 0) taken[static_cast<std::size_t>(columns[w])] = true;
  }
  return columns;
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
