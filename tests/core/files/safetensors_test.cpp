#include "monet/core/files/safetensors.h"
#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "tests/core/files/npy_bytes.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstring>

namespace monet::test::safetensors_test {
namespace {

using files::Dtype;
using files::Safetensors;
using files::SafetensorsWriter;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SafetensorsFile : public TemporaryFolder {
 protected:
  std::filesystem::path path_ = folder_ / "model.safetensors";
};

std::string file_of(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + header + data;
}

std::string refusal(const std::string& file) {
  return message_of<DataError>([&] { Safetensors opened(bytes_of(file), "model.safetensors"); });
}

TEST_F(SafetensorsFile, RoundTrip) {
  Matrix<float> block(3, 8);
  for (Index k = 0; k < block.size(); ++k) block.data()[k] = static_cast<float>(k);
  const std::vector<float> bias = {0.5F, -1.0F, 2.0F};
  const std::vector<std::int64_t> indptr = {0, 2, 5};
  const std::vector<std::int32_t> indices = {4, 5, 6, 7, 8};
  const std::vector<std::uint16_t> half = {0x3f80, 0x4000};
  SafetensorsWriter writer;
  writer.add("bias", std::span<const float>(bias));
  writer.add("left", block.view().columns(0, 4));
  writer.add("right", block.view().columns(4, 4));
  writer.add("indptr", std::span<const std::int64_t>(indptr));
  writer.add("indices", std::span<const std::int32_t>(indices));
  writer.add("brain", Dtype::bf16, {1, 2}, std::as_bytes(std::span(half)));
  writer.add("nothing", std::span<const float>());
  writer.set_metadata("model", "monet \"quoted\"");
  writer.write(path_);

  const Safetensors file(path_);
  EXPECT_EQ(file.tensors().size(), 7U);
  EXPECT_EQ(file.metadata().at("model"), "monet \"quoted\"");
  EXPECT_THAT(file.values<float>("bias"), ElementsAre(0.5F, -1.0F, 2.0F));
  const auto right = file.matrix<float>("right");
  ASSERT_EQ(right.rows, 3);
  ASSERT_EQ(right.cols, 4);
  EXPECT_EQ(right(2, 1), block(2, 5));
  EXPECT_EQ(file.matrix<float>("bias").rows, 1);
  EXPECT_THAT(file.values<std::int64_t>("indptr"), ElementsAre(0, 2, 5));
  EXPECT_THAT(file.values<std::int32_t>("indices"), ElementsAre(4, 5, 6, 7, 8));
  EXPECT_EQ(file.at("brain").describe(), "BF16 [1, 2]");
  EXPECT_EQ(file.at("nothing").size(), 0);
}

TEST_F(SafetensorsFile, DataIsAligned) {
  const std::vector<float> odd(3);
  const std::vector<double> wide(1);
  Matrix<float> rows(4, 16);
  for (const char* long_name : {"a", "ab", "abc", "a name of some length that moves the end of the header"}) {
    SafetensorsWriter writer;
    writer.add(long_name, std::span<const float>(odd));
    writer.add("rows", rows.view());
    writer.add("wide", std::span<const double>(wide));
    writer.write(path_);
    const std::string bytes = read_text(path_);
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), sizeof header);
    EXPECT_EQ((8 + header) % 64, 0U);
    const Safetensors file(path_);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.at("rows").bytes.data()) % 64, 0U);
  }
}

TEST_F(SafetensorsFile, MovingKeepsViews) {
  const std::vector<float> values = {1.0F, 2.0F};
  SafetensorsWriter writer;
  writer.add("v", std::span<const float>(values));
  writer.write(path_);
  Safetensors first(path_);
  const auto view = first.values<float>("v");
  const Safetensors second = std::move(first);
  EXPECT_THAT(view, ElementsAre(1.0F, 2.0F));
  EXPECT_EQ(second.values<float>("v").data(), view.data());
}

TEST_F(SafetensorsFile, NamesAreUniqueAndShapesFit) {
  const std::vector<float> values(6);
  SafetensorsWriter writer;
  writer.add("v", std::span<const float>(values));
  EXPECT_THROW(writer.add("v", std::span<const float>(values)), InvalidArgument);
  EXPECT_THROW(writer.add("w", Dtype::f32, {2, 2}, std::as_bytes(std::span(values))), InvalidArgument);
}

TEST(Safetensors, ReadsUnalignedDataOfOtherWriters) {
  const std::string data = raw(std::vector<float>{1.5F, -2.0F});
  for (std::size_t spaces = 0; spaces < 8; ++spaces) {
    const std::string file =
        file_of(R"({"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})" + std::string(spaces, ' '), data);
    const Safetensors opened(bytes_of(file), "other");
    EXPECT_THAT(opened.values<float>("v"), ElementsAre(1.5F, -2.0F));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(opened.values<float>("v").data()) % alignof(float), 0U);
  }
}

