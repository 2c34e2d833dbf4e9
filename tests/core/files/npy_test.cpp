#include "monet/core/files/npy.h"
#include "monet/core/error.h"
#include "monet/core/files/npy_rows.h"
#include "tests/core/files/npy_bytes.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<float> values_of(const Matrix<float>& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

Matrix<float> parse(const std::string& file) {
  return files::parse_npy(bytes_of(file), "x_feat.npy");
}

std::string refusal(const std::string& file) {
  return message_of<DataError>([&] { parse(file); });
}

std::string swapped(std::string data, std::size_t element) {
  for (std::size_t at = 0; at < data.size(); at += element) {
    std::reverse(data.begin() + static_cast<std::ptrdiff_t>(at),
                 data.begin() + static_cast<std::ptrdiff_t>(at + element));
  }
  return data;
}

const std::vector<float> kSix = {1.0F, -2.5F, 0.125F, 4.0F, 5.0F, -6.0F};
const std::vector<double> kSixDoubles(kSix.begin(), kSix.end());
// The same six in half precision.
const std::vector<std::uint16_t> kSixHalves = {0x3c00, 0xc100, 0x3000, 0x4400, 0x4500, 0xc600};

TEST(Npy, ReadsEveryFloatTypeAndByteOrder) {
  for (const auto& [descr, data, size] : {std::tuple("f2", raw(kSixHalves), std::size_t{2}),
                                          {"f4", raw(kSix), std::size_t{4}},
                                          {"f8", raw(kSixDoubles), std::size_t{8}}}) {
    const Matrix<float> little = parse(npy(std::string("<") + descr, "(2, 3)", data));
    const Matrix<float> big = parse(npy(std::string(">") + descr, "(2, 3)", swapped(data, size)));
    EXPECT_EQ(little.rows(), 2);
    EXPECT_EQ(little.cols(), 3);
    EXPECT_EQ(values_of(little), kSix) << descr;
    EXPECT_EQ(values_of(big), kSix) << descr;
  }
}

TEST(Npy, ReadsFortranOrder) {
  const Matrix<float> matrix = parse(npy("<f4", "(2, 3)", raw(kSix), true));
  EXPECT_THAT(values_of(matrix), ElementsAre(1.0F, 0.125F, 5.0F, -2.5F, 4.0F, -6.0F));
}

TEST(Npy, FortranOrderBeyondOneBlock) {
  const Index rows = 70;
  const Index cols = 45;
  std::vector<float> columns(static_cast<std::size_t>(rows * cols));
  for (Index c = 0; c < cols; ++c) {
    for (Index r = 0; r < rows; ++r) columns[static_cast<std::size_t>(c * rows + r)] = static_cast<float>(100 * r + c);
  }
  const Matrix<float> matrix = parse(npy("<f4", "(70, 45)", raw(columns), true));
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) ASSERT_EQ(matrix(r, c), static_cast<float>(100 * r + c));
  }
}

TEST(Npy, ReadsVersionsOneToThree) {
  for (const char version : {'\1', '\2', '\3'}) {
    EXPECT_EQ(values_of(parse(npy("<f4", "(2, 3)", raw(kSix), false, version))), kSix);
  }
}

TEST(Npy, OneDimensionIsAColumn) {
  const Matrix<float> matrix = parse(npy("<f4", "(6,)", raw(kSix)));
  EXPECT_EQ(matrix.rows(), 6);
  EXPECT_EQ(matrix.cols(), 1);
}

TEST(Npy, EveryHalfIsConvertedExactly) {
  std::vector<std::uint16_t> halves(65536);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  const Matrix<float> matrix = parse(npy("<f2", "(65536,)", raw(halves)));
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
    const int exponent = static_cast<int>((bits >> 10) & 31U);
    const int mantissa = static_cast<int>(bits & 1023U);
    const float got = matrix.data()[bits];
    if (exponent == 31) {
      ASSERT_TRUE(mantissa == 0 ? std::isinf(got) && std::signbit(got) == (sign < 0) : std::isnan(got)) << bits;
    } else {
      const double expected = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
      ASSERT_EQ(static_cast<double>(got), sign * expected) << bits;
    }
  }
}

TEST(Npy, NotFiniteValuesPass) {
  const std::vector<double> values = {std::numeric_limits<double>::quiet_NaN(), 1e300};
  const Matrix<float> matrix = parse(npy("<f8", "(2, 1)", raw(values)));
  EXPECT_TRUE(std::isnan(matrix(0, 0)));
  EXPECT_TRUE(std::isinf(matrix(1, 0)));
}

