#include "monet/input/json_record.h"

#include "monet/input/line_reader.h"
#include "monet/input/literal_parser.h"
#include "monet/input/utf8.h"

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

/// False, at a number with a fraction or exponent, when such numbers must come `as_written`: they are not kept.
bool pass(const dom::element& value, std::string_view inner_key, int depth, bool as_written, RecordSink& sink) {
  if (depth > kDeepest) fail<DataError>("lists and objects lie more than {} deep", kDeepest);
  switch (value.type()) {
    case dom::element_type::STRING:
      sink.scalar({Scalar::Kind::text, std::string_view(value.get_string()), inner_key});
      return true;
    case dom::element_type::INT64: pass_number(std::int64_t(value), inner_key, sink); return true;
    case dom::element_type::UINT64: pass_number(std::uint64_t(value), inner_key, sink); return true;
    case dom::element_type::DOUBLE:
      if (as_written) return false;
      pass_number(double(value), inner_key, sink);
      return true;
    case dom::element_type::BOOL:
      sink.scalar({Scalar::Kind::boolean, bool(value) ? "true" : "false", inner_key});
      return true;
    case dom::element_type::NULL_VALUE: sink.scalar({Scalar::Kind::null, {}, inner_key}); return true;
    case dom::element_type::ARRAY:
      sink.open(RecordSink::Bracket::list, inner_key);
      for (const dom::element entry : dom::array(value)) {
        if (!pass(entry, inner_key, depth + 1, as_written, sink)) return false;
      }
      sink.close();
      return true;
    case dom::element_type::OBJECT:
      sink.open(RecordSink::Bracket::object, inner_key);
      for (const dom::key_value_pair entry : dom::object(value)) {
        if (!pass(entry.value, entry.key, depth + 1, as_written, sink)) return false;
      }
      sink.close();
      return true;
  }
  return true;
}
}  // namespace

struct JsonRecordParser::State {
  dom::parser parser{LineReader::kLongestLine + LineReader::kPadding};
  LiteralBuffers buffers;
};

JsonRecordParser::JsonRecordParser() : state_(std::make_unique<State>()) {}
JsonRecordParser::~JsonRecordParser() = default;

void JsonRecordParser::parse(std::string_view record, RecordSink& sink) {
  dom::element root;
  dom::object object;
  if (state_->parser.parse(record.data(), record.size(), false).get(root) == simdjson::SUCCESS &&
      root.get_object().get(object) == simdjson::SUCCESS) {
    sink.begin();
    bool whole = true;
    for (const dom::key_value_pair entry : object) {
      if (!sink.wants(entry.key)) continue;
      whole = pass(entry.value, {}, 0, sink.wants_digits(), sink);
      if (!whole) break;
    }
    if (whole) return;
  }
  if (!is_utf8(record)) {
    fail<DataError>("not JSON: there are bytes that are no UTF-8; convert the file (iconv -f WINDOWS-1252 -t UTF-8)");
  }
  parse_literal(record, Dialect::json, sink, state_->buffers, lone_surrogates_);
}

}  // namespace monet::input
