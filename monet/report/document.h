#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::report {

/// A value in a JSON document that knows where it stands, so that a wrong one can be named: "sweep.json:
/// trials[3].seconds: expected a number, found a string". Lives as long as its Document.
class Node {
 public:
  Node(const nlohmann::ordered_json& json, const std::string& file, std::string where);

  // Each throws DataError when the value is of another type.
  std::string text() const;
  std::int64_t integer() const;
  bool flag() const;
  /// NaN for null, which is how JSON writes it.
  double number() const;
  std::vector<double> numbers() const;
  std::vector<Node> list() const;
  std::vector<std::pair<std::string, Node>> entries() const;
  /// A word, a number or a switch, as people write it: "megcn", "0.3", "on"; a list joined by commas.
  std::string any_text() const;

  bool is_null() const;
  bool is_number() const;
  bool has(std::string_view key) const;  // and it is not null
  /// A member of an object. Throws DataError when it is not there.
  Node operator[](std::string_view key) const;

  std::string text_or(std::string_view key, std::string_view otherwise) const;
  /// NaN when it is not there.
  double number_or_nan(std::string_view key) const;
  std::int64_t integer_or(std::string_view key, std::int64_t otherwise) const;

  /// Throws DataError about this value.
  [[noreturn]] void refuse(std::string_view problem) const;

 private:
  [[noreturn]] void refuse_type(std::string_view expected) const;

  const nlohmann::ordered_json* json_;
  const std::string* file_;
  std::string where_;
};

/// A JSON file of one of our formats.
class Document {
 public:
  /// Reads and parses. Throws IoError, or DataError when it is not JSON (naming line and column) or says no "format".
  explicit Document(const std::filesystem::path& file);
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  /// "monet-comparison", …
  std::string format() const;
  Node root() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<const std::string> name_;
  std::unique_ptr<const nlohmann::ordered_json> json_;
};

}  // namespace monet::report
