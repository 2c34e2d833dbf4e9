// Records on lines, over lines and in lists, and what a broken one costs.
#include "monet/input/record_reader.h"

#include "monet/input/json_record.h"
#include "monet/input/line_reader.h"
#include "monet/input/record_kind.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/input/support.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace monet::test {
namespace {

using namespace input;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Hands out a few bytes at a time, so that every border between blocks is met.
class Drops : public ByteStream {
 public:
  Drops(std::string_view text, std::size_t drop) : rest_(text), drop_(drop) {}
  std::size_t read(std::span<char> target) override {
    const std::size_t count = std::min({target.size(), rest_.size(), drop_});
    std::copy_n(rest_.data(), count, target.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t drop_;
};

/// "LINE:RECORD" of each.
std::vector<std::string> all(RecordReader& records) {
  std::vector<std::string> found;
  while (records.next()) found.push_back(std::to_string(records.number()) + ":" + std::string(records.record()));
  return found;
}

std::vector<std::string> records_of(std::string_view text, bool look_inside = true) {
  std::vector<std::string> whole;
  for (const std::size_t drop : {text.size() + 1, std::size_t{1}, std::size_t{3}}) {
    Drops stream(text, drop);
    RecordReader records(stream, "x.json");
    if (look_inside) records.look_inside([](std::string_view key) { return key == "user"; });
    const auto found = all(records);
    if (drop > text.size()) whole = found;
    EXPECT_EQ(found, whole) << "in pieces of " << drop;
  }
  return whole;
}

std::string record_refusal(std::string_view text) {
  return message_of<Unreadable>([&] {
    MemoryStream stream(text);
    RecordReader records(stream, "x.json");
    records.look_inside([](std::string_view key) { return key == "user"; });
    all(records);
  });
}

TEST(RecordReader, LinesOfOneRecordEach) {
  EXPECT_THAT(records_of("{\"user\":1}\n\n  \r\n{\"user\":2}\r\n{\"user\":3}"),
              ElementsAre("1:{\"user\":1}", "4:{\"user\":2}", "5:{\"user\":3}"));
  EXPECT_THAT(records_of("\xef\xbb\xbf{\"user\":1}\n\xef\xbb\xbf{\"user\":2}\n"),
              ElementsAre("1:{\"user\":1}", "2:{\"user\":2}"));
  EXPECT_THAT(records_of("{'a': \"it's\"}\n{'b': '}'}\n"), ElementsAre("1:{'a': \"it's\"}", "2:{'b': '}'}"));
  EXPECT_THAT(records_of("{\"user\":1},\n{\"user\":2},\n"), ElementsAre("1:{\"user\":1}", "2:{\"user\":2}"));
  EXPECT_THAT(records_of(""), ElementsAre());
  EXPECT_THAT(records_of("\n \n"), ElementsAre());
}

TEST(RecordReader, ABadLineAmongLinesCostsItself) {
  EXPECT_THAT(records_of("{\"user\":1}\n{\"user\": \"cut\n{\"user\":[2\n{\"user\":3}\n"),
              ElementsAre("1:{\"user\":1}", "2:{\"user\": \"cut", "3:{\"user\":[2", "4:{\"user\":3}"));
  EXPECT_THAT(records_of("{\"user\": \"cut\n{\"user\":2}\n"), ElementsAre("1:{\"user\": \"cut", "2:{\"user\":2}"));
  EXPECT_THAT(records_of("{\"user\": 1} x\n{\"user\":2}\n"), ElementsAre("1:{\"user\": 1} x", "2:{\"user\":2}"));
}

TEST(RecordReader, TheObjectsOfAList) {
  const auto three = ElementsAre("1:{\"a\":1}", "1:{\"b\":[{\"c\":\"]},{\"}]}", "1:{}");
  EXPECT_THAT(records_of("[{\"a\":1}, {\"b\":[{\"c\":\"]},{\"}]} ,{}]"), three);
  EXPECT_THAT(records_of("[\n  {\n    \"a\": 1\n  },\n  {\"b\": 2}\n]\n"),
              ElementsAre("2:{\n    \"a\": 1\n  }", "5:{\"b\": 2}"));
  EXPECT_THAT(records_of("[{\"a\":1}]\n[{\"a\":2}]\n"), ElementsAre("1:{\"a\":1}", "2:{\"a\":2}"));
  EXPECT_THAT(records_of("[]"), ElementsAre());
  EXPECT_THAT(records_of("[{\"a\":\"\\\\\"},{\"a\":\"\\\"\"}]"),
              ElementsAre("1:{\"a\":\"\\\\\"}", "1:{\"a\":\"\\\"\"}"));
}

TEST(RecordReader, ABrokenObjectOfAListCostsItself) {
  EXPECT_THAT(records_of("[\n{\"a\":1},\n{\"a\": \"cut\n{\"a\":2},\n{\"a\":3, \n{\"a\":4}\n]"),
              ElementsAre("2:{\"a\":1}", "3:{\"a\": \"cut", "4:{\"a\":2}", "5:{\"a\":3, \n", "6:{\"a\":4}"));
  EXPECT_THAT(records_of("[\n {\n  \"a\": \"cut\n  \"b\": {\"c\": 1},\n  \"d\": [2]\n },\n {\n  \"a\": 2\n }\n]"),
              ElementsAre("2:{\n  \"a\": \"cut", "7:{\n  \"a\": 2\n }"));
  EXPECT_THAT(records_of("[{\"a\":1}, 12, {\"a\":2]}, {\"a\":3}]"),
              ElementsAre("1:{\"a\":1}", "1:12", "1:{\"a\":2]", "1:{\"a\":3}"));
}

TEST(RecordReader, ObjectsOverLines) {
  EXPECT_THAT(records_of("{\n  \"user\": 1\n}\n{\n  \"user\": 2\n}\n"),
              ElementsAre("1:{\n  \"user\": 1\n}", "4:{\n  \"user\": 2\n}"));
  EXPECT_THAT(records_of("{\"user\":1}{\"user\":2} {\"user\":3}\n"),
              ElementsAre("1:{\"user\":1}", "1:{\"user\":2}", "1:{\"user\":3}"));
  EXPECT_THAT(records_of("{\"user\":1}\r{\"user\":2}\r"), ElementsAre("1:{\"user\":1}", "1:{\"user\":2}"));
}

TEST(RecordReader, TheOnlyListInAnObject) {
  EXPECT_THAT(
      records_of("{\"count\": 2, \"next\": null, \"data\": [{\"user\":1}, {\"user\":2}], \"more\": {\"x\": [1]}}"),
      ElementsAre("1:{\"user\":1}", "1:{\"user\":2}"));
  EXPECT_THAT(records_of("{\"data\":\n[{\"user\":1}]}\n{\"data\":\n[{\"user\":2}]}\n"),
              ElementsAre("2:{\"user\":1}", "4:{\"user\":2}"));
  // A basket is a record itself.
  EXPECT_THAT(records_of("{\"user\": 1, \"items\": [{\"id\": 1}]}"),
              ElementsAre("1:{\"user\": 1, \"items\": [{\"id\": 1}]}"));
  EXPECT_THAT(records_of("{\"data\": [{\"user\":1}]}", false), ElementsAre("1:{\"data\": [{\"user\":1}]}"));
}

TEST(RecordReader, WhatCannotBeReadOnIsSaid) {
  EXPECT_THAT(record_refusal("[{\"a\":1},\n{\"a\":2}"), AllOf(HasSubstr("x.json:1"), HasSubstr("cut off")));
  EXPECT_THAT(record_refusal("[\n{\"a\":1},\n{\"a\":"), AllOf(HasSubstr("x.json:3"), HasSubstr("cut off")));
  EXPECT_THAT(record_refusal("[[\"u1\", \"i1\"], [\"u2\", \"i2\"]]"), HasSubstr("do not say what is what"));
  EXPECT_THAT(record_refusal("{\"a\": [{\"x\":1}], \"b\": [{\"y\":1}]}"),
              AllOf(HasSubstr("'a' and 'b'"), HasSubstr("jq")));
  EXPECT_THAT(record_refusal(std::string_view("\xff\xfe{", 3)), HasSubstr("UTF-16"));
  EXPECT_THAT(record_refusal("{\"user\":1}\n" + std::string((std::size_t{17} << 20), 'x')),
              AllOf(HasSubstr("x.json:2"), HasSubstr("16 MiB")));
  EXPECT_THAT(record_refusal("[{\"a\":\"" + std::string((std::size_t{17} << 20), 'x') + "\"}]"), HasSubstr("16 MiB"));
}

/// A list of this many objects around `body`, made as it is read.
class EndlessList : public ByteStream {
 public:
  explicit EndlessList(std::size_t count) : left_(count) { piece_ = "{\"count\": 1, \"data\": ["; }
  std::size_t read(std::span<char> target) override {
    if (at_ == piece_.size()) {
      if (left_ == 0) return 0;
      at_ = 0;
      piece_ = "{\"user\": 7, \"text\": \"" + std::string(1000, 'x') + (left_ == 1 ? "\"}]}" : "\"},");
      --left_;
    }
    const std::size_t count = std::min(target.size(), piece_.size() - at_);
    std::copy_n(piece_.data() + at_, count, target.data());
    at_ += count;
    return count;
  }

 private:
  std::size_t left_;
  std::size_t at_ = 0;
  std::string piece_;
};

TEST(RecordReader, AListIsNotHeldInMemory) {
  constexpr std::size_t kCount = 40'000;  // 40 MB on one line, in an object
  EndlessList stream(kCount);
  RecordReader records(stream, "big.json");
  records.look_inside([](std::string_view key) { return key == "user"; });
  std::size_t count = 0;
  while (records.next()) ++count;
  EXPECT_EQ(count, kCount);
}

TEST(RecordReader, AMarkIsGoneBackTo) {
  for (const std::string text :
       {"{\"user\":1}\n{\"user\":2}\n{\"user\":3}\n", "[{\"user\":1},\n{\"user\":2},\n{\"user\":3}]"}) {
    Drops stream(text, 2);
    RecordReader records(stream, "x.json");
    records.mark();
    EXPECT_TRUE(records.next());
    EXPECT_TRUE(records.next());
    EXPECT_GE(records.bytes_since_mark(), 20U);
    records.rewind();
    EXPECT_THAT(all(records), ElementsAre("1:{\"user\":1}", HasSubstr("2:{\"user\":2"), HasSubstr("3:{\"user\":3")));
  }
}

TEST(RecordReader, ALongLineAndAnEncodingAreToldToWhoCounts) {
  const std::string text = "{\"user\":\"caf\xe9\"}\n" + std::string((std::size_t{17} << 20), 'x') + "\n{\"user\":2}\n";
  MemoryStream stream(text);
  RecordReader records(stream, "x.json");
  BadLines bad(true);
  std::vector<std::string> found;
  while (records.next(bad)) found.push_back(std::to_string(records.number()) + ":" + std::string(records.record()));
  EXPECT_THAT(found, ElementsAre("1:{\"user\":\"caf\u00e9\"}", "3:{\"user\":2}"));
  EXPECT_EQ(bad.count(), 1);
  EXPECT_THAT(bad.first(), HasSubstr("x.json:2"));
  EXPECT_THAT(bad.notes(), ElementsAre(AllOf(HasSubstr("x.json:1"), HasSubstr("Windows-1252"))));
}

TEST(RecordKind, IsToldByTheFirstBytes) {
  EXPECT_TRUE(begins_with_records(" {"));
  EXPECT_TRUE(begins_with_records("\xef\xbb\xbf[\n{"));
  EXPECT_FALSE(begins_with_records("[Section]\n"));
  EXPECT_FALSE(begins_with_records("user,item\n"));
  const auto is_python = [](std::string_view text) {
    return dynamic_cast<JsonRecordParser*>(parser_for(text).get()) == nullptr;
  };
  EXPECT_TRUE(is_python("[{'a': 1}]"));
  EXPECT_TRUE(is_python("{u\"a\": 1}"));
  EXPECT_FALSE(is_python("[\n  {\n    \"a\": 1"));
}

}  // namespace
}  // namespace monet::test