TEST(Npy, ReadsIntegers) {
  const auto wide =
      files::parse_npy_int64(bytes_of(npy("<i8", "(3,)", raw(std::vector<std::int64_t>{1, -2, 1LL << 40}))), "x");
  EXPECT_EQ(wide(2, 0), 1LL << 40);
  const auto narrow =
      files::parse_npy_int64(bytes_of(npy("<i4", "(1, 2)", raw(std::vector<std::int32_t>{7, -8}))), "x");
  EXPECT_EQ(narrow(0, 1), -8);
}

TEST(Npy, IntegersAndTruthValuesBecomeFloats) {
  EXPECT_EQ(values_of(parse(npy("<i4", "(3,)", raw(std::vector<std::int32_t>{7, -8, 1 << 20})))),
            (std::vector<float>{7.0F, -8.0F, 1048576.0F}));
  EXPECT_EQ(values_of(parse(npy(">i2", "(2,)", std::string("\x01\x00\xff\xfe", 4)))),
            (std::vector<float>{256.0F, -2.0F}));
  EXPECT_EQ(values_of(parse(npy("|u1", "(2,)", std::string("\xff\x01", 2)))), (std::vector<float>{255.0F, 1.0F}));
  EXPECT_EQ(values_of(parse(npy("|i1", "(2,)", std::string("\xff\x01", 2)))), (std::vector<float>{-1.0F, 1.0F}));
  EXPECT_EQ(values_of(parse(npy("|b1", "(3,)", std::string("\1\0\1", 3)))), (std::vector<float>{1.0F, 0.0F, 1.0F}));
  EXPECT_EQ(values_of(parse(npy("<u8", "(1,)", raw(std::vector<std::uint64_t>{1ULL << 40})))),
            (std::vector<float>{1099511627776.0F}));
}

TEST(Npy, ReadsThePython2Header) {
  EXPECT_EQ(values_of(parse(npy("<f4", "(2L, 3L)", raw(kSix)))), kSix);
  std::string unicode = npy("<f4", "(2L, 3L)", raw(kSix));
  unicode.replace(unicode.find("'<f4', "), 7, "u'<f4',");
  EXPECT_EQ(values_of(parse(unicode)), kSix) << "of unicode literals";
  EXPECT_EQ(values_of(parse(npy("<f4", "(6L,)", raw(kSix)))), kSix);
  EXPECT_THAT(refusal(npy("<f4", "(2M, 3)", raw(kSix))), HasSubstr("damaged"));
}

TEST(Npy, SaysWhatElseAFileIs) {
  EXPECT_THAT(refusal("version https://git-lfs.github.com/spec/v1\n"),
              AllOf(HasSubstr("x_feat.npy"), HasSubstr("Git LFS")));
  EXPECT_THAT(refusal(std::string("\x80\x04\x95", 3)), HasSubstr("pickle"));
}

TEST(Npy, RefusesWhatIsNoMatrixOfFloats) {
  const std::string six = raw(kSix);
  EXPECT_THAT(refusal(npy("|O", "(6,)", six)),
              AllOf(HasSubstr("x_feat.npy"), HasSubstr("object"), HasSubstr("float32")));
  EXPECT_THAT(refusal(npy("<c8", "(3,)", six)), HasSubstr("<c8"));
  EXPECT_THAT(refusal(npy("<f4", "(1, 2, 3)", six)), HasSubstr("rank 3"));
  EXPECT_THAT(refusal(npy("<f4", "()", six)), HasSubstr("rank 0"));
  EXPECT_THAT(refusal("not an array"), HasSubstr("not a NumPy array (.npy)"));
  EXPECT_THAT(refusal(""), HasSubstr("empty; write it with numpy.save"));
  EXPECT_THAT(refusal(npy("<f4", "(2, 3)", six, false, 9)), HasSubstr("version 9"));
}

TEST(Npy, EveryCutIsNoticed) {
  const std::string whole = npy("<f4", "(2, 3)", raw(kSix));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ASSERT_THROW(parse(whole.substr(0, length)), DataError) << "cut at " << length;
  }
  EXPECT_THAT(refusal(whole.substr(0, whole.size() - 1)), HasSubstr("truncated"));
  EXPECT_THAT(refusal(whole + "x"), HasSubstr("too long"));
}

TEST(Npy, RefusesShapesThatOverflow) {
  EXPECT_THROW(parse(npy("<f4", "(4611686018427387904, 4)", "")), DataError);
  EXPECT_THROW(parse(npy("<f4", "(9223372036854775807, 0)", "")), DataError);
  EXPECT_THROW(parse(npy("<f4", "(-1, 4)", "")), DataError);
  EXPECT_THROW(parse(npy("<f4", "(99999999999999999999999,)", "")), DataError);
}

