#pragma once

#include "monet/input/line_reader.h"
#include "monet/input/record.h"
#include "monet/input/record_reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::test {

/// What a record says, as "key=text" or "key.inner=text" for each scalar.
class Collect : public input::RecordSink {
 public:
  void begin() override { entries.clear(); }
  bool wants(std::string_view key) override {
    key_ = key;
    return key_ != "unwanted";
  }
  void scalar(const input::Scalar& scalar) override {
    std::string entry = key_;
    if (!scalar.inner_key.empty()) entry += "." + std::string(scalar.inner_key);
    entry += scalar.kind == input::Scalar::Kind::null ? ":null" : "=" + std::string(scalar.text);
    entries.push_back(entry);
  }
  std::vector<std::string> entries;

 private:
  std::string key_;
};

/// A text with the readable bytes behind it that a parser may touch.
inline std::vector<std::string> parse_record(input::RecordParser& parser, const std::string& line) {
  std::string padded = line;
  padded.append(input::LineReader::kPadding, 'x');
  Collect sink;
  parser.parse(std::string_view(padded).substr(0, line.size()), sink);
  return sink.entries;
}

/// Calls `read` with the lines of a text.
template <class Read>
void with_lines(std::string_view text, Read&& read) {
  input::MemoryStream stream(text);
  input::LineReader lines(stream, "memory");
  read(lines);
}

/// Calls `read` with the records of a text.
template <class Read>
void with_records(std::string_view text, Read&& read) {
  input::MemoryStream stream(text);
  input::RecordReader records(stream, "memory");
  read(records);
}

}  // namespace monet::test
