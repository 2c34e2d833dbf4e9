#include "tests/sharded/load_fixture.h"

namespace monet::test::sharded_load {
namespace {

TEST_F(PreparedFolder, NamesThatDoNotFit) {
  write_maps(30, 5);  // of users that are not there, and not of all items
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  // Names that are other rows' numbers.
  write_text(folder_ / "i_id_mapping.csv", "asin\titemID\n3\t0\n#3\t8\n8\t20\n1\t1\n");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_text(folder_ / "i_id_mapping.csv", "first\t0\nsecond\t1\n");  // no header
  expect_parts_of_whole(folder_);
  write_text(folder_ / "i_id_mapping.csv", "itemID\tname\r\n0\t\"say \"\"hi\"\"\"\r\n7\tcaf\xe9\r\n\r\n2\tx y");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  std::filesystem::remove(folder_ / "i_id_mapping.csv");
  write_text(folder_ / "item_list.txt", "org_id remap_id freebase\nB0 0 x\nB5 5 y\n");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
  write_text(folder_ / "item_list.txt", "\nB0 0\n");
  EXPECT_FALSE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, BadMaps) {
  const auto refused = [&](const std::string& text) {
    write_text(folder_ / "u_id_mapping.csv", text);
    return refusal_of_whole(folder_);
  };
  std::string good;
  for (int u = 0; u < 23; ++u) good += fmt::format("name{}\t{}\n", u, u);
  EXPECT_THAT(refused(good + "a\t23\nb\t3\nc\t3\nb\t25\n"), HasSubstr(":25: row 3 is named twice, 'name3' and 'b'"));
  EXPECT_THAT(refused(good + "a\t23\nname7\t24\nname3\t25\nc\t1\n"), HasSubstr(":25: the name 'name7' is there twice"));
  EXPECT_THAT(refused(good + "name7\t3\n"), HasSubstr(":24: row 3 is named twice"));
  EXPECT_THAT(refused(good + "name30\tx\nname7\t30\n"), HasSubstr(":24: row number 'x' is not a whole number"));
  EXPECT_THAT(refused(good + "name7\t30\nname30\tx\n"), HasSubstr(":24: the name 'name7'"));
  EXPECT_THAT(refused(good + "a\t30\nb\t30\n"), HasSubstr(":25: row 30 is named twice"));
  EXPECT_THAT(refused(good + "a\t2000000\n"), HasSubstr(":24: row number 2000000 is absurd"));
  EXPECT_THAT(refused("one\n" + good), HasSubstr(":1: 'one' is not"));
  EXPECT_THAT(refused(good + " \t30\n"), HasSubstr(":24: "));
}

TEST_F(PreparedFolder, MapsInManyRounds) {
  const auto read = [&](int size, std::string* said) {
    std::vector<std::vector<std::string>> parts(static_cast<std::size_t>(size));
    run_processes(size, [&](dist::Communicator& world) {
      data::Notes notes;
      const sharded::Ranges rows = sharded::Ranges::balanced(std::vector<std::int32_t>(23, 1), size);
      const auto of_part = [&] {
        const auto map = data::user_map_in(folder_);
        parts[static_cast<std::size_t>(world.rank())] = sharded::read_names(world, map, "user", rows, notes, 1).value();
      };
      if (said == nullptr) return of_part();
      const std::string here = message_of<DataError>(of_part);
      if (world.is_first()) *said = here;
    });
    std::vector<std::string> names;
    for (const auto& part : parts) names.insert(names.end(), part.begin(), part.end());
    return names;
  };
  write_maps(23, 9);
  const std::vector<std::string> names = data::find_user_map(folder_)->names;
  for (const int size : kProcesses) EXPECT_EQ(read(size, nullptr), names);
  // What is there twice, or three times, wherever it is: line 2 + n names row n.
  for (const auto& [here, there, last] : {std::array{3, 12, 20}, std::array{0, 1, 22}, std::array{10, 11, 12}}) {
    for (const bool same_row : {true, false}) {
      std::string text = "user_id\tuserID\n";
      for (int n = 0; n < 23; ++n) {
        const bool again = n == there || n == last;
        text += fmt::format("U{}\t{}\n", again && !same_row ? here : n, again && same_row ? here : n);
      }
      write_text(folder_ / "u_id_mapping.csv", text);
      const std::string whole = message_of<DataError>([&] { data::find_user_map(folder_); });
      EXPECT_THAT(whole, HasSubstr(fmt::format("csv:{}:", 2 + there)));
      for (const int size : kProcesses) {
        std::string said;
        read(size, &said);
        EXPECT_EQ(said, whole) << size;
      }
    }
  }
  // A line whose row and whose name are there: the row counts.
  for (int row = 0; row < 22; ++row) {
    std::string text;
    for (int n = 0; n < 22; ++n) text += fmt::format("U{}\t{}\n", n, n);
    write_text(folder_ / "u_id_mapping.csv", text + fmt::format("U{}\t{}\n", 21 - row, row));
    for (const int size : kProcesses) {
      std::string said;
      read(size, &said);
      EXPECT_THAT(said, HasSubstr(fmt::format(":23: row {} is named twice", row))) << size;
    }
  }
}

TEST_F(PreparedFolder, LongItemTable) {
  std::string text = "itemID,title\n";
  for (int n = 0; n < 40'000; ++n) text += fmt::format("{},title {}\n", n % 5 == 0 ? n : n % 9, n);
  write_text(folder_ / "items.csv", text);
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

TEST_F(PreparedFolder, Titles) {
  write_maps(23, 9);
  const auto with = [&](const std::string& text) {
    write_text(folder_ / "items.csv", text);
    ASSERT_TRUE(in_parts(folder_));
    expect_parts_of_whole(folder_);
  };
  with("itemID,title,genre\n3,\"three\nlines\",a\n8,eight,b\n3,three again,c\n77,other,d\n0.0,nought,e\n");
  with("asin,title\na rather long name of item 4,four\na rather long name of item 2,two\nsomething else,x\n");
  with("asin,title\nx1,one\nx2,two\n");                                // too few
  with("asin,title\nA RATHER LONG NAME OF ITEM 3,one\n");              // and why
  with("asin,price\nx1,1\n");                                          // no texts
  with("title,genre\na,0\nb,1\nc,2\nd,3\ne,4\nf,5\ng,6\nh,7\ni,8\n");  // in order
  with("title\na\nb\n");                                               // but too few
  with("id,title\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n8,h\n9,i\n");     // ids that count
  // A row's number where it is no name, and a name first.
  write_text(folder_ / "i_id_mapping.csv", "asin\titemID\n5\t0\n2.0\t7\n2\t3\n");
  with("itemID,title\n5,of row nought\n4,of row four\n2.0,of row seven\n2,of row three\n");
  write_text(folder_ / "items.csv", "itemID,title\n1,a\n2,b,c\n");
  EXPECT_THAT(refusal_of_whole(folder_), HasSubstr("items.csv:3"));
}

TEST_F(PreparedFolder, Recipes) {
  write_features("text", 9, 4);
  write_text(folder_ / "text_feat.recipe", "damaged");
  ASSERT_TRUE(in_parts(folder_));
  expect_parts_of_whole(folder_);
}

}  // namespace
}  // namespace monet::test::sharded_load
