// Labels in the cells of a catalogue.
#include "monet/prepare/items/labels.h"

#include "monet/input/json_record.h"
#include "monet/prepare/items/catalogue.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace prepare;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

/// Every cell of a column, as it is read.
std::vector<std::string> column(const std::vector<std::string>& cells) {
  LabelColumn labels;
  for (const std::string& cell : cells) labels.look(cell);
  labels.decide();
  std::vector<std::string> read;
  for (const std::string& cell : cells) read.push_back(labels.read(cell));
  return read;
}

TEST(Labels, CommasSeparateWhereLabelsRecurInOtherCompany) {
  EXPECT_THAT(column({"Pizza, Bars", "Bars, Food", "Food,Pizza", "Wine, Bars", ""}),
              ElementsAre("Pizza|Bars", "Bars|Food", "Food|Pizza", "Wine|Bars", ""));
  EXPECT_THAT(column({"Drama, Comedy", "Comedy", "Drama"}), ElementsAre("Drama|Comedy", "Comedy", "Drama"));
}

TEST(Labels, CommasBelongToALabelThatIsAlwaysWrittenSo) {
  EXPECT_THAT(column({"Toys & Games, Other", "Toys & Games, Other", "Books"}),
              ElementsAre("Toys & Games, Other", "Toys & Games, Other", "Books"));
  EXPECT_THAT(
      column({"Clothing, Shoes & Jewelry", "Arts, Crafts & Sewing", "Health, Household & Baby Care", "Books"}),
      ElementsAre("Clothing, Shoes & Jewelry", "Arts, Crafts & Sewing", "Health, Household & Baby Care", "Books"));
  EXPECT_THAT(column({"Food, Beverages & Tobacco > Food Items", "Food, Beverages & Tobacco > Beverages"}),
              ElementsAre("Food, Beverages & Tobacco|Food Items", "Food, Beverages & Tobacco|Beverages"));
  EXPECT_THAT(column({"Toys, Other", "Home, Other"}), ElementsAre("Toys, Other", "Home, Other"));
}

TEST(Labels, BarsSemicolonsAndLineEndsSeparate) {
  EXPECT_THAT(column({"Action|Sci-Fi", "Clothing, Shoes & Jewelry|Men", "A, B", "B, A"}),
              ElementsAre("Action|Sci-Fi", "Clothing, Shoes & Jewelry|Men", "A, B", "B, A"));
  EXPECT_THAT(column({"Single-player;Steam Cloud", " a ; b;;a"}), ElementsAre("Single-player|Steam Cloud", "a|b"));
  EXPECT_THAT(column({"Drama\nComedy", "Crime"}), ElementsAre("Drama|Comedy", "Crime"));
  EXPECT_THAT(column({"Toys &amp; Games", "Caf&#233;s;Bars &amp; Pubs"}),
              ElementsAre("Toys &amp; Games", "Caf&#233;s|Bars &amp; Pubs"));
  EXPECT_THAT(column({"Toys &amp; Games", "Music"}), ElementsAre("Toys &amp; Games", "Music"));
}

TEST(Labels, APathIsTheLabelsOnIt) {
  EXPECT_THAT(column({"Clothing > Shirts, Sale", "Clothing > Shirts", "Sale, Clothing > Hoodies"}),
              ElementsAre("Clothing|Shirts|Sale", "Clothing|Shirts", "Sale|Clothing|Hoodies"));
  EXPECT_THAT(column({"A >> B", "A -> C", "A \u203a D", "A \u00bb E", "A>F", "<b>G</b>"}),
              ElementsAre("A|B", "A|C", "A|D", "A|E", "A|F", "<b>G</b>"));
  EXPECT_THAT(column({"[\"Clothing >> Women's Clothing >> Shorts\"]"}),
              ElementsAre("Clothing|Women's Clothing|Shorts"));
}

TEST(Labels, ListsWrittenAsText) {
  for (const char* cell :
       {"['Drama', 'Comedy']", "[\"Drama\", \"Comedy\"]", "('Drama', 'Comedy')", "{Drama,Comedy}",
        "{\"Drama\",\"Comedy\"}", "{'Drama', 'Comedy'}", "['Drama' 'Comedy']", "['Drama'\n 'Comedy']",
        "[Drama, Comedy]", "[['Drama'], ['Comedy']]", "[u'Drama', u'Comedy']",
        "[{\"id\": 18, \"name\": \"Drama\"}, {\"id\": 35, \"name\": \"Comedy\"}]",
        "[{'id': 18, 'name': 'Drama'}, {'id': 35, 'name': 'Comedy'}]", " ['Drama', None, 'Comedy'] ",
        "{\"Drama\": 3, \"Comedy\": 1, \"War\": 0}", "{'Drama': True, 'Comedy': True, 'War': False}",
        "{{Drama},{Comedy}}", "{Drama,NULL,Comedy}"}) {
    EXPECT_THAT(labels_of_list(cell), Optional(ElementsAre("Drama", "Comedy"))) << cell;
  }
  EXPECT_THAT(labels_of_list("[28, 12]"), Optional(ElementsAre("28", "12")));
  EXPECT_THAT(labels_of_list("{\"Bars, Pubs\",\"5\\\" discs\"}"), Optional(ElementsAre("Bars, Pubs", "5\" discs")));
  EXPECT_THAT(labels_of_list("[\"caf\\u00e9\"]"), Optional(ElementsAre("caf\u00e9")));
  for (const char* empty : {"[]", "{}", "()", "[{}]"}) EXPECT_THAT(labels_of_list(empty), Optional(IsEmpty())) << empty;
  for (const char* plain : {"Drama", "[Sale] Shoes", "(unsorted)", "", "[", "a {b}"}) {
    EXPECT_EQ(labels_of_list(plain), std::nullopt) << plain;
  }
  EXPECT_THAT(column({"['Clothing, Shoes & Jewelry', 'Men']", "['Men']"}),
              ElementsAre("Clothing, Shoes & Jewelry|Men", "Men"));
}