TEST(Safetensors, EveryDtypeBecomesFloats) {
  const auto floats = [](const std::string& dtype, const std::string& data, std::size_t count) {
    const std::string file = file_of(R"({"v":{"dtype":")" + dtype + R"(","shape":[)" + std::to_string(count) +
                                         R"(,1],"data_offsets":[0,)" + std::to_string(data.size()) + "]}}",
                                     data);
    const Matrix<float> matrix = Safetensors(bytes_of(file), "x").floats("v");
    EXPECT_EQ(matrix.rows(), static_cast<Index>(count));
    return std::vector<float>(matrix.data(), matrix.data() + matrix.size());
  };
  EXPECT_THAT(floats("F16", raw(std::vector<std::uint16_t>{0x3c00, 0xc100}), 2), ElementsAre(1.0F, -2.5F));
  EXPECT_THAT(floats("BF16", raw(std::vector<std::uint16_t>{0x3f80, 0xc020}), 2), ElementsAre(1.0F, -2.5F));
  EXPECT_THAT(floats("F32", raw(std::vector<float>{0.1F}), 1), ElementsAre(0.1F));
  EXPECT_THAT(floats("F64", raw(std::vector<double>{0.5, 0.1}), 2), ElementsAre(0.5F, 0.1F));
  EXPECT_THAT(floats("I64", raw(std::vector<std::int64_t>{-3, 1LL << 40}), 2), ElementsAre(-3.0F, 1099511627776.0F));
  EXPECT_THAT(floats("I32", raw(std::vector<std::int32_t>{-3}), 1), ElementsAre(-3.0F));
  EXPECT_THAT(floats("U8", std::string("\xff\x02", 2), 2), ElementsAre(255.0F, 2.0F));
  EXPECT_THAT(floats("I8", std::string("\xff\x02", 2), 2), ElementsAre(-1.0F, 2.0F));
  EXPECT_THAT(floats("BOOL", std::string("\1\0", 2), 2), ElementsAre(1.0F, 0.0F));
}

TEST(Safetensors, AskingForTheWrongThingSaysWhatIsThere) {
  const std::string file =
      file_of(R"({"v":{"dtype":"F32","shape":[1,1,2],"data_offsets":[0,8]}})", std::string(8, '\0'));
  const Safetensors opened(bytes_of(file), "model.safetensors");
  EXPECT_THAT(message_of<DataError>([&] { opened.at("w"); }), AllOf(HasSubstr("model.safetensors"), HasSubstr("w")));
  EXPECT_THAT(message_of<DataError>([&] { opened.values<std::int32_t>("v"); }),
              AllOf(HasSubstr("F32"), HasSubstr("I32")));
  EXPECT_THAT(message_of<DataError>([&] { opened.matrix<float>("v"); }), HasSubstr("[1, 1, 2]"));
  EXPECT_EQ(opened.find("w"), nullptr);
}

struct Damage {
  const char* what;
  std::string file;
  const char* said;
};

TEST(Safetensors, EveryKindOfDamageIsRefused) {
  const std::string eight(8, '\0');
  const auto one = [&](const char* entry, const std::string& data) {
    return file_of(std::string("{\"v\":") + entry + "}", data);
  };
  const std::string huge = std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8) + "{}";
  const Damage kAll[] = {
      {"empty", "", "only 0 bytes"},
      {"a header beyond the file", huge, "truncated"},
      {"not JSON", file_of("{\"v\":", ""), "not JSON"},
      {"not an object", file_of("[]", ""), "not a JSON object"},
      {"no dtype", one(R"({"shape":[2],"data_offsets":[0,8]})", eight), "no dtype"},
      {"unknown dtype", one(R"({"dtype":"F99","shape":[2],"data_offsets":[0,8]})", eight), "F99"},
      {"dtype not a string", one(R"({"dtype":4,"shape":[2],"data_offsets":[0,8]})", eight), "not a string"},
      {"negative extent", one(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})", eight), "whole number"},
      {"fraction", one(R"({"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})", eight), "whole number"},
      {"shape too small", one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,8]})", eight), "takes 4 bytes"},
      {"shape overflows", one(R"({"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]})", eight),
       "overflows"},
      {"extent overflows", one(R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]})", eight),
       "extent"},
      {"backward range", one(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})", eight), "not a range"},
      {"beyond the data", one(R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]})", eight), "ends at byte 16"},
      {"bytes left over", one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})", eight), "after the last"},
      {"a hole", one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", eight), "unused bytes"},
      {"an overlap",
       file_of(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           eight),
       "overlaps"},
      {"a name twice",
       file_of(
           R"({"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"v":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           eight),
       "twice"},
      {"metadata of numbers", file_of(R"({"__metadata__":{"a":1}})", ""), "not a string"},
  };
  for (const auto& damage : kAll) {
    SCOPED_TRACE(damage.what);
    EXPECT_THAT(refusal(damage.file), AllOf(HasSubstr("model.safetensors"), HasSubstr(damage.said)));
  }
}

TEST_F(SafetensorsFile, EveryCutIsNoticed) {
  const std::vector<float> values(5);
  SafetensorsWriter writer;
  writer.add("v", std::span<const float>(values));
  writer.write(path_);
  const std::string whole = read_text(path_);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string cut = whole.substr(0, length);
    ASSERT_THROW(Safetensors(bytes_of(cut), "x"), DataError) << "cut at " << length;
  }
}

}  // namespace
}  // namespace monet::test::safetensors_test
