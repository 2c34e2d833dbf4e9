#include "monet/eval/documents.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <iterator>

namespace monet::eval {

std::string to_json(const Evaluation& evaluation, std::string_view split) {
  nlohmann::ordered_json json;
  json["split"] = split;
  json["users"] = evaluation.num_users;
  json["popularity_users"] = evaluation.num_popular;
  json["metrics"] = evaluation.metrics;
  return json.dump(2) + "\n";
}

std::string per_user_table(const Evaluation& evaluation, const artifact::IdTable& users) {
  std::string text = fmt::format("user\t{}\n", fmt::join(evaluation.names, "\t"));
  for (std::size_t n = 0; n < evaluation.users.size(); ++n) {
    text += artifact::escape_field(users.id(evaluation.users[n]));
    for (Index c = 0; c < evaluation.per_user.cols(); ++c) {
      fmt::format_to(std::back_inserter(text), "\t{}", evaluation.per_user(static_cast<Index>(n), c));
    }
    text += '\n';
  }
  return text;
}

}  // namespace monet::eval