TEST(Labels, EachOnceAndClean) {
  EXPECT_THAT(column({"a|b|a| |\u00a0b\u00a0|c\td"}), ElementsAre("a|b|c d"));
  std::string many;
  std::string expected;
  for (int label = 0; label < 40; ++label) {
    many += std::to_string(label % 20) + "|";
    if (label < 20) expected += (label > 0 ? "|" : "") + std::to_string(label);
  }
  EXPECT_THAT(column({many}), ElementsAre(expected));
}

class LabelsOfACatalogue : public TemporaryFolder {};

TEST_F(LabelsOfACatalogue, TablesAndRecordsAreReadAlike) {
  const std::vector<std::string> ids = {"a", "b", "c"};
  const auto categories = [&](std::string_view text, bool records) {
    data::NameTable names;
    for (const std::string& id : ids) names.add(id);
    ItemStore store(ids, folder_ / "texts");
    Catalogue catalogue(names, store, false);
    input::BadLines bad(false);
    if (records) {
      with_records(text, [&](input::RecordReader& reader) {
        input::JsonRecordParser parser;
        read_record_catalogue(reader, parser, {}, bad, catalogue);
      });
    } else {
      with_lines(text, [&](input::LineReader& lines) {
        input::TableReader table(lines, '\0', true);
        read_table_catalogue(table, {}, {}, false, bad, catalogue);
      });
    }
    EXPECT_EQ(catalogue.entries(), 4);
    EXPECT_EQ(catalogue.repeated(), 1);
    return std::vector{store.item(0).categories, store.item(1).categories, store.item(2).categories};
  };
  EXPECT_THAT(categories("item,categories\na,\"Pizza, Bars\"\nb,\"Bars, Food\"\na,no\nc,\"Food, Pizza\"\n", false),
              ElementsAre("Pizza|Bars", "Bars|Food", "Food|Pizza"));
  EXPECT_THAT(
      categories("{\"item\":\"a\",\"categories\":\"Pizza, Bars\"}\n{\"item\":\"b\",\"categories\":\"Bars, Food\"}\n"
                 "{\"item\":\"a\"}\n{\"item\":\"c\",\"categories\":\"Food, Pizza\"}\n",
                 true),
      ElementsAre("Pizza|Bars", "Bars|Food", "Food|Pizza"));
  EXPECT_THAT(
      categories("{\"item\":\"a\",\"categories\":[\"Toys, Games\",\"Kites\"]}\n{\"item\":\"b\",\"categories\":"
                 "[\"Kites\",\"Games\"]}\n{\"item\":\"a\"}\n{\"item\":\"c\",\"categories\":[\"Toys, Games\"]}\n",
                 true),
      ElementsAre("Toys, Games|Kites", "Kites|Games", "Toys, Games"));
  EXPECT_THAT(categories("item:token\tclass:token_seq\na\tToys Kites\nb\tMusic\na\t\nc\t\n", false),
              ElementsAre("Toys|Kites", "Music", ""));
}

TEST_F(LabelsOfACatalogue, WhatComesBehindTheSampleIsReadAsIt) {
  data::NameTable names;
  ItemStore store({}, folder_ / "texts");
  Catalogue catalogue(names, store, true);
  const char* labels[] = {"Bars", "Food", "Wine", "Pizza", "Music"};
  std::string text = "item,categories\n";
  for (int item = 0; item < 5000; ++item) {
    text += fmt::format("i{},\"{}, {}\"\n", item, labels[item % 5], labels[(item + 1 + item % 3) % 5]);
  }
  with_lines(text, [&](input::LineReader& lines) {
    input::TableReader table(lines, '\0', true);
    input::BadLines bad(false);
    read_table_catalogue(table, {}, {}, false, bad, catalogue);
  });
  EXPECT_EQ(store.size(), 5000);
  EXPECT_EQ(store.item(0).categories, "Bars|Food");
  EXPECT_EQ(store.item(1999).categories, "Music|Food");
  EXPECT_EQ(store.item(4999).categories, "Music|Food");
}

TEST(Labels, APathOfManyStepsTakesNoLonger) {
  std::string path;
  for (int step = 0; step < 500'000; ++step) path += step % 2 == 0 ? "Toys > " : "Kites > ";
  LabelColumn column;
  EXPECT_EQ(column.read(path + "Games \u203a Balls -> Drums \u00bb Toys"), "Toys|Kites|Games|Balls|Drums");
}

}  // namespace
}  // namespace monet::test
