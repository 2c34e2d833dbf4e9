#include "monet/report/document.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/text.h"
#include "monet/report/numbers.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace monet::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

}  // namespace

Node::Node(const Json& json, const std::string& file, std::string where)
    : json_(&json), file_(&file), where_(std::move(where)) {}

void Node::refuse(std::string_view problem) const {
  fail<DataError>("{}: {}{}{}; write the file again", *file_, where_, where_.empty() ? "" : ": ", problem);
}

void Node::refuse_type(std::string_view expected) const {
  refuse(fmt::format("expected {}, found {}", expected, json_->type_name()));
}

std::string Node::text() const {
  if (!json_->is_string()) refuse_type("a text");
  return json_->get<std::string>();
}

std::int64_t Node::integer() const {
  if (!json_->is_number_integer()) refuse_type("a whole number");
  return json_->get<std::int64_t>();
}

bool Node::flag() const {
  if (!json_->is_boolean()) refuse_type("true or false");
  return json_->get<bool>();
}

double Node::number() const {
  if (json_->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!json_->is_number()) refuse_type("a number");
  return json_->get<double>();
}

std::vector<double> Node::numbers() const {
  std::vector<double> all;
  for (const Node& node : list()) all.push_back(node.number());
  return all;
}

std::vector<Node> Node::list() const {
  if (!json_->is_array()) refuse_type("a list");
  std::vector<Node> all;
  for (std::size_t i = 0; i < json_->size(); ++i) {
    all.emplace_back((*json_)[i], *file_, fmt::format("{}[{}]", where_, i));
  }
  return all;
}

std::vector<std::pair<std::string, Node>> Node::entries() const {
  if (!json_->is_object()) refuse_type("an object");
  std::vector<std::pair<std::string, Node>> all;
  for (const auto& [key, value] : json_->get_ref<const Json::object_t&>()) {
    all.emplace_back(key, Node(value, *file_, where_.empty() ? key : where_ + "." + key));
  }
  return all;
}

std::string Node::any_text() const {
  if (json_->is_boolean()) return json_->get<bool>() ? "on" : "off";
  if (json_->is_string()) return json_->get<std::string>();
  if (json_->is_number_integer()) return json_->dump();
  if (json_->is_number() || json_->is_null()) return plain_text(number());
  std::string joined;
  for (const Node& node : list()) joined += (joined.empty() ? "" : ",") + node.any_text();
  return joined;
}

bool Node::is_null() const {
  return json_->is_null();
}

bool Node::is_number() const {
  return json_->is_number();
}

bool Node::has(std::string_view key) const {
  if (!json_->is_object()) refuse_type("an object");
  const auto found = json_->find(std::string(key));
  return found != json_->end() && !found->is_null();
}

Node Node::operator[](std::string_view key) const {
  if (!json_->is_object()) refuse_type("an object");
  const auto found = json_->find(std::string(key));
  if (found == json_->end()) refuse(fmt::format("\"{}\" is missing", key));
  return {*found, *file_, where_.empty() ? std::string(key) : fmt::format("{}.{}", where_, key)};
}

std::string Node::text_or(std::string_view key, std::string_view otherwise) const {
  return has(key) ? (*this)[key].text() : std::string(otherwise);
}

double Node::number_or_nan(std::string_view key) const {
  return has(key) ? (*this)[key].number() : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t Node::integer_or(std::string_view key, std::int64_t otherwise) const {
  return has(key) ? (*this)[key].integer() : otherwise;
}

Document::Document(const std::filesystem::path& file)
    : path_(file), name_(std::make_unique<const std::string>(file.string())) {
  const files::MappedFile content(file);
  files::refuse_foreign_file(*name_, content.text(), files::Wanted::text);
  try {
    json_ = std::make_unique<const Json>(Json::parse(content.text()));
  } catch (const nlohmann::json::parse_error& error) {
    data::fail_at(*name_, content.text(), error.byte > 0 ? error.byte - 1 : 0,
                  "damaged: not JSON; write the file again");
  }
  if (!json_->is_object() || !root().text_or("format", "").starts_with("monet-")) {
    fail<DataError>("{}: not a result of monet (no \"format\": \"monet-…\")", *name_);
  }
  const Json version = json_->value("version", Json());
  if (version != kVersion) {
    fail<DataError>("{}: {} version {} (written by monet {}), this program reads version {}; use the one that wrote it",
                    *name_, format(), version.dump(), root().text_or("program", "of unknown version"), kVersion);
  }
}

Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

std::string Document::format() const {
  return root()["format"].text();
}

Node Document::root() const {
  return {*json_, *name_, ""};
}

}  // namespace monet::report
