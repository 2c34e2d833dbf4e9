#include "monet/prepare/options.h"

namespace monet::prepare {

const char* name_of(Format format) {
  switch (format) {
    case Format::amazon_2014: return "amazon-2014";
    case Format::amazon_2018: return "amazon-2018";
    case Format::amazon_2023: return "amazon-2023";
    case Format::ratings_user_item: return "ratings-user-item";
    case Format::ratings_item_user: return "ratings-item-user";
    case Format::table: return "table";
    case Format::json_lines: return "jsonl";
    case Format::recbole: return "recbole";
    case Format::maml: return "maml";
    case Format::movielens: return "movielens";
    case Format::mmrec: return "mmrec";
    case Format::parquet: return "parquet";
    case Format::store: return "store";
    case Format::query: return "query";
    case Format::lists: break;
  }
  return "lists";
}

const char* name_of(SplitRule rule) {
  switch (rule) {
    case SplitRule::given: return "given";
    case SplitRule::random: return "random";
    case SplitRule::time: return "time";
    case SplitRule::global_time: return "global-time";
    case SplitRule::leave_one_out: return "leave-one-out";
    case SplitRule::cold_items: break;
  }
  return "cold-items";
}

const char* name_of(MissingFeatures policy) {
  switch (policy) {
    case MissingFeatures::mean: return "mean";
    case MissingFeatures::zero: return "zero";
    case MissingFeatures::error: return "error";
    case MissingFeatures::keep: break;
  }
  return "keep";
}

}  // namespace monet::prepare
