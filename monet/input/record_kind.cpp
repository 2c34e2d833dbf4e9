#include "monet/input/record_kind.h"

#include "monet/input/json_record.h"
#include "monet/input/python_record.h"
#include "monet/input/utf8.h"

namespace monet::input {

namespace {
std::string_view behind(std::string_view text, char bracket) {
  text = trimmed(text);
  if (text.starts_with(bracket)) text.remove_prefix(1);
  return trimmed(text);
}
}  // namespace

bool begins_with_records(std::string_view first) {
  first = trimmed(first);
  if (first.starts_with('{')) return true;
  if (!first.starts_with('[')) return false;
  first = behind(first, '[');
  return first.empty() || first.starts_with('{') || first.starts_with(']') || first.starts_with('[');
}

std::unique_ptr<RecordParser> parser_for(std::string_view first) {
  first = behind(behind(first, '['), '{');
  if (first.starts_with('\'') || first.starts_with("u'") || first.starts_with("u\"")) {
    return std::make_unique<PythonRecordParser>();
  }
  return std::make_unique<JsonRecordParser>();
}

}  // namespace monet::input
