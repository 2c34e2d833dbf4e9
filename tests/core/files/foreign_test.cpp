// What a file is, by its first bytes: each kind, and texts that begin as one of them does.
#include "monet/core/files/foreign.h"

#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using std::string_view_literals::operator""sv;

std::string kind_of(std::string_view bytes) {
  const files::ForeignKind kind = files::foreign_kind(bytes);
  return kind == files::ForeignKind::none ? "" : std::string(files::describe(kind));
}

TEST(Foreign, IsNamedByItsContent) {
  const std::string tar = std::string("x.csv") + std::string(252, '\0') + "ustar";
  for (const auto& [bytes, what] : std::initializer_list<std::pair<std::string_view, const char*>>{
           {"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12345\n"sv, "Git LFS"},
           {"PAR1\x15\x04\x15"sv, "Parquet"},
           {"PK\x03\x04\x14\0\0\0\0\0x.csv"sv, "zip"},
           {"\xfd\x37zXZ\0\0\x04"sv, "xz"},
           {"BZh91AY&SY\x12"sv, "bzip2"},
           {"\x1f\x8b\x08\0"sv, "gzip"},
           {"7z\xbc\xaf\x27\x1c\0\x04"sv, "7z"},
           {"Rar!\x1a\x07\0"sv, "RAR"},
           {tar, "tar"},
           {"\x80\x04\x95\x12\0"sv, "pickle"},
           {"\x80\x02}q\0"sv, "pickle"},
           {"\x93NUMPY\x01\0"sv, "NumPy"},
           {"\x89HDF\r\n\x1a\n"sv, "HDF5"},
           {"SQLite format 3\0"sv, "SQLite"},
           {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, ".xls"},
           {"%PDF-1.7\n"sv, "PDF"},
           {"<!DOCTYPE html>\n<html>"sv, "web page"},
           {"\xef\xbb\xbf\n  <HTML lang=en>"sv, "web page"},
           {"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>"sv, "XML"},
           {"\xff\xfe\x75\0\x73\0"sv, "UTF-16"},
           {"u\0s\0e\0r\0,\0i\0"sv, "UTF-16"},
           {"\0u\0s\0e\0r\0,\0i"sv, "UTF-16"},
           {"ORC\x08\x03\x10"sv, "ORC"},
           {"ARROW1\0\0\xff"sv, "Arrow"},
           {"Obj\x01\x04"sv, "Avro"},
           {"}q\0U\x01"
            "aq\x01K\x01s."sv,
            "pickle"},
           {"-- MySQL dump 10.13\n"sv, "SQL"},
           {"CREATE TABLE x (user_id int, item_id int);\n"sv, "SQL"},
           {"% a comment\n@RELATION x\n@ATTRIBUTE user_id NUMERIC\n@DATA\n1\n"sv, "ARFF"},
           {"%%MatrixMarket matrix coordinate real general\n"sv, "Matrix Market"},
           {"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"sv, "SAS"},
           {"<table border=1><tr><td>user_id</td></tr></table>"sv, "web page"},
           {"{\"message\": \"Not Found\", \"documentation_url\": \"https://x\"}"sv, "server's error"},
           {"{\"error\":\"Repository not found\"}\n"sv, "server's error"}}) {
    EXPECT_THAT(kind_of(bytes), HasSubstr(what));
  }
}

TEST(Foreign, TextsThatBeginAlikeAreTexts) {
  for (const std::string_view text :
       {"ORCID,item_id\n"sv, "PAR1,item\n"sv, "BZh9,item\n"sv, "user_id,item_id\n"sv, "version,item\n"sv, "<b>,x\n"sv,
        ""sv, "{\"a\": 1}\n"sv, "PK,item\n"sv, "GIF8,x"sv, "\xef\xbb\xbfuser,item"sv, "create table,item\n"sv,
        "%,@relation\n"sv, "{\"message\": \"hi\", \"user_id\": 1, \"item_id\": 2}\n"sv,
        "{\"error\": 1}\n{\"error\": 2}\n"sv}) {
    EXPECT_EQ(kind_of(text), "") << text;
  }
}

TEST(Foreign, TheMembersOfAZipSayWhatItIs) {
  using files::ForeignKind;
  EXPECT_EQ(files::kind_of_members({"[Content_Types].xml", "xl/workbook.xml"}), ForeignKind::xlsx);
  EXPECT_EQ(files::kind_of_members({"mimetype", "content.xml", "META-INF/manifest.xml"}), ForeignKind::ods);
  EXPECT_EQ(files::kind_of_members({"archive/data.pkl", "archive/data/0"}), ForeignKind::torch);
  EXPECT_EQ(files::kind_of_members({"arr_0.npy"}), ForeignKind::npz);
  EXPECT_EQ(files::kind_of_members({"ratings.csv", "README"}), ForeignKind::zip);
}

TEST(Foreign, TheMessageNamesFileKindAndRemedy) {
  const std::string_view page = "<!doctype html><title>Sign in</title>";
  EXPECT_THAT(message_of<DataError>([&] { files::refuse_foreign("a/x.csv", page, files::Wanted::table); }),
              AllOf(HasSubstr("a/x.csv: this is a web page"), HasSubstr("download the file again")));
}

TEST(Foreign, TheRemedyFitsTheDoor) {
  const auto message = [](std::string_view bytes, files::Wanted wanted) {
    return message_of<DataError>([&] { files::refuse_foreign("x", bytes, wanted); });
  };
  constexpr std::string_view kParquet = "PAR1\x15\x04\x15"sv;
  constexpr std::string_view kTorch = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv;
  EXPECT_THAT(message(kParquet, files::Wanted::table), HasSubstr("monet prepare reads it"));
  EXPECT_THAT(message(kParquet, files::Wanted::array), HasSubstr("numpy.save"));
  EXPECT_THAT(message(kParquet, files::Wanted::text), HasSubstr("or write it as plain text (UTF-8)"));
  EXPECT_THAT(message(kParquet, files::Wanted::network), HasSubstr("give the file that belongs here"));
  EXPECT_THAT(message(kTorch, files::Wanted::network), HasSubstr("torch.onnx.export"));
}

}  // namespace
}  // namespace monet::test