class NpyFile : public TemporaryFolder {};

TEST_F(NpyFile, RoundTrip) {
  Matrix<float> matrix(3, 5);
  for (Index k = 0; k < matrix.size(); ++k) matrix.data()[k] = static_cast<float>(k) * 0.5F;
  files::write_npy(folder_ / "a.npy", matrix.view().columns(1, 3));
  const Matrix<float> back = files::read_npy(folder_ / "a.npy");
  ASSERT_EQ(back.cols(), 3);
  for (Index r = 0; r < 3; ++r) {
    for (Index c = 0; c < 3; ++c) EXPECT_EQ(back(r, c), matrix(r, c + 1));
  }
  const auto header = files::read_npy_header(folder_ / "a.npy");
  EXPECT_EQ(header.data_offset % 64, 0U);
  EXPECT_EQ(header.describe(), "<f4 [3, 3]");
}

TEST_F(NpyFile, MissingAndUnreadable) {
  EXPECT_THAT(message_of<IoError>([&] { files::read_npy(folder_ / "absent.npy"); }),
              AllOf(HasSubstr("absent.npy"), HasSubstr("no such file")));
  EXPECT_THAT(message_of<IoError>([&] { files::read_npy(folder_); }), HasSubstr("directory"));
  write_text(folder_ / "empty.npy", "");
  EXPECT_THROW(files::read_npy(folder_ / "empty.npy"), DataError);
}

TEST_F(NpyFile, RowsAreThoseOfTheWhole) {
  const std::vector<std::string> bytes = {
      npy("<f4", "(5, 3)", raw(std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})),
      npy("<f4", "(5, 3)", raw(std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}), true),
      npy(">f8", "(5, 2)", swapped(raw(std::vector<double>{0.1, 1, 2, 3, 4, 5, 6, 7, 8, 1e300}), 8)),
      npy("<f2", "(5,)", raw(std::vector<std::uint16_t>{0x3c00, 0x0001, 0xfc00, 0x7e00, 0x4000})),
      npy("|b1", "(5, 1)", std::string("\0\1\1\0\1", 5)),
      npy("<i2", "(5, 2)", raw(std::vector<std::int16_t>{0, -1, 2, -3, 4, -5, 6, -7, 8, -9}), true)};
  for (const std::string& file : bytes) {
    write_text(folder_ / "a.npy", file);
    const Matrix<float> whole = files::read_npy(folder_ / "a.npy");
    const files::NpyRows rows(folder_ / "a.npy");
    ASSERT_EQ(rows.rows(), whole.rows());
    ASSERT_EQ(rows.cols(), whole.cols());
    for (Index begin = 0; begin <= whole.rows(); ++begin) {
      for (Index end = begin; end <= whole.rows(); ++end) {
        Matrix<float> part(end - begin, whole.cols());
        rows.read(begin, part.view());
        const auto bytes_of_part = static_cast<std::size_t>(part.size()) * sizeof(float);
        if (bytes_of_part == 0) continue;
        EXPECT_EQ(std::memcmp(part.data(), whole.row(begin), bytes_of_part), 0) << begin << " " << end;
      }
    }
  }
  write_text(folder_ / "a.npy", bytes.front().substr(0, bytes.front().size() - 1));
  const std::string refused = message_of<DataError>([&] { files::read_npy(folder_ / "a.npy"); });
  EXPECT_EQ(message_of<DataError>([&] { files::NpyRows rows(folder_ / "a.npy"); }), refused);
}

TEST_F(NpyFile, HeaderLongerThanWhatIsReadFirst) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }" + std::string(200'000, ' ') + "\n";
  std::string file = std::string("\x93NUMPY\x02") + '\0';
  for (std::size_t i = 0; i < 4; ++i) file += static_cast<char>((header.size() >> (8 * i)) & 0xff);
  write_text(folder_ / "a.npy", file + header + raw(std::vector<float>{7}));
  EXPECT_EQ(files::read_npy_header(folder_ / "a.npy").describe(), "<f4 [1, 1]");
  Matrix<float> row(1, 1);
  files::NpyRows(folder_ / "a.npy").read(0, row.view());
  EXPECT_EQ(row(0, 0), 7.0F);
  write_text(folder_ / "a.npy", std::string(300'000, 'x'));
  EXPECT_THROW(files::read_npy_header(folder_ / "a.npy"), DataError);
}

}  // namespace
}  // namespace monet::test
