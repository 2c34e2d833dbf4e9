#include "monet/input/python_record.h"

#include "tests/core/files/temporary_folder.h"
#include "tests/input/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> parse(const std::string& line) {
  input::PythonRecordParser parser;
  return parse_record(parser, line);
}
std::string literal_refusal(const std::string& line) {
  return message_of<DataError>([&] { parse(line); });
}

TEST(PythonRecord, Scalars) {
  EXPECT_THAT(parse("{'a': 'x', \"b\": 12, 'c': -2.5e-1, 'd': True, 'e': False, 'f': None, 'g': 7L}"),
              ElementsAre("a=x", "b=12", "c=-2.5e-1", "d=true", "e=false", "f:null", "g=7"));
  EXPECT_THAT(parse("{'a': nan, 'b': -inf, 'c': .5, 'd': 5.}"), ElementsAre("a=nan", "b=-inf", "c=.5", "d=5."));
  EXPECT_THAT(parse("  { }  "), ElementsAre());
}

TEST(PythonRecord, ListsTuplesAndDictsKeepTheirOrder) {
  EXPECT_THAT(parse("{'a': [['x', 'y'], (), ('z',), []], 'unwanted': [1, {'k': 'v'}], 'b': {'k': {'l': 1, 'm': [2]}}}"),
              ElementsAre("a=x", "a=y", "a=z", "b.l=1", "b.m=2"));
}

TEST(PythonRecord, EveryEscape) {
  EXPECT_THAT(parse(R"({'a': 'it\'s "q" \\ \a\b\f\n\r\t\v|'})"), ElementsAre("a=it's \"q\" \\ \a\b\f\n\r\t\v|"));
  EXPECT_THAT(parse(R"({'a': "it's \"q\""})"), ElementsAre("a=it's \"q\""));
  EXPECT_THAT(parse(R"({'a': '\x41\xe9\101\7z\u20ac\U0001f941'})"), ElementsAre("a=A\u00e9A\az\u20ac\U0001f941"));
  EXPECT_THAT(parse(R"({'a': '\ud83e\udd41', 'b': '\ud83e', 'c': '\udd41\ud83ex'})"),
              ElementsAre("a=\U0001f941", "b=\ufffd", "c=\ufffd\ufffdx"));
  EXPECT_THAT(parse(R"({'a': '\q\ '})"), ElementsAre("a=\\q\\ "));
  EXPECT_THAT(parse(R"({u'a': u'x', 'b': b'y', 'c': r'\n', 'd': Ur'\'z'})"),
              ElementsAre("a=x", "b=y", "c=\\n", "d=\\'z"));
}

TEST(PythonRecord, TextThatIsNotEscapedStaysAsItIs) {
  EXPECT_THAT(parse("{'a': 'caf\u00e9 \u30c9\u30e9\u30e0'}"), ElementsAre("a=caf\u00e9 \u30c9\u30e9\u30e0"));
}

TEST(PythonRecord, RefusesWhatIsNoLiteralAndSaysWhere) {
  EXPECT_THAT(literal_refusal("{'a': __import__('os')}"),
              ::testing::AllOf(HasSubstr("column 7"), HasSubstr("no Python literal")));
  EXPECT_THAT(literal_refusal("{'a': 1 + 2}"), HasSubstr("expected ',' or '}'"));
  EXPECT_THAT(literal_refusal("{'a': 'x}"), HasSubstr("a string is not closed"));
  EXPECT_THAT(literal_refusal("{'a': 'x\\"), HasSubstr("inside a string"));
  EXPECT_THAT(literal_refusal("{'a': '\\N{BULLET}'}"), HasSubstr("by name"));
  EXPECT_THAT(literal_refusal("{'a': '\\x4'}"), HasSubstr("2 hexadecimal digits"));
  EXPECT_THAT(literal_refusal("{'a': '\\U00110000'}"), HasSubstr("no character"));
  EXPECT_THAT(literal_refusal("{'a': [1, 2}"), HasSubstr("expected ',' or ']'"));
  EXPECT_THAT(literal_refusal("{'a' 1}"), HasSubstr("expected ':'"));
  EXPECT_THAT(literal_refusal("{'a': 1} {}"), HasSubstr("after the end"));
  EXPECT_THAT(literal_refusal("['a']"), HasSubstr("expected a Python dict"));
  EXPECT_THAT(literal_refusal("{['a']: 1}"), HasSubstr("key"));
  EXPECT_THAT(literal_refusal("{'a': "), HasSubstr("too early"));
  EXPECT_THAT(literal_refusal("{'a': 1e}"), HasSubstr("no Python literal"));
}

TEST(PythonRecord, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return "{'a': " + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_THAT(parse(nested(input::kDeepest)), ElementsAre());
  EXPECT_THAT(literal_refusal(nested(input::kDeepest + 1)), HasSubstr("deep"));
  EXPECT_THAT(literal_refusal("{'unwanted': " + std::string(5'000'000, '(')), HasSubstr("deep"));
}

}  // namespace
}  // namespace monet::test
