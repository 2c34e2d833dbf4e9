// Bytes, lines, records and tables, and every way in which a source can be damaged.
#include "monet/input/byte_stream.h"
#include "monet/input/json_record.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/records/record_interactions.h"
#include "monet/prepare/tables/table_interactions.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>
#include <zlib.h>
#include <zstd.h>

namespace monet::test {
namespace {

using namespace input;
using namespace prepare;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string gzipped(const std::string& text) {
  std::string out(compressBound(static_cast<uLong>(text.size())) + 64, '\0');
  z_stream state{};
  deflateInit2(&state, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  state.avail_in = static_cast<uInt>(text.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  deflate(&state, Z_FINISH);
  out.resize(state.total_out);
  deflateEnd(&state);
  return out;
}

std::string zstandard(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

class Streams : public TemporaryFolder {
 protected:
  std::string content(const std::string& bytes) {
    write_text(folder_ / "file", bytes);
    FileStream stream(folder_ / "file", {observer_, stop_});
    std::string text;
    std::vector<char> piece(1000);
    while (const std::size_t count = stream.read(piece)) text.append(piece.data(), count);
    EXPECT_EQ(stream.file_bytes(), static_cast<Index>(bytes.size()));
    EXPECT_EQ(stream.hash(), files::hash_file(folder_ / "file"));
    return text;
  }
  Observer observer_;
  std::atomic<bool> stop_{false};
};

std::string long_text() {
  std::string text;
  for (int line = 0; line < 200'000; ++line) text += "line " + std::to_string(line * 7919 % 100'003) + "\n";
  return text;
}

TEST_F(Streams, PlainAndCompressedFilesReadTheSame) {
  const std::string text = long_text();
  EXPECT_EQ(content(""), "");
  EXPECT_EQ(content("x"), "x");
  EXPECT_TRUE(content(text) == text);
  EXPECT_TRUE(content(gzipped(text)) == text);
  EXPECT_TRUE(content(gzipped(text) + gzipped("more\n") + gzipped("")) == text + "more\n");
  EXPECT_TRUE(content(gzipped(text) + std::string(512, '\0')) == text);
  EXPECT_TRUE(content(zstandard(text)) == text);
  EXPECT_TRUE(content(zstandard(text) + zstandard("more\n")) == text + "more\n");
}

TEST_F(Streams, CutOrDamagedCompressionIsSaid) {
  const std::string text = long_text();
  for (const std::string& whole : {gzipped(text), zstandard(text)}) {
    for (const std::size_t cut : {std::size_t{9}, whole.size() / 2, whole.size() - 1}) {
      EXPECT_THAT(message_of<Unreadable>([&] { content(whole.substr(0, cut)); }),
                  AllOf(HasSubstr("file"), HasSubstr("cut off"), HasSubstr("fetch the file again")))
          << cut;
    }
  }
  std::string damaged = gzipped(text);
  damaged[damaged.size() / 2] ^= 0x55;
  damaged[damaged.size() / 2 + 1] ^= 0x55;
  EXPECT_THAT(message_of<Unreadable>([&] { content(damaged); }), HasSubstr("damaged"));
}

TEST_F(Streams, StopsWhenAsked) {
  stop_ = true;
  EXPECT_THROW(content("x"), Interrupted);
}

TEST(Lines, EndsOfEveryKindAndAByteOrderMark) {
  with_lines(
      "\xef\xbb\xbf"
      "a\nb\r\n\n\r\nc\rd\nlast",
      [](LineReader& lines) {
        std::vector<std::string> all;
        while (lines.next()) all.emplace_back(lines.line());
        EXPECT_THAT(all, ElementsAre("a", "b", "", "", "c\rd", "last"));
        EXPECT_EQ(lines.number(), 6);
        EXPECT_TRUE(lines.crlf());
        EXPECT_TRUE(lines.byte_order_mark());
      });
  EXPECT_THAT(message_of<Unreadable>([] {
                with_lines(
                    "\xff\xfe"
                    "a",
                    [](LineReader& lines) { lines.next(); });
              }),
              HasSubstr("UTF-16"));
}

/// A stream of one line of this many bytes, made as it is read.
class EndlessLine : public ByteStream {
 public:
  explicit EndlessLine(std::size_t bytes) : left_(bytes) {}
  std::size_t read(std::span<char> target) override {
    const std::size_t count = std::min(left_, target.size());
    std::fill_n(target.data(), count, 'x');
    left_ -= count;
    return count;
  }
  std::size_t left_;
};

TEST(Lines, ALineOfAHundredMegabytesIsRefusedEarly) {
  EndlessLine stream(100'000'000);
  LineReader lines(stream, "big.json");
  EXPECT_THAT(message_of<Unreadable>([&] { lines.next(); }), AllOf(HasSubstr("big.json:1"), HasSubstr("16 MiB")));
  EXPECT_GT(stream.left_, 50'000'000U);  // it was not read to its end, nor kept
  EndlessLine fits(LineReader::kLongestLine);
  LineReader good(fits, "big.json");
  EXPECT_TRUE(good.next());
  EXPECT_EQ(good.line().size(), LineReader::kLongestLine);
}

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

InteractionLog read_table(std::string_view text, bool skip = false, Index* skipped = nullptr) {
  InteractionLog log({});
  with_lines(text, [&](LineReader& lines) {
    BadLines bad(skip);
    TableReader table(lines, '\0', true);
    read_table_interactions(table, {}, bad, log);
    if (skipped != nullptr) *skipped = bad.count();
  });
  return log;
}

TEST(Tables, QuotedFieldsMayHoldSeparatorsQuotesAndLineEnds) {
  InteractionLog log = read_table(
      "user,item,text,rating\n\"a\",\"x,1\",\"one\ntwo \"\"too\"\"\r\n\nthree\",4.5\n"
      "\"b \"\"q\"\"\",y,\"\",\n\nc,z,\"a\nb\",\"3\"\r\n");
  ASSERT_EQ(log.size(), 3);
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("a", "b \"q\"", "c"));
  EXPECT_THAT(log.item_names.take_names(), ElementsAre("x,1", "y", "z"));
  EXPECT_FLOAT_EQ(log.ratings[0], 4.5F);
  EXPECT_FLOAT_EQ(log.ratings[2], 3.0F);
  EXPECT_EQ(log.without_rating(), 1);
}

TEST(Tables, AQuoteAmongTabsIsACharacter) {
  InteractionLog log = read_table("user\titem\n\"Weird\" Al\tx\n\"quoted\"\t\"y\n");
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("\"Weird\" Al", "quoted"));
  EXPECT_THAT(log.item_names.take_names(), ElementsAre("x", "\"y"));
}

TEST(Tables, EveryRefusalNamesFileLineAndRemedy) {
  const auto refusal = [](std::string_view text) { return message_of<DataError>([&] { read_table(text); }); };
  EXPECT_THAT(refusal("user,item\na,x\nb\n"), AllOf(HasSubstr("memory:3"), HasSubstr("1 field"), HasSubstr("quote")));
  EXPECT_THAT(refusal("user,item,rating\na,x,5\n\nb,y,nan\n"), AllOf(HasSubstr("memory:4"), HasSubstr("'nan'")));
  EXPECT_THAT(refusal("user,item,rating\na,x,1e999\n"), HasSubstr("finite"));
  EXPECT_THAT(refusal("user,item,rating\na,,5\n"), AllOf(HasSubstr("memory:2"), HasSubstr("no item id")));
  EXPECT_THAT(refusal("user,item,time\na,x,yesterday\n"), AllOf(HasSubstr("'yesterday'"), HasSubstr("ISO date")));
  EXPECT_THAT(refusal("user,item,x_label\na,x,3\n"), HasSubstr("x_label is '3'"));
  EXPECT_THAT(refusal("user,item\na,\"x\n\n"), AllOf(HasSubstr("memory:2"), HasSubstr("not closed")));
  EXPECT_THAT(refusal("user,item\n\"a\"b,x\n"), HasSubstr("closing quote"));
  EXPECT_THAT(refusal("user,item\n\"a\nb\",x\n"), HasSubstr("control character"));
  EXPECT_THAT(refusal("who,what\na,x\n"), AllOf(HasSubstr("no user column"), HasSubstr("`user-column`")));
  EXPECT_THAT(refusal("user\na\n"), HasSubstr("one column"));
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
}

TEST(Tables, BadLinesCanBeSkippedAndAreCounted) {
  Index skipped = 0;
  const InteractionLog log = read_table("user,item,rating\na,x,5\nb,y\nc,z,nan\nd,w,4\n", true, &skipped);
  EXPECT_EQ(log.size(), 2);
  EXPECT_EQ(skipped, 2);
}

TEST(Log, TimesRatingsAndTheThreshold) {
  InteractionLog log({3.0, true});
  log.add({"u", "i", "3", "1602133857705"});
  log.add({"u", "j", "2.5", "1602133857"});
  log.add({"u", "k", "", "1602133857"});
  log.add({" v ", "j", "5", "1602133858"});
  log.add({"v", "i", "4", "2020-10-08T05:10:57Z"});
  log.settle();
  EXPECT_EQ(log.below_min_rating(), 2);
  EXPECT_THAT(log.times, ElementsAre(1602133857.705, 1602133858.0, 1602133857.0));
  EXPECT_EQ(log.times_in_ms(), 1);
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("u", "v"));
}

InteractionLog read_records(std::string_view text, const InteractionColumns& columns = {}) {
  InteractionLog log({});
  with_lines(text, [&](LineReader& lines) {
    BadLines bad(false);
    JsonRecordParser parser;
    read_record_interactions(lines, parser, columns, bad, log);
  });
  return log;
}

TEST(Records, KeysAreFoundOrGiven) {
  InteractionLog log =
      read_records(R"({"user_id":"u","asin":"variant","parent_asin":"parent","rating":5.0,"timestamp":1})"
                   "\n\n"
                   R"({"timestamp":2,"rating":null,"user_id":7,"parent_asin":"parent"})");
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("u", "7"));
  EXPECT_THAT(log.item_names.take_names(), ElementsAre("parent"));
  EXPECT_EQ(log.without_rating(), 1);
  InteractionLog given = read_records(R"({"who":"u","what":{"id":"x"},"user":"no"})", {"who", "what", "", ""});
  EXPECT_THAT(given.user_names.take_names(), ElementsAre("u"));
  EXPECT_THAT(message_of<DataError>([] { read_records("{\"user\":\"u\",\"item\":\"i\"}\n{\"user\":\"u\"}\n"); }),
              AllOf(HasSubstr("memory:2"), HasSubstr("no item id")));
  EXPECT_THAT(message_of<DataError>([] { read_records("{\"user\":\"u\",\"item\":\"i\",\"rating\":NaN}"); }),
              AllOf(HasSubstr("memory:1"), HasSubstr("JSON")));
}

}  // namespace
}  // namespace monet::test
