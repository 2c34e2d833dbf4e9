#include "monet/input/json_record.h"

#include "monet/input/line_reader.h"

#include <simdjson.h>

#include <array>
#include <charconv>

namespace monet::input {

namespace {
namespace dom = simdjson::dom;
static_assert(LineReader::kPadding >= simdjson::SIMDJSON_PADDING);

template <class T>
void pass_number(T value, std::string_view inner_key, RecordSink& sink) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  sink.scalar({Scalar::Kind::number, {text.data(), static_cast<std::size_t>(end - text.data())}, inner_key});
}

void pass(const dom::element& value, std::string_view inner_key, int depth, RecordSink& sink) {
  if (depth > kDeepest) fail<DataError>("lists and objects lie more than {} deep", kDeepest);
  switch (value.type()) {
    case dom::element_type::STRING:
      sink.scalar({Scalar::Kind::text, std::string_view(value.get_string()), inner_key});
      return;
    case dom::element_type::INT64: pass_number(std::int64_t(value), inner_key, sink); return;
    case dom::element_type::UINT64: pass_number(std::uint64_t(value), inner_key, sink); return;
    case dom::element_type::DOUBLE: pass_number(double(value), inner_key, sink); return;
    case dom::element_type::BOOL:
      sink.scalar({Scalar::Kind::boolean, bool(value) ? "true" : "false", inner_key});
      return;
    case dom::element_type::NULL_VALUE: sink.scalar({Scalar::Kind::null, {}, inner_key}); return;
    case dom::element_type::ARRAY:
      for (const dom::element entry : dom::array(value)) pass(entry, inner_key, depth + 1, sink);
      return;
    case dom::element_type::OBJECT:
      for (const dom::key_value_pair entry : dom::object(value)) pass(entry.value, entry.key, depth + 1, sink);
      return;
  }
}
}  // namespace

struct JsonRecordParser::State {
  dom::parser parser{LineReader::kLongestLine + LineReader::kPadding};
};

JsonRecordParser::JsonRecordParser() : state_(std::make_unique<State>()) {}
JsonRecordParser::~JsonRecordParser() = default;

void JsonRecordParser::parse(std::string_view line, RecordSink& sink) {
  dom::element root;
  if (const auto error = state_->parser.parse(line.data(), line.size(), false).get(root); error != simdjson::SUCCESS) {
    fail<DataError>("not a JSON object ({}); expected one complete object per line", simdjson::error_message(error));
  }
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    fail<DataError>("the JSON here is no object; expected one object per line");
  }
  for (const dom::key_value_pair entry : object) {
    if (sink.wants(entry.key)) pass(entry.value, {}, 0, sink);
  }
}

}  // namespace monet::input
