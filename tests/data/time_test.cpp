// Times as people write them, and how a column of them is written.
#include "monet/data/time.h"

#include <gmock/gmock.h>

#include <vector>

namespace monet::test::time_test {
namespace {

using data::parse_time;
using data::TimeStyle;
using Sample = std::vector<std::string>;

TEST(Times, NumbersAreTakenAsTheyAre) {
  EXPECT_EQ(parse_time("881250949"), 881250949.0);
  EXPECT_EQ(parse_time("1.5e3"), 1500.0);
  EXPECT_EQ(parse_time("1.5e9"), 1.5e9);
  EXPECT_EQ(parse_time("-86400"), -86400.0);
  EXPECT_EQ(parse_time(" 12.25 "), 12.25);
}

TEST(Times, IsoDates) {
  EXPECT_EQ(parse_time("1970-01-02"), 86400.0);
  EXPECT_EQ(parse_time("2014-05-01 12:30:05"), 1398947405.0);
  EXPECT_EQ(parse_time("2014-05-01T12:30:05.25Z"), 1398947405.25);
  EXPECT_EQ(parse_time("2014-05-01T12:30:05,25"), 1398947405.25);
  EXPECT_EQ(parse_time("2014-05-01T12:30"), 1398947400.0);
  EXPECT_EQ(parse_time("2014/05/01 12:30"), 1398947400.0);
  EXPECT_EQ(parse_time("2014/5/1"), 1398902400.0);
  EXPECT_EQ(parse_time("2014.05.01"), 1398902400.0);
  EXPECT_EQ(parse_time("20140501T123005Z"), 1398947405.0);
}

TEST(Times, ZonesMakeThemInstants) {
  for (const char* same : {"2021-01-01 10:00:00 UTC",
                           "2021-01-01T10:00:00Z",
                           "2021-01-01 10:00:00 GMT",
                           "2021-01-01T12:00:00+02:00",
                           "2021-01-01 06:00:00 -0400",
                           "2021-01-01T12:00:00+02",
                           "2021-01-01 05:00:00 EST",
                           "2021-01-01 10:00:00+00",
                           "2021-01-01T10:00:00.000Z",
                           "2021-01-01T10:00:00Z[UTC]",
                           "Fri, 01 Jan 2021 10:00:00 GMT",
                           "Fri, 1 Jan 2021 12:00:00 +0200",
                           "Fri Jan 01 03:00:00 -0700 2021",
                           "Fri Jan  1 10:00:00 2021",
                           "Fri Jan 01 2021 11:00:00 GMT+0100 (Central European Time)",
                           "Jan 1, 2021 10:00 AM",
                           "1 January 2021, 10:00",
                           "2021-01-01 10:00:00 AM",
                           "01-Jan-2021 10:00:00",
                           "Jan 1st, 2021 at 10:00",
                           "/Date(1609495200000)/",
                           "/Date(1609495200000+0200)/"}) {
    EXPECT_EQ(parse_time(same), 1609495200.0) << same;
  }
  EXPECT_EQ(parse_time("2021-01-01 12:00 AM"), 1609459200.0);
  EXPECT_EQ(parse_time("2021-01-01 12:00 PM"), 1609502400.0);
}

TEST(Times, DatesWithTheMonthsName) {
  EXPECT_EQ(parse_time("09 13, 2014"), 1410566400.0);
  EXPECT_EQ(parse_time("Sep 13, 2014"), 1410566400.0);
  EXPECT_EQ(parse_time("Sept. 13, 2014"), 1410566400.0);
  EXPECT_EQ(parse_time("September 13, 2014"), 1410566400.0);
  EXPECT_EQ(parse_time("13 September 2014"), 1410566400.0);
  EXPECT_EQ(parse_time("13-Sep-2014"), 1410566400.0);
  EXPECT_EQ(parse_time("13.09.2014"), 1410566400.0);
}

TEST(Times, WhatIsNoneOrAmbiguousIsRefused) {
  for (const char* bad : {"",
                          "nan",
                          "inf",
                          "2014-13-01",
                          "2014-02-30",
                          "2014-05-01x",
                          "2014-05-01 1",
                          "2014-05-01 25:00",
                          "yesterday",
                          "2014-05-01 12:61",
                          "2014-05-01 12:00 XYZ",
                          "2014-05-01 13:00 PM",
                          "Jan 2014",
                          "Smarch 13, 2014",
                          "5/5",
                          "10:00",
                          "2014-05-01 12:00:00 +99:00",
                          "Jan 1, 21",
                          "12 12 12",
                          "/Date(x)/",
                          "2014-05/01"}) {
    EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_time("12/05/2014"), std::nullopt);
  EXPECT_EQ(parse_time("31/12/2014"), parse_time("2014-12-31"));
  EXPECT_EQ(parse_time("12/31/2014"), parse_time("2014-12-31"));
  EXPECT_THAT(data::time_problem("12/05/2014"), ::testing::HasSubstr("the day or the month first"));
  EXPECT_THAT(data::time_problem("soon"), ::testing::HasSubstr("ISO date"));
}

TEST(Times, AColumnTellsItsUnit) {
  EXPECT_EQ(data::time_style(Sample{"1609459200", "1609459201"}).per_second, 1.0);
  EXPECT_EQ(data::time_style(Sample{"1609459200000", "0", "99000000000"}).per_second, 1e3);
  EXPECT_EQ(data::time_style(Sample{"1609459200000000"}).per_second, 1e6);
  EXPECT_EQ(data::time_style(Sample{"1609459200000000000"}).per_second, 1e9);
  EXPECT_EQ(data::time_style(Sample{"1.6094592e12"}).per_second, 1e3);
  EXPECT_EQ(data::time_style(Sample{"-1609459200000"}).per_second, 1e3);
  EXPECT_EQ(data::time_style(Sample{"1", "2", "3"}).per_second, 1.0);
  EXPECT_EQ(data::time_style(Sample{}).per_second, 1.0);
  const TimeStyle style = data::time_style(Sample{"1609459200250"});
  EXPECT_EQ(parse_time("1609459200250", style), 1609459200.25);
  EXPECT_EQ(parse_time("1609459200250000", style), std::nullopt);  // of another unit
  EXPECT_THAT(data::time_problem("1609459200250000", style), ::testing::HasSubstr("another size"));
  EXPECT_EQ(data::describe(style), "milliseconds");
  EXPECT_EQ(parse_time("12345678901234", data::time_style(Sample{"1", "2"})), 12345678901234.0);  // a counter
}

TEST(Times, AColumnTellsWhetherItsNumbersAreDates) {
  const TimeStyle style = data::time_style(Sample{"20210101", "20210131103000"});
  EXPECT_EQ(style.numbers, TimeStyle::Numbers::date);
  EXPECT_EQ(parse_time("20210101", style), 1609459200.0);
  EXPECT_EQ(parse_time("20210101100000", style), 1609495200.0);
  EXPECT_EQ(data::time_style(Sample{"20210101", "20211301"}).numbers, TimeStyle::Numbers::unix_time);
}

TEST(Times, AColumnTellsTheOrderOfDayAndMonth) {
  const TimeStyle american = data::time_style(Sample{"11/12/2019 9:55:12 AM", "11/15/2019 8:55:22 PM"});
  EXPECT_EQ(parse_time("11/12/2019 9:55:12 AM", american), parse_time("2019-11-12 09:55:12"));
  EXPECT_EQ(parse_time("31/12/2019", american), std::nullopt);
  const TimeStyle european = data::time_style(Sample{"11/12/2019", "15/11/2019"});
  EXPECT_EQ(parse_time("11/12/2019", european), parse_time("2019-12-11"));
  EXPECT_EQ(data::time_style(Sample{"11/12/2019", "10/11/2019"}).order, TimeStyle::Order::unknown);
  EXPECT_EQ(data::time_style(Sample{"31/12/2019", "12/31/2019"}).order, TimeStyle::Order::unknown);
}

}  // namespace
}  // namespace monet::test::time_test
