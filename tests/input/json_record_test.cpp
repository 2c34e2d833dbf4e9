#include "monet/input/json_record.h"

#include "tests/input/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using ::testing::ElementsAre;

TEST(JsonRecord, ScalarsOfNestedValues) {
  JsonRecordParser parser;
  EXPECT_THAT(
      parse_record(parser, R"({"a":"x\n\u00e9","b":[1,-2.5,[true]],"unwanted":{"z":1},"c":{"k":"v","l":[null]}})"),
      ElementsAre("a=x\n\u00e9", "b=1", "b=-2.5", "b=true", "c.k=v", "c.l:null"));
  for (const char* wrong :
       {"{\"a\": NaN}", "{\"unwanted\": nul}", "{\"a\": \"x}", "[1]", "{\"a\":1} x", "{'a': 1}", "12"}) {
    EXPECT_THROW(parse_record(parser, wrong), DataError) << wrong;
  }
  EXPECT_THROW(parse_record(parser, "{\"a\": " + std::string(80, '[') + std::string(80, ']') + "}"), DataError);
}

}  // namespace
}  // namespace monet::test
