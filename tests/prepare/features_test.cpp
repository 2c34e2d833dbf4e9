#include "monet/core/files/npy.h"
#include "monet/core/files/safetensors.h"
#include "monet/prepare/items/given_features.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <span>

namespace monet::test {
namespace {

using namespace input;
using namespace prepare;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class Features : public TemporaryFolder {
 protected:
  Features() {
    for (const std::string& id : ids_) names_.add(id);
  }
  /// Reads given features of the items and returns what was written.
  Matrix<float> read(const GivenFeatures& given, MissingFeatures policy = MissingFeatures::mean,
                     const std::vector<std::string>& row_names = {}) {
    const auto out = folder_ / "out_feat.npy";
    std::filesystem::remove(out);
    FeatureWriter writer(out, static_cast<Index>(ids_.size()));
    FeatureTarget target{names_, writer};
    std::vector<SourceFile> files;
    read_given_features(given, row_names, {observer_, stop_}, target, files);
    coverage_ = writer.finish(policy, ids_);
    EXPECT_GE(files.size(), 1U);
    return files::read_npy(out);
  }
  std::filesystem::path npy(const std::vector<std::vector<float>>& rows) {
    Matrix<float> matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows[0].size()));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      std::copy(rows[r].begin(), rows[r].end(), matrix.row(static_cast<Index>(r)));
    }
    files::write_npy(folder_ / "given.npy", matrix);
    return folder_ / "given.npy";
  }
  std::vector<std::string> ids_{"B000000001", "B000000002", "B000000003"};
  data::NameTable names_;
  Observer observer_;
  std::atomic<bool> stop_{false};
  Coverage coverage_;
};

TEST_F(Features, RowsOfANpyAreNamedByAFileOfIds) {
  const auto file = npy({{1, 2}, {9, 9}, {3, 6}});
  write_text(folder_ / "ids.txt", "B000000003\r\nother\nB000000001\n");
  const Matrix<float> out = read({"image", file, folder_ / "ids.txt"});
  EXPECT_EQ(coverage_.items, 2);
  EXPECT_EQ(coverage_.missing, 1);
  EXPECT_EQ(out(2, 0), 1.0F);
  EXPECT_EQ(out(0, 1), 6.0F);
  EXPECT_EQ(out(1, 0), 2.0F);  // the mean of the two
  EXPECT_EQ(out(1, 1), 4.0F);
  write_text(folder_ / "map.csv", "asin\titemID\nB000000002\t2\n");
  EXPECT_EQ(read({"image", file, folder_ / "map.csv"}, MissingFeatures::zero)(1, 1), 6.0F);
  EXPECT_EQ(read({"image", file, {}}, MissingFeatures::zero, {"B000000002", "", "B000000001"})(0, 0), 3.0F);
}

TEST_F(Features, MissingRowsFollowThePolicy) {
  const auto file = npy({{1, 2}, {kNan, kNan}, {3, 6}});
  write_text(folder_ / "ids", "B000000001\nB000000002\nB000000003\n");
  const GivenFeatures given{"image", file, folder_ / "ids"};
  EXPECT_EQ(read(given)(1, 0), 2.0F);
  EXPECT_EQ(read(given, MissingFeatures::zero)(1, 0), 0.0F);
  EXPECT_TRUE(std::isnan(read(given, MissingFeatures::keep)(1, 1)));
  EXPECT_THAT(message_of<DataError>([&] { read(given, MissingFeatures::error); }),
              AllOf(HasSubstr("1 of 3"), HasSubstr("B000000002")));
}

TEST_F(Features, RefusalsNameFileAndRow) {
  write_text(folder_ / "ids", "B000000001\nB000000002\n");
  const auto refusal = [&](const std::vector<std::vector<float>>& rows) {
    const auto file = npy(rows);
    return message_of<DataError>([&] { read({"image", file, folder_ / "ids"}); });
  };
  EXPECT_THAT(refusal({{1, 2}, {kNan, 1}}), AllOf(HasSubstr("given.npy: row 1"), HasSubstr("feature 0 is NaN")));
  EXPECT_THAT(refusal({{1, 2}}), HasSubstr("2 ids for 1 rows"));
  const auto file = npy({{1, 2}});
  EXPECT_THAT(message_of<DataError>([&] { read({"image", file, {}}); }), HasSubstr("`features` image="));
  write_text(folder_ / "others", "x\n");
  EXPECT_THAT(message_of<DataError>([&] { read({"image", file, folder_ / "others"}); }), HasSubstr("the same ids"));
  write_text(folder_ / "gap", "x\n\ny\n");
  EXPECT_THAT(message_of<DataError>([&] { read({"image", file, folder_ / "gap"}); }), HasSubstr("gap:2"));
}

TEST_F(Features, ThereIsOneIdForEachRow) {
  const auto file = npy({{1, 2}, {3, 4}, {5, 6}});
  const auto with = [&](const std::string& ids) {
    write_text(folder_ / "ids", ids);
    return read({"image", file, folder_ / "ids"});
  };
  const auto refusal = [&](const std::string& ids) { return message_of<DataError>([&] { with(ids); }); };
  EXPECT_EQ(with("item_id\nB000000003\nB000000002\nB000000001\n")(0, 0), 5.0F) << "below a header";
  EXPECT_EQ(with("[\"B000000003\", \"B000000002\",\n \"B000000001\"]")(0, 0), 5.0F) << "as JSON writes them";
  EXPECT_THAT(refusal("B000000001\nB000000002\n"), AllOf(HasSubstr("2 ids for 3 rows"), HasSubstr("RecBole")));
  EXPECT_THAT(refusal("title\nB000000001\nB000000002\nB000000003\n"), HasSubstr("4 ids for 3 rows"));
  EXPECT_THAT(refusal("asin\titemID\nB000000001\t0\nB000000002\t1\n"), HasSubstr("2 ids for 3 rows"));
  EXPECT_THAT(refusal("B000000001\nB000000002\nB000000001\n"),
              AllOf(HasSubstr("rows 0 and 2"), HasSubstr("'B000000001'")));
  EXPECT_THAT(refusal("\x93NUMPY\x01"), HasSubstr("NumPy"));
}

