// Containers: what is inside comes out, and what does not fit is named.
#include "monet/core/files/hash.h"
#include "monet/input/byte_stream.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>
#include <archive.h>
#include <archive_entry.h>

#include <atomic>

namespace monet::test {
namespace {

using namespace input;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Members = std::vector<std::pair<std::string, std::string>>;

class Archives : public TemporaryFolder {
 protected:
  /// Writes members in the format and the compression that libarchive calls so.
  std::filesystem::path pack(const std::string& name, const char* format, const char* filter, const Members& members) {
    const std::filesystem::path path = folder_ / name;
    archive* writer = archive_write_new();
    EXPECT_EQ(archive_write_set_format_by_name(writer, format), ARCHIVE_OK) << archive_error_string(writer);
    if (filter != nullptr) {
      EXPECT_EQ(archive_write_add_filter_by_name(writer, filter), ARCHIVE_OK);
    }
    EXPECT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
    for (const auto& [member, content] : members) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, member.c_str());
      archive_entry_set_filetype(entry, member.back() == '/' ? AE_IFDIR : AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
      EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK) << archive_error_string(writer);
      archive_write_data(writer, content.data(), content.size());
      archive_entry_free(entry);
    }
    EXPECT_EQ(archive_write_close(writer), ARCHIVE_OK);
    archive_write_free(writer);
    return path;
  }
  std::string content(const std::filesystem::path& path) {
    FileStream stream(path, {observer_, stop_});
    std::string text;
    std::vector<char> piece(1000);
    while (const std::size_t count = stream.read(piece)) text.append(piece.data(), count);
    EXPECT_EQ(stream.file_bytes(), static_cast<Index>(std::filesystem::file_size(path)));
    EXPECT_EQ(stream.hash(), files::hash_file(path));
    return text;
  }
  std::string refusal(const std::filesystem::path& path) {
    return message_of<DataError>([&] { content(path); });
  }
  Observer observer_;
  std::atomic<bool> stop_{false};
};

std::string many_lines() {
  std::string text = "user_id,item_id\n";
  for (int line = 0; line < 100'000; ++line)
    text += std::to_string(line * 7919 % 100'003) + "," + std::to_string(line) + "\n";
  return text;
}

TEST_F(Archives, TheOneFileInsideIsRead) {
  const std::string text = many_lines();
  EXPECT_TRUE(content(pack("x.zip", "zip", nullptr, {{"x.csv", text}})) == text);
  EXPECT_TRUE(content(pack("x.tar", "pax", nullptr, {{"x.csv", text}})) == text);
  for (const char* filter : {"gzip", "xz", "bzip2", "zstd", "lz4"}) {
    EXPECT_TRUE(content(pack("x", "pax", filter, {{"data/", ""}, {"data/x.csv", text}})) == text) << filter;
  }
  for (const char* filter : {"gzip", "xz", "bzip2", "zstd", "lz4"}) {
    EXPECT_TRUE(content(pack("x", "raw", filter, {{"x", text}})) == text) << filter;
  }
}

TEST_F(Archives, NotesAndFoldersInsideDoNotCount) {
  EXPECT_EQ(content(pack("x.zip", "zip", nullptr,
                         {{"ml/", ""},
                          {"ml/README.txt", "read me"},
                          {"ml/u.csv", "a,b\n"},
                          {"__MACOSX/ml/._u.csv", "x"},
                          {"ml/.DS_Store", "x"}})),
            "a,b\n");
}

TEST_F(Archives, WhatDoesNotFitIsNamed) {
  EXPECT_THAT(refusal(pack("two.zip", "zip", nullptr, {{"a.csv", "1"}, {"b.csv", "2"}})),
              AllOf(HasSubstr("two.zip"), HasSubstr("a.csv, b.csv"), HasSubstr("two.zip/a.csv")));
  Members many;
  for (int n = 0; n < 9; ++n) many.emplace_back("f" + std::to_string(n), "x");
  EXPECT_THAT(refusal(pack("many.zip", "zip", nullptr, many)), AllOf(HasSubstr("f7 and 1 more"), Not(HasSubstr("f8"))));
  EXPECT_THAT(refusal(pack("none.zip", "zip", nullptr, {{"README", "x"}})), HasSubstr("no data"));
  EXPECT_THAT(refusal(pack("empty.zip", "zip", nullptr, {})), HasSubstr("empty.zip: the zip file is empty"));
  EXPECT_THAT(refusal(pack("book.xlsx", "zip", nullptr, {{"[Content_Types].xml", "x"}, {"xl/workbook.xml", "x"}})),
              AllOf(HasSubstr("Excel"), HasSubstr("CSV")));
  write_text(folder_ / "x.csv", "<!DOCTYPE html>\n<p>Please log in</p>");
  EXPECT_THAT(refusal(folder_ / "x.csv"), AllOf(HasSubstr("x.csv"), HasSubstr("web page")));
}

TEST_F(Archives, ACutOneIsRefused) {
  const std::string text = many_lines();
  for (const auto& path :
       {pack("x.zip", "zip", nullptr, {{"x.csv", text}}), pack("x.xz", "raw", "xz", {{"x", text}}),
        pack("x.bz2", "raw", "bzip2", {{"x", text}}), pack("x.tgz", "pax", "gzip", {{"x.csv", text}})}) {
    const std::string whole = read_text(path);
    write_text(path, whole.substr(0, whole.size() / 2));
    EXPECT_THAT(refusal(path), AllOf(HasSubstr(path.filename().string()), HasSubstr("cut off"), HasSubstr("fetch")))
        << path;
  }
}

TEST_F(Archives, StopsWhenAsked) {
  const auto path = pack("x.zip", "zip", nullptr, {{"x.csv", many_lines()}});
  stop_ = true;
  EXPECT_THROW(content(path), Interrupted);
}

// What libarchive would take for a compression of its own, or for the input of a program that it starts.
TEST_F(Archives, TextInsideIsNotUnpackedOnceMore) {
  const std::string uu = "begin 644 a.csv\n#0V%T\n`\nend\n";
  EXPECT_EQ(content(pack("x.xz", "raw", "xz", {{"x", uu}})), uu);
  const std::string base64 = "begin-base64 644 a.csv\nQ2F0\n====\n";
  EXPECT_EQ(content(pack("y.bz2", "raw", "bzip2", {{"y", base64}})), base64);
}

TEST_F(Archives, CompressionsMayLieInEachOther) {
  const auto inner = pack("x.xz", "raw", "xz", {{"x", "a,b\n1,2\n"}});
  EXPECT_EQ(content(pack("x.xz.bz2", "raw", "bzip2", {{"x", read_text(inner)}})), "a,b\n1,2\n");
}

TEST_F(Archives, AMemberIsPreparedAndItsCatalogueLiesBesideTheArchive) {
  const std::filesystem::path zip =
      pack("shop.zip", "zip", nullptr, {{"ratings.csv", "user,item\nu,a\nv,b\n"}, {"notes.txt", "hello\n"}});
  pack("items.zip", "zip", nullptr, {{"list.csv", "item_id,title\na,Apron\n"}});
  prepare::PrepareOptions options;
  options.source = zip / "ratings.csv";
  options.out = folder_ / "out";
  const prepare::PrepareResult result = prepare_quietly(options);
  EXPECT_EQ(result.users, 2);
  EXPECT_EQ(result.described_items, 1);
  options.out = folder_ / "other";
  options.source = zip / "reviews.csv";
  EXPECT_THAT(message_of<Error>([&] { prepare_quietly(options); }), HasSubstr("no such file"));
}

}  // namespace
}  // namespace monet::test
