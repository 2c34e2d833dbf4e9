#include "monet/input/json_record.h"

#include "tests/core/files/temporary_folder.h"
#include "tests/input/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(JsonRecord, ScalarsOfNestedValues) {
  JsonRecordParser parser;
  EXPECT_THAT(
      parse_record(parser, R"({"a":"x\n\u00e9","b":[1,-2.5,[true]],"unwanted":{"z":1},"c":{"k":"v","l":[null]}})"),
      ElementsAre("a=x\n\u00e9", "b=1", "b=-2.5", "b=true", "c.k=v", "c.l:null"));
  for (const char* wrong : {"{\"unwanted\": nul}", "{\"a\": \"x}", "[1]", "{\"a\":1} x", "{'a': 1}", "12"}) {
    EXPECT_THROW(parse_record(parser, wrong), DataError) << wrong;
  }
  EXPECT_THROW(parse_record(parser, "{\"a\": " + std::string(80, '[') + std::string(80, ']') + "}"), DataError);
}

std::string json_refusal(const std::string& record) {
  JsonRecordParser parser;
  return message_of<DataError>([&] { parse_record(parser, record); });
}

TEST(JsonRecord, NumbersComeAsTheyAreWritten) {
  JsonRecordParser parser;
  EXPECT_THAT(parse_record(parser, R"({"a":100000.0,"b":1e5,"c":1234567890.1650000001,"d":18446744073709551615})"),
              ElementsAre("a=100000.0", "b=1e5", "c=1234567890.1650000001", "d=18446744073709551615"));
  EXPECT_THAT(parse_record(parser, R"({"a":12345678901234567890123,"b":-0,"c":1E400})"),
              ElementsAre("a=12345678901234567890123", "b=-0", "c=1E400"));
}

/// Does not ask for digits.
class Rough : public Collect {
 public:
  bool wants_digits() const override { return false; }
};

TEST(JsonRecord, WhatNeedsNoDigitsComesByValue) {
  JsonRecordParser parser;
  std::string record = R"({"a": 4.0, "b": 2.5e0})";
  const std::size_t length = record.size();
  record.append(LineReader::kPadding, 'x');
  Rough sink;
  parser.parse(std::string_view(record).substr(0, length), sink);
  EXPECT_THAT(sink.entries, ElementsAre("a=4", "b=2.5"));
}

TEST(JsonRecord, WhatPythonWritesIsRead) {
  JsonRecordParser parser;
  EXPECT_THAT(parse_record(parser, R"({"a": NaN, "b": [Infinity, -Infinity], "unwanted": NaN})"),
              ElementsAre("a=NaN", "b=Infinity", "b=-Infinity"));
  EXPECT_EQ(parser.lone_surrogates(), 0);
  EXPECT_THAT(parse_record(parser, R"({"a": "\ud83d!", "b": "\ud83e\udd41", "c": "\/"})"),
              ElementsAre("a=\ufffd!", "b=\U0001f941", "c=/"));
  EXPECT_EQ(parser.lone_surrogates(), 1);
  EXPECT_THAT(parse_record(parser, R"({"a": 1, "a": 2})"), ElementsAre("a=1", "a=2"));
}

TEST(JsonRecord, WhatIsWrongIsSaidWithItsColumn) {
  EXPECT_THAT(json_refusal(R"({"a": 1,})"),
              AllOf(HasSubstr("column 9"), HasSubstr("a comma before a closing bracket")));
  EXPECT_THAT(json_refusal(R"({"a": [1, 2, ]})"), HasSubstr("a comma before"));
  EXPECT_THAT(json_refusal(R"({'a': 1})"), AllOf(HasSubstr("single quotes"), HasSubstr("json.dumps")));
  EXPECT_THAT(json_refusal(R"({"a": None})"), HasSubstr("Python dict among JSON"));
  EXPECT_THAT(json_refusal(R"({"a": 01})"), HasSubstr("not a JSON value"));
  EXPECT_THAT(json_refusal(R"({"a": +1})"), HasSubstr("not a JSON value"));
  EXPECT_THAT(json_refusal(R"({"a": "\x41"})"), HasSubstr("an escape that it does not have"));
  EXPECT_THAT(json_refusal("{\"a\": \"x\ty\"}"), HasSubstr("control character"));
  EXPECT_THAT(json_refusal(R"({a: 1})"), HasSubstr("a key in double quotes"));
  EXPECT_THAT(json_refusal(R"({"a": 1)"), HasSubstr("expected ',' or '}'"));
  EXPECT_THAT(json_refusal(R"({"a": )"), HasSubstr("ends too early"));
  EXPECT_THAT(json_refusal(R"(["u1", "i1"])"), HasSubstr("no JSON object"));
  EXPECT_THAT(json_refusal("{\"a\": \"caf\xe9\"}"), HasSubstr("iconv"));
}

}  // namespace
}  // namespace monet::test
