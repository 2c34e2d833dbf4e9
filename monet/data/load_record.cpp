#include "monet/data/load_record.h"

#include "monet/core/error.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <functional>

namespace monet::data {

namespace {

// One option as text, and back; `read` says whether the text is one.
struct Entry {
  const char* name;
  std::string domain;  // "one of mean, zero, error"
  std::function<std::string(const LoadOptions&)> write;
  std::function<bool(LoadOptions&, const std::string&)> read;
};

Entry text(const char* name, std::string LoadOptions::*member) {
  return {name, "a text", [member](const LoadOptions& o) { return o.*member; },
          [member](LoadOptions& o, const std::string& value) {
            o.*member = value;
            return true;
          }};
}

template <class Kind, std::size_t kCount>
Entry choice(const char* name, Kind LoadOptions::*member, std::array<std::pair<const char*, Kind>, kCount> words) {
  std::string domain = "one of";
  for (const auto& [word, kind] : words) domain += fmt::format("{} {}", domain.ends_with("of") ? "" : ",", word);
  return {name, domain,
          [member, words](const LoadOptions& o) {
            for (const auto& [word, kind] : words) {
              if (o.*member == kind) return std::string(word);
            }
            return std::string();
          },
          [member, words](LoadOptions& o, const std::string& value) {
            for (const auto& [word, kind] : words) {
              if (value != word) continue;
              o.*member = kind;
              return true;
            }
            return false;
          }};
}

const std::array<Entry, 9>& entries() {
  static const std::array<Entry, 9> kEntries = {
      text("core", &LoadOptions::core),
      choice("missing", &LoadOptions::missing_rows,
             std::array{std::pair{"mean", MissingRows::mean}, std::pair{"zero", MissingRows::zero},
                        std::pair{"error", MissingRows::error}}),
      choice("split-by", &LoadOptions::split,
             std::array{std::pair{"random", SplitKind::random}, std::pair{"time", SplitKind::time}}),
      Entry{"split-seed", "a whole number of at least 0",
            [](const LoadOptions& o) { return std::to_string(o.split_seed); },
            [](LoadOptions& o, const std::string& value) {
              const char* end = value.data() + value.size();
              const auto [at, error] = std::from_chars(value.data(), end, o.split_seed);
              return error == std::errc() && at == end;
            }},
      text("user-column", &LoadOptions::user_column),
      text("item-column", &LoadOptions::item_column),
      text("time-column", &LoadOptions::time_column),
      text("weight-column", &LoadOptions::weight_column),
      Entry{"separator", "one character",
            [](const LoadOptions& o) { return o.separator == '\0' ? std::string() : std::string(1, o.separator); },
            [](LoadOptions& o, const std::string& value) {
              o.separator = value.empty() ? '\0' : value.front();
              return value.size() <= 1;
            }}};
  return kEntries;
}

}  // namespace

std::map<std::string, std::string> to_record(const LoadOptions& options) {
  const LoadOptions defaults;
  std::map<std::string, std::string> record;
  for (const Entry& entry : entries()) {
    if (std::string value = entry.write(options); value != entry.write(defaults)) record[entry.name] = std::move(value);
  }
  return record;
}

void set_load_option(std::string_view name, const std::string& value, LoadOptions& options) {
  for (const Entry& entry : entries()) {
    if (name != entry.name) continue;
    if (!entry.read(options, value)) fail<InvalidArgument>("`{}`: '{}' is not {}", name, value, entry.domain);
    return;
  }
  fail<InternalError>("[data] there is no data option '{}'", name);
}

void apply_record(const std::map<std::string, std::string>& record, LoadOptions& options) {
  const LoadOptions defaults;
  for (const auto& [name, value] : record) {
    bool known = false;
    for (const Entry& entry : entries()) {
      if (name != entry.name) continue;
      LoadOptions changed = options;
      known = entry.read(changed, value);
      if (known && entry.write(options) == entry.write(defaults)) options = changed;
    }
    if (!known) {
      fail<DataError>("data option {} is recorded as '{}', which this version does not know; give the data options",
                      name, value);
    }
  }
}

}  // namespace monet::data
