// A damaged artifact is refused with its file's name, whatever byte is wrong.
#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "tests/artifact/small_artifact.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace monet::test {
namespace {

using artifact::Artifact;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Everything a reader can see of an artifact.
std::string content_of(const Artifact& opened) {
  std::string all = artifact::write_config(opened.config(), {});
  for (std::int32_t i = 0; i < 7; ++i) all += opened.items().id(i) + "|" + std::string(opened.items().title(i)) + "|";
  for (std::int32_t u = 0; u < 5; ++u) all += opened.users().id(u) + "|";
  all += opened.train_log();
  const auto add = [&all](const void* data, std::size_t bytes) { all.append(static_cast<const char*>(data), bytes); };
  for (const std::string& name : opened.tensor_names()) {
    if (name.starts_with("history.")) continue;
    const MatrixView<const float> matrix = opened.tensor(name);
    add(matrix.data, static_cast<std::size_t>(matrix.rows * matrix.cols) * sizeof(float));
  }
  const CsrView history = opened.scoring().history;
  add(history.indptr.data(), history.indptr.size_bytes());
  add(history.indices.data(), history.indices.size_bytes());
  return all;
}

class Damage : public ::testing::Test {
 protected:
  Damage() { train::write_artifact(path_, model_.contents(), false); }

  std::string refusal() const {
    try {
      Artifact::open(path_);
    } catch (const DataError& error) {
      return error.what();
    } catch (const IoError& error) {
      return error.what();
    }
    return "it was opened";
  }

  ScopedFolder folder_;
  SmallModel model_;
  std::filesystem::path path_ = folder_ / "artifact";
};

TEST_F(Damage, AFlippedBitAnywhereIsNoticedOrChangesNothing) {
  const std::string expected = content_of(Artifact::open(path_));
  int noticed = 0;
  for (const char* name : {"config.json", "model.safetensors", "users.tsv", "items.tsv", "train_log.jsonl"}) {
    const std::string good = read_bytes(path_ / name);
    for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 500) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
      write_bytes(path_ / name, bad);
      try {
        ASSERT_EQ(content_of(Artifact::open(path_)), expected) << name << ", byte " << at;
      } catch (const DataError& error) {
        ++noticed;
        ASSERT_THAT(error.what(), HasSubstr(path_.string())) << name << ", byte " << at;
      }
    }
    write_bytes(path_ / name, good);
  }
  EXPECT_GT(noticed, 500);
}

TEST_F(Damage, ACutFileIsNoticedAtAnyLength) {
  for (const char* name : {"config.json", "model.safetensors", "users.tsv", "items.tsv", "train_log.jsonl"}) {
    const std::string good = read_bytes(path_ / name);
    // The last byte of config.json is a newline that nothing depends on.
    const std::size_t last = good.size() - (std::string(name) == "config.json" ? 1 : 0);
    for (std::size_t length = 0; length < last; length += 1 + length / 50) {
      write_bytes(path_ / name, good.substr(0, length));
      ASSERT_THROW(Artifact::open(path_), DataError) << name << " cut to " << length;
      ASSERT_THAT(refusal(), HasSubstr(name)) << "cut to " << length;
    }
    write_bytes(path_ / name, good);
  }
}

TEST_F(Damage, AMissingFileIsNamed) {
  for (const char* name : {"config.json", "model.safetensors", "users.tsv", "items.tsv", "train_log.jsonl"}) {
    std::filesystem::rename(path_ / name, folder_ / "aside");
    EXPECT_THAT(refusal(), HasSubstr(name));
    std::filesystem::rename(folder_ / "aside", path_ / name);
  }
  EXPECT_EQ(refusal(), "it was opened");
}

TEST_F(Damage, AnotherVersionSaysWhichAndWhatToDo) {
  std::string config = read_bytes(path_ / "config.json");
  const std::string key = "\"format_version\": 1";
  ASSERT_NE(config.find(key), std::string::npos);
  config.replace(config.find(key), key.size(), "\"format_version\": 2");
  write_bytes(path_ / "config.json", config);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("config.json"), HasSubstr("format 2"), HasSubstr("train again")));
}

TEST_F(Damage, WhatIsNoArtifactIsSaidSo) {
  EXPECT_THROW(Artifact::open(folder_ / "nothing"), IoError);
  write_bytes(folder_ / "file", "x");
  EXPECT_THROW(Artifact::open(folder_ / "file"), DataError);
  write_bytes(path_ / "config.json", "{\"architectures\": [\"Bert\"]}");
  EXPECT_THAT(refusal(), HasSubstr("not the config.json of a monet artifact"));
}

}  // namespace
}  // namespace monet::test
