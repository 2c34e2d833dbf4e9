#include "monet/features/image/decode.h"
#include "monet/core/error.h"
#include "tests/features/pictures.h"
#include "tests/features/pictures_seen.h"

#include <gmock/gmock.h>
#include <png.h>

#include <cstdlib>
#include <string>

namespace monet::features {
namespace {

using test::Bytes;
using test::difference;
using test::JpegKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::vector<int> pixel(const Image& image, Index x, Index y) {
  const std::uint8_t* at = image.pixel(x, y);
  return {at[0], at[1], at[2]};
}

TEST(Decode, PngOfEveryKind) {
  const Image image = test::gradient(13, 7);
  EXPECT_EQ(difference(decode(test::encode_png(image)), image), 0);
  const std::vector<std::uint8_t> grey = {0, 128, 255};
  EXPECT_THAT(pixel(decode(test::encode_png(grey.data(), 3, 1, PNG_FORMAT_GRAY)), 1, 0), ElementsAre(128, 128, 128));
  const std::vector<std::uint8_t> transparent = {200, 0, 0, 0, 200, 10, 20, 255};
  const Image on_white = decode(test::encode_png(transparent.data(), 2, 1, PNG_FORMAT_RGBA));
  EXPECT_THAT(pixel(on_white, 0, 0), ElementsAre(255, 255, 255));
  EXPECT_THAT(pixel(on_white, 1, 0), ElementsAre(200, 10, 20));
  const std::vector<std::uint16_t> deep = {65535, 0, 65535};
  EXPECT_THAT(pixel(decode(test::encode_png(deep.data(), 1, 1, PNG_FORMAT_LINEAR_RGB)), 0, 0),
              ElementsAre(255, 0, 255));
}

TEST(Decode, JpegOfEveryKind) {
  const Image image = test::gradient(40, 24);
  EXPECT_LE(difference(decode(test::encode_jpeg(image)), image), 16);
  EXPECT_LE(difference(decode(test::encode_jpeg(image, JpegKind::progressive)), image), 16);
  // Inks of full light are the colours themselves.
  EXPECT_LE(difference(decode(test::encode_jpeg(image, JpegKind::cmyk)), image), 16);
  const auto grey = pixel(decode(test::encode_jpeg(image, JpegKind::grey)), 39, 0);
  EXPECT_GE(grey[0], 245);
  EXPECT_EQ(grey[0], grey[2]);
}

TEST(Decode, ALargeJpegIsDecodedSmaller) {
  const Image small = decode(test::encode_jpeg(test::gradient(2100, 1100)));
  EXPECT_EQ(small.width, 1050);
  EXPECT_EQ(small.height, 550);
  EXPECT_EQ(decode(test::encode_jpeg(test::gradient(2100, 1000))).width, 2100);
}

TEST(Decode, WebpWithAndWithoutTransparency) {
  const Image image = decode(test::encode_webp({200, 10, 20, 255, 9, 9, 9, 0, 100, 100, 100, 128}, 3, 1));
  EXPECT_THAT(pixel(image, 0, 0), ElementsAre(200, 10, 20));
  EXPECT_THAT(pixel(image, 1, 0), ElementsAre(255, 255, 255));
  EXPECT_THAT(pixel(image, 2, 0), ElementsAre(177, 177, 177));
}

TEST(Decode, OnePixelIsAPicture) {
  const Image dot = test::gradient(1, 1);
  EXPECT_EQ(decode(test::encode_png(dot)).rgb.size(), 3U);
  EXPECT_EQ(decode(test::encode_jpeg(dot)).rgb.size(), 3U);
  EXPECT_EQ(decode(test::encode_webp({1, 2, 3, 255}, 1, 1)).rgb.size(), 3U);
}

TEST(Decode, WhatIsCutOffIsRefused) {
  const Image image = test::gradient(300, 200);
  std::vector<std::uint8_t> rgba;
  for (std::size_t k = 0; k < image.rgb.size(); k += 3) {
    rgba.insert(rgba.end(), {image.rgb[k], image.rgb[k + 1], static_cast<std::uint8_t>(k * k % 251), 255});
  }
  for (Bytes bytes : {test::encode_png(image), test::encode_jpeg(image),
                      test::encode_jpeg(image, JpegKind::progressive), test::encode_webp(rgba, 300, 200)}) {
    for (const std::size_t keep :
         {bytes.size() / 2, bytes.size() - bytes.size() / 8, std::size_t{40}, std::size_t{12}}) {
      EXPECT_THROW(decode(std::span(bytes).first(keep)), DataError) << keep << " of " << bytes.size();
    }
  }
}

TEST(Decode, DamageInTheMiddleOfAPngIsRefused) {
  Bytes bytes = test::encode_png(test::gradient(300, 200));
  bytes[bytes.size() / 2] ^= std::byte{0x10};
  EXPECT_THAT([&] { decode(bytes); }, ThrowsMessage<DataError>(HasSubstr("damaged PNG")));
}

TEST(Decode, AJpegWithoutTheMarkOfItsEndIsWhole) {
  const Image image = test::gradient(40, 24);
  Bytes bytes = test::encode_jpeg(image);
  const Image whole = decode(bytes);
  bytes.resize(bytes.size() - 2);
  EXPECT_EQ(difference(decode(bytes), whole), 0);
  bytes.resize(bytes.size() - 8);
  EXPECT_THAT([&] { decode(bytes); }, ThrowsMessage<DataError>(HasSubstr("damaged JPEG")));
  bytes = test::encode_jpeg(image, JpegKind::progressive);
  bytes.resize(bytes.size() - 2);  // a scan may be missing
  EXPECT_THAT([&] { decode(bytes); }, ThrowsMessage<DataError>(HasSubstr("damaged JPEG")));
}

TEST(Decode, AnotherFormatIsRefusedByItsBytes) {
  for (const char* text : {"RIFF....WAVE", "\x89PNG"}) {
    const std::string content(text);
    EXPECT_THAT([&] { decode(std::as_bytes(std::span(content))); },
                ThrowsMessage<DataError>(HasSubstr("neither PNG, JPEG nor WebP")));
  }
}

TEST(Decode, AnotherFormatIsNamedWithTheRemedy) {
  using namespace std::string_literals;
  const std::pair<std::string, const char*> kinds[] = {
      {"GIF89a\1\0\1\0"s, "a GIF"},
      {"\0\0\0\x1c"s + "ftypavif\0\0\0\0"s, "an AVIF picture"},
      {"\0\0\0\x18"s + "ftypheic\0\0\0\0"s, "a HEIC picture"},
      {"\0\0\0\x18"s + "ftypmif1\0\0\0\0"s, "a HEIC or AVIF picture"},
      {"BM"s + std::string(60, '\0'), "a BMP"},
      {"II*\0\x08\0\0\0"s, "a TIFF"},
      {"MM\0*\0\0\0\x08"s, "a TIFF"},
      {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "an SVG drawing"},
      {"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- drawn -->\n<svg width=\"9\"/>", "an SVG drawing"},
      {"\xff\x0a\x10\x20", "a JPEG XL picture"},
      {"\0\0\0\x0cJXL \r\n\x87\n"s, "a JPEG XL picture"},
      {"\0\0\0\x0cjP  \r\n\x87\n"s, "a JPEG 2000 picture"},
      {"\0\0\1\0\1\0"s, "an icon (ICO)"},
      {"P6\n1 1\n255\nabc", "a Netpbm picture"},
  };
  for (const auto& [content, what] : kinds) {
    const auto bytes = std::as_bytes(std::span(content));
    EXPECT_THAT([&] { decode(bytes); },
                ThrowsMessage<DataError>(::testing::StrEq(std::string(what) + "; convert it to PNG, JPEG or WebP")))
        << what;
  }
}

TEST(Decode, WhatIsNoPictureIsNamed) {
  const std::pair<std::string, const char*> kinds[] = {
      {"", "an empty file"},
      {"<!DOCTYPE html><html><body>gone, see <svg/></body></html>", "HTML"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 1\n", "Git LFS pointer"},
  };
  for (const auto& [content, what] : kinds) {
    const auto bytes = std::as_bytes(std::span(content));
    EXPECT_THAT([&] { decode(bytes); },
                ThrowsMessage<DataError>(::testing::AllOf(HasSubstr(what), HasSubstr("give a PNG, JPEG or WebP"))));
  }
}

TEST(Decode, TooManyPixelsAreRefusedByTheHeader) {
  const DecodeLimits limits{99};
  const Image image = test::gradient(10, 10);
  for (const Bytes& bytes : {test::encode_png(image), test::encode_jpeg(image),
                             test::encode_webp(std::vector<std::uint8_t>(400, 9), 10, 10)}) {
    EXPECT_NO_THROW(decode(bytes, {100}));
    EXPECT_THAT([&] { decode(bytes, limits); },
                ThrowsMessage<DataError>(HasSubstr("10 x 10 pixels, more than the limit of 99")));
  }
  // A picture that says it has 60,000 × 60,000 pixels (at byte 16; the checksum at 29 has to fit, so libpng may
  // refuse it for that): nothing of that size is asked for.
  Bytes bomb = test::encode_png(image);
  test::put_big_endian(bomb, 16, 60000);
  test::put_big_endian(bomb, 20, 60000);
  EXPECT_THROW(decode(bomb), DataError);
}

}  // namespace
}  // namespace monet::features
