#include "monet/http/detail/target.h"

#include <gmock/gmock.h>

namespace monet::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Request read(const std::string& target, const std::string& method = "GET") {
  Request request;
  request.method = method;
  request.target = target;
  EXPECT_EQ(read_target(request), "") << target;
  return request;
}

std::string problem_of(const std::string& target) {
  Request request;
  request.method = "GET";
  request.target = target;
  return read_target(request);
}

TEST(Target, IsDecodedOnce) {
  EXPECT_EQ(read("/a%20b+c").path, "/a b+c");
  EXPECT_EQ(read("/%2541").path, "/%41");
  EXPECT_EQ(read("/j%C3%bcrgen").path, "/jürgen");
  EXPECT_EQ(read("/a%0Ab").path, "/a\nb");  // no name forbids it
  EXPECT_EQ(read("/../%2e%2E/x").path, "/../../x");
}

TEST(Target, SegmentsAreCutBeforeTheyAreDecoded) {
  EXPECT_THAT(read("/").segments, IsEmpty());
  EXPECT_THAT(read("/a").segments, ElementsAre("a"));
  EXPECT_THAT(read("/a/").segments, ElementsAre("a", ""));
  EXPECT_THAT(read("//a").segments, ElementsAre("", "a"));
  EXPECT_THAT(read("/a%2Fb/c%3Fd?e").segments, ElementsAre("a/b", "c?d"));
}

TEST(Target, QueriesAreDecodedAsFormsAre) {
  EXPECT_THAT(read("/").query, IsEmpty());
  EXPECT_THAT(read("/?").query, IsEmpty());
  EXPECT_THAT(read("/?a=1&b=2&a=3").query, ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("a", "3")));
  EXPECT_THAT(read("/?a+b=c+d%2B%26%3d").query, ElementsAre(Pair("a b", "c d+&=")));
  EXPECT_THAT(read("/?&a&&b=&=c&d=e=f?g&").query,
              ElementsAre(Pair("a", ""), Pair("b", ""), Pair("", "c"), Pair("d", "e=f?g")));
}

TEST(Target, MayBeAWholeAddress) {
  EXPECT_EQ(read("http://shop/a?b=c").path, "/a");
  EXPECT_EQ(*read("http://shop/a?b=c").parameter("b"), "c");
  EXPECT_EQ(read("HTTPS://shop:443").path, "/");
  EXPECT_EQ(read("http://shop?b=c").path, "/");
  EXPECT_EQ(*read("http://shop?b=c").parameter("b"), "c");
  EXPECT_EQ(read("*", "OPTIONS").path, "*");
}

TEST(Target, WhatIsWrongIsSaid) {
  for (const char* const path : {"/%", "/%1", "/%g1", "/%1g", "/a%2"}) {
    EXPECT_THAT(problem_of(path), HasSubstr("hexadecimal")) << path;
    EXPECT_THAT(problem_of("/?a=" + std::string(path)), HasSubstr("hexadecimal")) << path;
    EXPECT_THAT(problem_of("/?" + std::string(path) + "=a"), HasSubstr("hexadecimal")) << path;
  }
  EXPECT_THAT(problem_of("/a%00b"), HasSubstr("NUL"));
  EXPECT_THAT(problem_of("/?a%00b"), HasSubstr("NUL"));
  // Half a character, an overlong slash, a lone surrogate, beyond Unicode, Latin-1.
  for (const char* const path : {"/%C3", "/%C0%AF", "/%ED%A0%80", "/%F4%90%80%80", "/%FC"}) {
    EXPECT_THAT(problem_of(path), HasSubstr("UTF-8")) << path;
    EXPECT_THAT(problem_of("/?a=" + std::string(path)), HasSubstr("UTF-8")) << path;
  }
  EXPECT_THAT(problem_of("/%C3/%BC"), HasSubstr("UTF-8"));
  EXPECT_THAT(problem_of("/jürgen"), HasSubstr("ASCII"));
  EXPECT_THAT(problem_of("/a#b"), HasSubstr("#"));
  EXPECT_THAT(problem_of("*"), HasSubstr("OPTIONS"));
  EXPECT_THAT(problem_of("a"), HasSubstr("slash"));
  EXPECT_THAT(problem_of("?a"), HasSubstr("slash"));
  EXPECT_THAT(problem_of("ftp://shop/a"), HasSubstr("slash"));
}

}  // namespace
}  // namespace monet::http