TEST_F(Features, AreKnownByTheirContentWhateverTheName) {
  write_text(folder_ / "ids", "B000000003\nB000000001\n");
  std::filesystem::rename(npy({{1, 2}, {3, 4}}), folder_ / "emb.bin");
  EXPECT_EQ(read({"image", folder_ / "emb.bin", folder_ / "ids"}, MissingFeatures::zero)(0, 1), 4.0F);
  const std::vector<float> values{7, 8};
  files::SafetensorsWriter writer;
  writer.add("image", files::Dtype::f32, {2}, std::as_bytes(std::span(values)));
  writer.write(folder_ / "emb.st");
  const Matrix<float> out = read({"image", folder_ / "emb.st", folder_ / "ids"}, MissingFeatures::zero);
  EXPECT_EQ(out.cols(), 1) << "one number for each item, as in .npy";
  EXPECT_EQ(out(0, 0), 8.0F);
  const auto refusal = [&](const char* name, std::string_view bytes) {
    write_text(folder_ / name, std::string(bytes));
    return message_of<DataError>([&] { read({"image", folder_ / name, folder_ / "ids"}); });
  };
  using std::string_view_literals::operator""sv;
  EXPECT_THAT(refusal("emb.pkl", "\x80\x04\x95\x12\0"sv), AllOf(HasSubstr("pickle"), HasSubstr("numpy.save")));
  EXPECT_THAT(refusal("emb.b", "version https://git-lfs.github.com/spec/v1\noid sha256:4d\n"sv), HasSubstr("LFS"));
  EXPECT_THAT(refusal("emb.csv", "1,2\n3,4\n"sv), AllOf(HasSubstr(".npy"), HasSubstr("numpy.save")));
  EXPECT_THAT(refusal("emb", ""sv), HasSubstr("empty"));
  std::filesystem::create_directory(folder_ / "d.npy");
  EXPECT_THAT(message_of<IoError>([&] {
                read({"image", folder_ / "d.npy", folder_ / "ids"});
              }),
              HasSubstr("d.npy: cannot read: it is a directory"));
}

TEST_F(Features, ATensorByName) {
  const std::vector<float> values{1, 2, 3, 4};
  files::SafetensorsWriter writer;
  writer.add("image", MatrixView<const float>(values.data(), 2, 2));
  writer.add("text", MatrixView<const float>(values.data(), 1, 4));
  writer.write(folder_ / "f.safetensors");
  write_text(folder_ / "ids", "B000000002\nB000000001\n");
  EXPECT_EQ(read({"image", folder_ / "f.safetensors", folder_ / "ids"})(0, 1), 4.0F);
  EXPECT_THAT(message_of<DataError>([&] {
                read({"audio", folder_ / "f.safetensors", folder_ / "ids"});
              }),
              HasSubstr("no tensor 'audio'"));
}

std::string amazon_record(const std::string& id, float value) {
  std::vector<float> values(4096, 0.0F);
  values[1] = value;
  std::string bytes = id;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return bytes;
}

TEST_F(Features, AmazonsRecords) {
  const std::string bytes =
      amazon_record("B000000002", 2.0F) + amazon_record("B00000000X", 5.0F) + amazon_record("B000000001", 1.0F);
  write_text(folder_ / "image_features_Toys.b", bytes);
  const GivenFeatures given{"image", folder_ / "image_features_Toys.b", {}};
  const Matrix<float> out = read(given);
  EXPECT_EQ(out.cols(), 4096);
  EXPECT_EQ(out(0, 1), 1.0F);
  EXPECT_EQ(out(1, 1), 2.0F);
  EXPECT_EQ(coverage_.missing, 1);
  write_text(given.file, bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(message_of<DataError>([&] { read(given); }), AllOf(HasSubstr("number 2"), HasSubstr("cut off")));
  write_text(given.file, amazon_record(std::string("\x01\x02", 2) + "00000000", 1.0F));
  EXPECT_THAT(message_of<DataError>([&] { read(given); }), HasSubstr("record 0"));
  write_text(given.file, amazon_record("B000000001", kNan));
  EXPECT_THAT(message_of<DataError>([&] { read(given); }), AllOf(HasSubstr("record 0"), HasSubstr("NaN")));
}

TEST_F(Features, SequencesOfNumbersInATable) {
  const GivenFeatures given{"emb", folder_ / "toys.item", {}};
  write_text(given.file, "item_id:token\temb:float_seq\nB000000001\t1 -2e1  3\nB000000003\t\n");
  EXPECT_EQ(read(given)(0, 1), -20.0F);
  EXPECT_EQ(coverage_.items, 1);
  write_text(given.file, "item_id:token\temb:float_seq\n\t1 2\nB000000003\t5 6\n");
  EXPECT_EQ(read(given)(2, 1), 6.0F);
  for (const char* wrong : {"1 2 x", "1,2", "1 2"}) {
    write_text(given.file, std::string("item_id:token\temb:float_seq\nB000000001\t1 2 3\nB000000002\t") + wrong + "\n");
    EXPECT_THAT(message_of<DataError>([&] { read(given); }), HasSubstr("toys.item:3")) << wrong;
  }
}

}  // namespace
}  // namespace monet::test
