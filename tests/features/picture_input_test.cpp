#include "monet/features/onnx/picture_input.h"
#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <string>

namespace monet::features {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string bytes_of_network(const std::string& name) {
  return test::read_text(std::filesystem::path(MONET_SOURCE_DIR "/tests/features/networks") / (name + ".onnx"));
}

std::string refusal_of(const std::string& name) {
  return test::message_of<DataError>([&] { picture_input(bytes_of_network(name)); });
}

TEST(PictureInputTest, ItsSizeIsTheNetworks) {
  for (const char* name : {"means", "parameters_listed"}) {
    const PictureInput input = picture_input(bytes_of_network(name));
    EXPECT_EQ(input.name, "input");
    EXPECT_EQ(input.width, 8);
    EXPECT_EQ(input.height, 8);
  }
  const PictureInput places = picture_input(bytes_of_network("places"));
  EXPECT_EQ(places.width, 3);
  EXPECT_EQ(places.height, 2);
}

TEST(PictureInputTest, AnOpenSideIsAny) {
  for (const char* name : {"means_of_any", "means_of_any_by_numbers"}) {
    const PictureInput input = picture_input(bytes_of_network(name));
    EXPECT_EQ(input.width, 0) << name;
    EXPECT_EQ(input.height, 0) << name;
  }
}

TEST(PictureInputTest, WhatTakesNoPicturesIsRefused) {
  EXPECT_THAT(refusal_of("grey"), HasSubstr("'input' is [1, 1, 28, 28]; a network for pictures has one input, [N, 3,"));
  EXPECT_THAT(refusal_of("colours_last"), HasSubstr("'input' is [1, 8, 8, 3]; a network for pictures"));
  EXPECT_THAT(refusal_of("of_words"), HasSubstr("'input' is [any, 16]; a network for pictures"));
  EXPECT_THAT(refusal_of("of_bytes"), HasSubstr("'input' holds uint8 numbers; expected float32"));
  EXPECT_THAT(refusal_of("of_two"), HasSubstr("it has 2 inputs ('input', 'mask'); a network for pictures"));
  EXPECT_THAT(refusal_of("of_nothing"), HasSubstr("it has no input; a network for pictures"));
  EXPECT_THAT(refusal_of("huge"), HasSubstr("[1, 3, 8, 100000]; pictures of more than 4096 a side are not made"));
}

TEST(PictureInputTest, ACutFileIsRefusedWhereverItEnds) {
  const std::string whole = bytes_of_network("means");
  constexpr std::size_t kAfterTheGraph = 6;  // the version of the operators
  for (std::size_t length = 0; length < whole.size() - kAfterTheGraph; ++length) {
    EXPECT_THAT(test::message_of<DataError>([&] { picture_input(whole.substr(0, length)); }),
                StartsWith("not a network in ONNX: it "))
        << length << " of " << whole.size() << " bytes";
  }
}

TEST(PictureInputTest, OtherBytesAreRefused) {
  for (const std::string& bytes : {std::string("no network"), std::string(40, '\xff'), std::string("\x3a\x00", 2),
                                   std::string("\x00\x00", 2), std::string("\x3b")}) {
    EXPECT_THAT(test::message_of<DataError>([&] { picture_input(bytes); }), StartsWith("not a network in ONNX: it "));
  }
}

}  // namespace
}  // namespace monet::features
