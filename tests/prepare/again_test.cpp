// A prepared folder is prepared again, and what people's files may do to it.
#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::test::again_test {
namespace {

using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Again : public TemporaryFolder {
 protected:
  PrepareResult prepare(const std::filesystem::path& source, const std::string& out, PrepareOptions options = {}) {
    options.source = source;
    options.out = folder_ / out;
    options.name = "x";
    return prepare_quietly(options);
  }
  std::filesystem::path raw(const std::string& name, const std::string& text) {
    write_text(folder_ / name, text);
    return folder_ / name;
  }
  std::string table(const std::string& out) { return read_text(folder_ / out / "x.inter"); }
  std::string refusal(const std::filesystem::path& source, const PrepareOptions& options = {}) {
    return message_of<DataError>([&] { prepare(source, "refused", options); });
  }
};

// 20230405 s are the 23rd of August 1970, and were written as a date; prepared, they are seconds.
TEST_F(Again, TimesStayWhatTheyAre) {
  prepare(raw("days.csv",
              "user_id,item_id,time\n1,1,1970-08-23T03:33:25Z\n1,2,1970-08-23T03:33:26Z\n2,1,1970-08-23T03:35:04Z\n"),
          "days");
  EXPECT_THAT(table("days"), AllOf(HasSubstr("0\t0\t20230405\t"), HasSubstr("1\t0\t20230504\t")));
  const PrepareResult days = prepare(folder_ / "days", "days2");
  EXPECT_EQ(table("days2"), table("days"));
  EXPECT_THAT(days.notes, Not(Contains(HasSubstr("times are"))));

  prepare(raw("late.csv", "user_id,item_id,time\n1,1,9999-01-01\n1,2,9999-01-02\n2,1,9999-01-03\n"), "late");
  EXPECT_THAT(table("late"), HasSubstr("0\t0\t253370764800\t"));
  prepare(folder_ / "late", "late2");
  EXPECT_EQ(table("late2"), table("late"));
}

TEST_F(Again, ATableOfAnotherProgramTellsItsTimesBySize) {
  prepare(raw("x.inter", "userID\titemID\ttimestamp\tx_label\n0\t0\t1400000000000\t0\n1\t0\t1400000001000\t0\n"), "ms");
  EXPECT_THAT(table("ms"), AllOf(HasSubstr("0\t0\t1400000000\t0"), HasSubstr("1\t0\t1400000001\t0")));
}

// A few lines name no fifty million rows; nothing is allocated for them.
TEST_F(Again, AbsurdRowNumbersAreRefused) {
  const std::string header = "userID\titemID\tx_label\n";
  EXPECT_THAT(refusal(raw("items.inter", header + "0\t0\t0\n0\t49999999\t0\n")),
              AllOf(HasSubstr("items.inter"), HasSubstr("item id 49999999 is absurd for 2 interactions")));
  EXPECT_THAT(refusal(raw("users.inter", header + "1000000\t0\t0\n0\t1\t0\n")), HasSubstr("user id 1000000 is absurd"));
  EXPECT_THAT(refusal(raw("beyond.inter", header + "0\t9999999999999\t0\n")),
              AllOf(HasSubstr("beyond.inter"), HasSubstr("beyond any plausible number")));
  EXPECT_THAT(refusal(raw("lists.txt", "0 0 1\n1 2 49999999 3\n")), HasSubstr("item id 49999999 is absurd"));
  EXPECT_THAT(refusal(raw("lists2.txt", "0 0 1\n9999999999999 2 3 4\n")),
              AllOf(HasSubstr("lists2.txt:2"), HasSubstr("beyond any plausible number")));
  EXPECT_EQ(prepare(raw("good.inter", header + "0\t999999\t0\n0\t0\t0\n"), "good").items, 2);
}

TEST_F(Again, AWeightTimesItsKindStaysOneThatIsRead) {
  const auto source = raw("x.inter", "userID\titemID\tweight\tevent\tx_label\n0\t0\t2\tview\t0\n1\t0\t1e6\tbuy\t0\n");
  PrepareOptions options;
  options.events = {{"view", 0.25}, {"buy", 1.0}};
  prepare(source, "once", options);
  EXPECT_THAT(table("once"), AllOf(HasSubstr("0\t0\t0.5\t0"), HasSubstr("1\t0\t1000000\t0")));
  prepare(folder_ / "once", "twice");
  EXPECT_EQ(table("twice"), table("once"));
  options.events = {{"view", 0.25}, {"buy", 2.0}};
  EXPECT_THAT(refusal(source, options),
              AllOf(HasSubstr("x.inter:3"), HasSubstr("1000000 times 2"), HasSubstr("`events`")));
  const auto tiny = raw("y.inter", "userID\titemID\tweight\tevent\tx_label\n0\t0\t1e-30\tview\t0\n");
  options.events = {{"view", 1e-30}};
  EXPECT_THAT(refusal(tiny, options), HasSubstr("above 0"));
}

TEST_F(Again, NotesAreOneLineEach) {
  const PrepareResult result =
      prepare(raw("events.csv", "user_id,item_id,\"event\ntype\"\n1,1,view\n1,2,buy\n2,1,\"vi\new\"\n"), "out");
  for (const std::string& line : result.notes) EXPECT_EQ(line, one_line(line));
  EXPECT_THAT(refusal(raw("a\nb.csv", "user_id,item_id\n1\n")), HasSubstr("a\\nb.csv:2"));
}

}  // namespace
}  // namespace monet::test::again_test
