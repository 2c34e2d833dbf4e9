#include "monet/data/five_core.h"
#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

namespace monet::test::five_core_test {
namespace {

using data::Interactions;
using data::Pair;
using data::Part;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Interactions parse(std::string_view text) {
  Interactions out;
  data::parse_five_core(text, "train.json", Part::train, out);
  return out;
}

std::string refusal(std::string_view text) {
  return message_of<DataError>([&] { parse(text); });
}

TEST(FiveCore, ReadsUsersAndItems) {
  const Interactions out = parse(" { \"3\" : [ 1,2 ],\n\t\"0\":[7] , \"5\": [] } \n");
  EXPECT_THAT(out.parts[0], ElementsAre(Pair(3, 1), Pair(3, 2), Pair(0, 7)));
  EXPECT_EQ(out.user.id, 5);
  EXPECT_EQ(out.item.id, 7);
  EXPECT_EQ(out.item.where, "train.json:2:7");
  EXPECT_THAT(parse("{}").parts[0], IsEmpty());
}

TEST(FiveCore, CarriageReturnsAndMarksAreNoted) {
  const Interactions out = parse("\xef\xbb\xbf{\"0\": [1],\r\n\"1\": [2]}\r\n");
  EXPECT_EQ(out.parts[0].size(), 2U);
  EXPECT_TRUE(out.crlf);
  EXPECT_TRUE(out.byte_order_mark);
}

TEST(FiveCore, BrokenJsonIsNamedByLineAndColumn) {
  EXPECT_THAT(refusal("{\"0\": [1, 2],\n \"1\": [3, 4}\n"), AllOf(StartsWith("train.json:2:12: "), HasSubstr("']'")));
  EXPECT_THAT(refusal("{\"0\": [1, 2],\n \"1\": [3,"), StartsWith("train.json:2:10: "));
  EXPECT_THAT(refusal(""), AllOf(StartsWith("train.json:1:1: "), HasSubstr("file ends")));
  EXPECT_THAT(refusal("[[0, 1]]"), AllOf(StartsWith("train.json:1:1: "), HasSubstr("object")));
  EXPECT_THAT(refusal("{\"0\": [1]} x"), StartsWith("train.json:1:12: "));
  EXPECT_THAT(refusal("{\"0\": [1],}"), StartsWith("train.json:1:11: "));
  EXPECT_THAT(refusal("{\"0\": [1,]}"), AllOf(StartsWith("train.json:1:10: "), HasSubstr("user \"0\"")));
  EXPECT_THAT(refusal("{\"0\" [1]}"), StartsWith("train.json:1:6: "));
  EXPECT_THAT(refusal("{\"0\": 1}"), StartsWith("train.json:1:7: "));
  EXPECT_THAT(refusal("{0: [1]}"), StartsWith("train.json:1:2: "));
  EXPECT_THAT(refusal("{\"0: [1]}"), HasSubstr("not closed"));
  EXPECT_THAT(refusal("{\"0\": [null]}"), StartsWith("train.json:1:8: "));
}

TEST(FiveCore, BadIdsAreRefused) {
  EXPECT_THAT(refusal("{\"1\": [3, -4]}"),
              AllOf(StartsWith("train.json:1:11: "), HasSubstr("-4"), HasSubstr("negative")));
  EXPECT_THAT(refusal("{\"1\": [2000000000]}"), HasSubstr("2000000001 rows"));
  EXPECT_THAT(refusal("{\"1\": [99999999999999999999]}"), HasSubstr("beyond any plausible"));
  EXPECT_THAT(refusal("{\"1\": [50000000]}"), HasSubstr("beyond any plausible"));
  EXPECT_THAT(refusal("{\"1\": [1.5]}"), HasSubstr("not a whole number"));
  EXPECT_THAT(refusal("{\"1\": [1e3]}"), HasSubstr("not a whole number"));
  EXPECT_THAT(refusal("{\"1\": [\"2\"]}"), HasSubstr("user \"1\""));
  EXPECT_THAT(refusal("{\"alice\": [1]}"), AllOf(HasSubstr("alice"), HasSubstr("not a whole number")));
  EXPECT_THAT(refusal("{\"-1\": [1]}"), HasSubstr("negative"));
  EXPECT_THAT(refusal("{\"\": [1]}"), HasSubstr("not a whole number"));
  EXPECT_THAT(refusal("{\"1\": [1],\n\"1\": [2]}"), AllOf(StartsWith("train.json:2:"), HasSubstr("twice")));
}

class FiveCoreFolder : public TemporaryFolder {};

TEST_F(FiveCoreFolder, AMissingSplitIsNamed) {
  write_text(folder_ / "train.json", "{}");
  write_text(folder_ / "test.json", "{}");
  EXPECT_THAT(message_of<IoError>([&] { data::read_five_core(folder_); }), HasSubstr("val.json"));
}

}  // namespace
}  // namespace monet::test::five_core_test
