#include "monet/prepare/items/catalogue.h"

#include "monet/input/json_record.h"
#include "monet/prepare/tables/movielens.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using namespace prepare;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Store : public TemporaryFolder {
 protected:
  data::NameTable names(const std::vector<std::string>& ids) {
    data::NameTable table;
    for (const std::string& id : ids) table.add(id);
    return table;
  }
};

TEST_F(Store, GivesBackWhatWasKeptWhetherWrittenOutOrNot) {
  ItemStore store({"a", "b", "c"}, folder_ / "texts");
  EXPECT_EQ(entries(), 0U);  // the file has no name
  const std::string large(3 << 20, 'x');
  EXPECT_TRUE(store.add(2, {"", "title", large, "", "brand", "", ""}));
  EXPECT_TRUE(store.add(0, {"", "second", "", "cat", "", "1", "i.png"}));
  EXPECT_FALSE(store.add(0, {"", "again", "", "", "", "", ""}));
  EXPECT_EQ(store.described(), 2);
  EXPECT_EQ(store.item(0).title, "second");
  EXPECT_EQ(store.item(0).image, "i.png");
  EXPECT_EQ(store.item(1).id, "b");
  EXPECT_EQ(store.item(1).title, "");
  EXPECT_FALSE(store.is_described(1));
  EXPECT_TRUE(store.item(2).description == large);
  EXPECT_EQ(store.item(2).brand, "brand");
}

TEST_F(Store, UnseenItemsAreLeftOutOrKept) {
  const std::string text =
      "{\"id\":\"a\",\"title\":\"A\"}\n{\"id\":\"z\",\"title\":\"Z\"}\n{\"id\":\"a\",\"title\":\"B\"}\n";
  for (const bool keep : {false, true}) {
    data::NameTable table = names({"a"});
    ItemStore store({"a"}, folder_ / "texts");
    Catalogue catalogue(table, store, keep);
    with_records(text, [&](RecordReader& records) {
      JsonRecordParser parser;
      BadLines bad(false);
      read_record_catalogue(records, parser, {}, bad, catalogue);
    });
    EXPECT_EQ(catalogue.entries(), 3);
    EXPECT_EQ(catalogue.repeated(), 1);
    EXPECT_EQ(catalogue.match().unknown(), 1);
    EXPECT_EQ(store.size(), keep ? 2 : 1);
    EXPECT_EQ(store.item(0).title, "A");
  }
}

TEST_F(Store, TablesOfItemsAreReadByTheirColumns) {
  const std::string text = "sku,label,a,b,Action,Comedy,Crime,Drama,War\n1,One,x,y,0,1,0,1,0\n2,Two,,z,0,0,0,0,0\n";
  data::NameTable table = names({"2", "1"});
  ItemStore store({"2", "1"}, folder_ / "texts");
  Catalogue catalogue(table, store, false);
  ItemColumns columns;
  columns.title = "label";
  columns.description = {"b", "a"};
  with_lines(text, [&](LineReader& lines) {
    TableReader reader(lines, '\0', true);
    BadLines bad(false);
    read_table_catalogue(reader, columns, {}, false, bad, catalogue);
  });
  EXPECT_EQ(store.item(1).title, "One");
  EXPECT_EQ(store.item(1).description, "y x");
  EXPECT_EQ(store.item(1).categories, "Comedy|Drama");
  EXPECT_EQ(store.item(0).description, "z");
  EXPECT_EQ(store.item(0).categories, "");
}

TEST_F(Store, RefusalsNameThePlace) {
  data::NameTable table = names({"1"});
  ItemStore store({"1"}, folder_ / "texts");
  Catalogue catalogue(table, store, false);
  const auto refusal = [&](std::string_view text, auto read) {
    return message_of<DataError>([&] {
      with_lines(text, [&](LineReader& lines) {
        BadLines bad(false);
        read(lines, bad);
      });
    });
  };
  const auto rows = [&](LineReader& lines, BadLines& bad) {
    TableReader reader(lines, '\0', true);
    read_table_catalogue(reader, {}, {}, false, bad, catalogue);
  };
  const auto refused_records = [&](std::string_view text) {
    return message_of<DataError>([&] {
      with_records(text, [&](RecordReader& records) {
        BadLines bad(false);
        JsonRecordParser parser;
        read_record_catalogue(records, parser, {}, bad, catalogue);
      });
    });
  };
  EXPECT_THAT(refused_records("{\"id\":\"1\"}\n{\"title\":\"no id\"}\n"),
              AllOf(HasSubstr("memory:2"), HasSubstr("item id")));
  EXPECT_THAT(refused_records("{\"title\":\"no id\"}\n"), AllOf(HasSubstr("title"), HasSubstr("`item-id-column`")));
  EXPECT_THAT(refusal("title,price\nA,1\n", rows), HasSubstr("`item-id-column`"));
  EXPECT_THAT(
      refusal("1::A\n", [&](LineReader& lines, BadLines& bad) { read_movielens_movies(lines, bad, catalogue); }),
      AllOf(HasSubstr("memory:1"), HasSubstr("2 fields")));
  EXPECT_THAT(
      refusal("1|A|1995\n", [&](LineReader& lines, BadLines& bad) { read_movielens_items(lines, bad, catalogue); }),
      HasSubstr("there should be 24"));
}

}  // namespace
}  // namespace monet::test
