#include "monet/experiments/method.h"

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/core/nearest.h"
#include "monet/models/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace monet::experiments {

namespace {

constexpr std::size_t kLongestSlug = 100;

std::vector<std::string> known_models() {
  return {models::model_names().begin(), models::model_names().end()};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isdigit(c) != 0 || c == '.' || c == '-' || c == '+' || c == 'e';
  });
}

void add_option(Method& method, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    fail<InvalidArgument>("'{}' in the method {} is not option=value, as in monet:encoder=lightgcn", text,
                          method.model);
  }
  std::string_view name = text.substr(0, equals);
  while (name.starts_with('-')) name.remove_prefix(1);
  method.options.emplace_back(name, text.substr(equals + 1));
}

Method begin_method(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  Method method;
  method.model = text.substr(0, colon);
  const std::vector<std::string> known = known_models();
  if (std::find(known.begin(), known.end(), method.model) == known.end()) {
    fail<InvalidArgument>("there is no model '{}'{}; known: {}", method.model, did_you_mean(method.model, known),
                          fmt::join(known, ", "));
  }
  if (colon < text.size()) add_option(method, text.substr(colon + 1));
  return method;
}

/// Whether a part between commas goes on with the method before it: an option, or the next of a list of numbers.
bool continues(std::string_view part, const std::vector<Method>& methods) {
  if (methods.empty() || methods.back().options.empty()) return false;
  const std::size_t equals = part.find('=');
  return equals == std::string_view::npos ? is_number(part) : part.find(':') > equals;
}

void parse_group(std::string_view group, std::vector<Method>& methods) {
  std::vector<Method> found;
  while (!group.empty()) {
    const std::size_t comma = std::min(group.find(','), group.size());
    const std::string_view part = group.substr(0, comma);
    group.remove_prefix(std::min(comma + 1, group.size()));
    if (part.empty()) continue;
    if (!continues(part, found)) {
      found.push_back(begin_method(part));
    } else if (part.find('=') == std::string_view::npos) {
      found.back().options.back().second += fmt::format(",{}", part);
    } else {
      add_option(found.back(), part);
    }
  }
  methods.insert(methods.end(), found.begin(), found.end());
}

}  // namespace

Method make_method(std::string model, OptionValues options) {
  std::string label = model;
  for (const auto& [name, value] : options) {
    label += fmt::format("{}{}={}", label.size() == model.size() ? ':' : ',', name, value);
  }
  return {std::move(label), std::move(model), std::move(options)};
}

std::vector<Method> parse_methods(std::string_view list) {
  std::vector<Method> parsed;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    parse_group(list.substr(0, end), parsed);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  std::vector<Method> methods;
  for (Method& method : parsed) {
    Method made = make_method(std::move(method.model), std::move(method.options));
    const bool again =
        std::any_of(methods.begin(), methods.end(), [&](const Method& m) { return m.label == made.label; });
    if (!again) methods.push_back(std::move(made));
  }
  return methods;
}

MethodSettings settings_of(const Method& method, const OptionValues& shared, const OptionValues& tuned) {
  MethodSettings out{models::ModelOptions(method.model), train::TrainOptions::for_model(method.model)};
  const auto& schedule = train::schedule_options();
  std::vector<OptionInfo> known(out.model.infos().begin(), out.model.infos().end());
  known.insert(known.end(), schedule.infos().begin(), schedule.infos().end());
  try {
    for (const OptionValues* values : {&shared, &method.options, &tuned}) {
      for (const auto& [name, text] : *values) {
        const OptionInfo* info = find_option(known, name);
        if (info == nullptr) fail_unknown_option(method.model, name, known);
        if (find_option(out.model.infos(), name) != nullptr) {
          out.model.set_text(name, text);
        } else {
          schedule.set_text(out.training, info->name, text);
        }
      }
    }
  } catch (const InvalidArgument& error) {
    fail<InvalidArgument>("{}: {}", method.label, error.what());
  }
  return out;
}

OptionValues overridden(OptionValues values, const OptionValues& more) {
  for (const auto& [name, value] : more) {
    std::erase_if(values, [&key = name](const auto& other) { return other.first == key; });
    values.emplace_back(name, value);
  }
  return values;
}

std::string joined(const OptionValues& values) {
  std::string line;
  for (const auto& [name, value] : values) line += fmt::format("{}{}={}", line.empty() ? "" : " ", name, value);
  return line;
}

std::string slug(std::string_view label) {
  std::string name;
  for (const char c : label) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '=' || c == '-';
    name += plain ? c : c == ',' ? '+' : c == ':' ? '-' : '_';
  }
  if (name.size() <= kLongestSlug) return name;
  files::Hasher hasher;
  hasher.add_text(label);
  return name.substr(0, kLongestSlug) + "-" + hasher.hex();
}

}  // namespace monet::experiments
