// Input that must be refused: exit code 1, one line with file, place and remedy, and nothing written.
#include "tests/cli/scratch.h"

#include <cmath>
#include <functional>
#include <limits>
#include <ostream>

namespace monet::test {
namespace {

using std::filesystem::path;

struct BadData {
  std::string name;
  std::function<void(const path& data)> spoil;
  std::vector<std::string> said;  // file, place and remedy
  bool mmrec = false;
};

std::ostream& operator<<(std::ostream& stream, const BadData& bad) {
  return stream << bad.name;
}

class BadDataset : public Scratch, public ::testing::WithParamInterface<BadData> {};

TEST_P(BadDataset, TrainRefusesInOneLineAndWritesNothing) {
  const path data = folder_ / "data";
  if (GetParam().mmrec) {
    write_mmrec(data);
  } else {
    write_five_core(data);
  }
  GetParam().spoil(data);
  const auto before = snapshot(folder_);
  expect_refused(run(train_arguments(data.string(), path_of("artifact"))), GetParam().said);
  EXPECT_EQ(snapshot(folder_), before) << "something was written";
}

TEST_P(BadDataset, InfoExitsWithOneAndSaysTheSame) {
  const path data = folder_ / "data";
  if (GetParam().mmrec) {
    write_mmrec(data);
  } else {
    write_five_core(data);
  }
  GetParam().spoil(data);
  const Outcome outcome = run({"info", data.string()});
  EXPECT_EQ(outcome.exit_code, 1);
  for (const std::string& part : GetParam().said) EXPECT_THAT(outcome.out + outcome.err, ::testing::HasSubstr(part));
}

const std::string kObjectData(8 * kItems, '\0');

const std::vector<BadData> kBad{
    {"missing_folder", [](const path& data) { std::filesystem::remove_all(data); }, {"data", "no such"}},
    {"unknown_layout",
     [](const path& data) {
       std::filesystem::remove_all(data);
       write_text(data / "notes.md", "hello\n");
     },
     {"data", "5-core", ".inter"}},
    {"missing_train_json",
     [](const path& data) { std::filesystem::remove(data / "5-core/train.json"); },
     {"train.json"}},
    {"truncated_npy",
     [](const path& data) {
       std::filesystem::resize_file(data / "image_feat.npy", std::filesystem::file_size(data / "image_feat.npy") - 10);
     },
     {"image_feat.npy", "truncated"}},
    {"npy_cut_inside_its_header",
     [](const path& data) { std::filesystem::resize_file(data / "image_feat.npy", 40); },
     {"image_feat.npy"}},
    {"empty_npy", [](const path& data) { write_text(data / "image_feat.npy", ""); }, {"image_feat.npy"}},
    {"wrong_magic",
     [](const path& data) { write_text(data / "image_feat.npy", "PK\x03\x04 this is a zip file, not an array"); },
     {"image_feat.npy", "npy"}},
    {"object_dtype",
     [](const path& data) {
       write_text(data / "text_feat.npy", npy_bytes("|O", "(" + std::to_string(kItems) + ",)", kObjectData));
     },
     {"text_feat.npy", "object"}},
    {"complex_dtype",
     [](const path& data) {
       write_text(data / "text_feat.npy",
                  npy_bytes("<c8", "(" + std::to_string(kItems) + ", 1)", std::string(8 * kItems, '\0')));
     },
     {"text_feat.npy", "<c8", "float"}},
    {"fewer_rows_than_items",
     [](const path& data) { write_text(data / "image_feat.npy", npy_features(kItems - 3, kWidth)); },
     {"image_feat.npy", "15", "18"}},
    {"nan_in_features",
     [](const path& data) {
       write_text(data / "image_feat.npy",
                  npy_features_with(kItems, kWidth, 7, 2, std::numeric_limits<float>::quiet_NaN()));
     },
     {"image_feat.npy", "row 7", "column 2", "NaN"}},
    {"infinity_in_features",
     [](const path& data) {
       write_text(data / "text_feat.npy",
                  npy_features_with(kItems, kWidth, 4, 5, -std::numeric_limits<float>::infinity()));
     },
     {"text_feat.npy", "row 4", "column 5", "infinit"}},
    {"negative_item",
     [](const path& data) { write_text(data / "5-core/train.json", "{\"0\": [1, 2],\n \"1\": [3, -4]}\n"); },
     {"train.json", "-4", "\"1\""}},
    {"absurd_item",
     [](const path& data) { write_text(data / "5-core/train.json", "{\"0\": [1, 2], \"1\": [99999999999999]}\n"); },
     {"train.json", "99999999999999"}},
    {"large_item_beyond_the_features",
     [](const path& data) { write_text(data / "5-core/train.json", "{\"0\": [1, 2], \"1\": [2000000000]}\n"); },
     {"2000000001"}},
    {"item_that_is_no_number",
     [](const path& data) { write_text(data / "5-core/train.json", "{\"0\": [1, \"two\"]}\n"); },
     {"train.json", "\"0\""}},
    {"user_that_is_no_number",
     [](const path& data) { write_text(data / "5-core/train.json", "{\"alice\": [1, 2]}\n"); },
     {"train.json", "alice"}},
    {"broken_json",
     [](const path& data) { write_text(data / "5-core/train.json", "{\"0\": [1, 2],\n \"1\": [3, 4}\n"); },
     {"train.json:2:12"}},
    {"json_that_ends_early",
     [](const path& data) { write_text(data / "5-core/val.json", "{\"0\": [1, 2],\n \"1\": [3,"); },
     {"val.json:2:"}},
    {"json_of_another_shape",
     [](const path& data) { write_text(data / "5-core/train.json", "[[0, 1], [1, 2]]\n"); },
     {"train.json", "object"}},
    {"no_training_data",
     [](const path& data) { write_text(data / "5-core/train.json", "{\"0\": [], \"1\": []}\n"); },
     {"train.json", "no training"}},
    {"commas_under_a_tab_header",
     [](const path& data) {
       write_text(data / "shop.inter", "userID\titemID\trating\ttimestamp\tx_label\n0,1,5.0,1000,0\n1,2,5.0,1000,0\n");
     },
     {"shop.inter:2", "tab", "comma"},
     true},
    {"missing_column",
     [](const path& data) { write_text(data / "shop.inter", "userID\tprice\tx_label\n0\t1\t0\n"); },
     {"shop.inter:1", "item"},
     true},
    {"bad_label",
     [](const path& data) { write_text(data / "shop.inter", "userID\titemID\tx_label\n0\t1\t0\n1\t2\t7\n"); },
     {"shop.inter:3", "x_label", "7"},
     true},
    {"bad_id_in_a_table",
     [](const path& data) { write_text(data / "shop.inter", "userID\titemID\tx_label\n0\t1\t0\n1\t-2\t0\n"); },
     {"shop.inter:3", "-2"},
     true},
    {"a_short_line",
     [](const path& data) { write_text(data / "shop.inter", "userID\titemID\tx_label\n0\t1\t0\n1\n"); },
     {"shop.inter:3"},
     true},
    {"no_training_rows",
     [](const path& data) { write_text(data / "shop.inter", "userID\titemID\tx_label\n0\t1\t1\n1\t2\t2\n"); },
     {"shop.inter", "no training"},
     true},
    {"an_empty_table", [](const path& data) { write_text(data / "shop.inter", ""); }, {"shop.inter", "empty"}, true},
};

INSTANTIATE_TEST_SUITE_P(Cli, BadDataset, ::testing::ValuesIn(kBad), [](const auto& info) { return info.param.name; });

class BadInput : public Scratch {};

TEST_F(BadInput, AModelWithModalitiesIsRefusedDataWithoutAny) {
  const std::string data = make_data();
  std::filesystem::remove(folder_ / "data/image_feat.npy");
  std::filesystem::remove(folder_ / "data/text_feat.npy");
  for (const std::string model :
       {"monet", "mmgcn", "grcn", "vbpr", "lattice", "freedom", "bm3", "mgcn", "smore", "mario"}) {
    std::vector<std::string> arguments = train_arguments(data, path_of("artifact"));
    arguments.insert(arguments.end(), {"--model", model});
    expect_refused(run(arguments), {model, "modality", "_feat.npy"});
  }
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(BadInput, APlainTableWhoseSeparatorDoesNotMatchItsHeader) {
  write_text(folder_ / "shop/interactions.csv", "user,item,timestamp\n1;2;3\n2;3;4\n");
  expect_refused(run(train_arguments(path_of("shop"), path_of("artifact"))),
                 {"interactions.csv:2", "comma", "semicolon"});
}

TEST_F(BadInput, AnOutputThatCannotBeWritten) {
  const std::string data = make_data();
  write_text(folder_ / "file", "not a folder");
  expect_refused(run(train_arguments(data, path_of("file/artifact"))), {path_of("file")});
  EXPECT_EQ(read_text(folder_ / "file"), "not a folder");
  expect_refused(run(train_arguments(data, "/proc/monet-artifact")), {"/proc/monet-artifact"});
  expect_refused(run({"synth", "--out", path_of("file/shop")}), {path_of("file")});
}

TEST_F(BadInput, AnInitialisationThatDoesNotFit) {
  const std::string data = make_data();
  const auto train_with = [&](const std::string& file) {
    return run(train_arguments(data, path_of("artifact"), {"--init", path_of(file)}));
  };
  expect_refused(train_with("absent.safetensors"), {"absent.safetensors", "no such"});
  write_text(folder_ / "init.safetensors", std::string("\x08\0\0\0\0\0\0\0{]      ", 16));
  expect_refused(train_with("init.safetensors"), {"init.safetensors"});
  const std::string header = R"({"projection.image.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size());
  write_text(folder_ / "other.safetensors", bytes + header + std::string(24, '\0'));
  expect_refused(train_with("other.safetensors"), {"other.safetensors"});
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(BadInput, RawDataIsSentToPrepare) {
  const std::string records = "{\"user_id\": \"u1\", \"item_id\": \"a\"}\n";
  write_text(folder_ / "x.jsonl", records);
  write_text(folder_ / "list.json", "\n[" + records + "]\n");
  write_text(folder_ / "raw/x.jsonl", records);
  write_text(folder_ / "x.parquet", "PAR1\x15\x04");
  for (const std::string name : {"x.jsonl", "list.json", "raw"}) {
    const std::vector<std::string> said = {name, "monet prepare " + path_of(name) + " --out DIR"};
    expect_refused(run({"info", path_of(name)}), said);
    expect_refused(run({"train", "--data", path_of(name), "--out", path_of("a")}), said);
  }
  expect_refused(run({"info", path_of("x.parquet")}), {"x.parquet", "Parquet", "monet prepare"});
}

TEST_F(BadInput, AConfigurationFileThatIsNotToml) {
  const std::string data = make_data();
  expect_refused(run(train_arguments(data, path_of("artifact"), {"--config", folder_.string()})),
                 {folder_.string(), "directory"});
  write_text(folder_ / "book.toml", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
  expect_refused(run(train_arguments(data, path_of("artifact"), {"--config", path_of("book.toml")})),
                 {"book.toml", "Excel", "plain text"});
  write_text(folder_ / "train.toml", "alpha = 0.5\nbeta = = 2\n");
  expect_refused(run(train_arguments(data, path_of("artifact"), {"--config", path_of("train.toml")})),
                 {"train.toml:2:8"});
  expect_refused(run(train_arguments(data, path_of("artifact"), {"--config", path_of("absent.toml")})),
                 {"absent.toml"});
}

// --- Artifacts -------------------------------------------------------------------------------------------------------

struct BadArtifact {
  std::string name;
  std::function<void(const path& artifact)> spoil;
  std::vector<std::string> said;
};

std::ostream& operator<<(std::ostream& stream, const BadArtifact& bad) {
  return stream << bad.name;
}

void replace_in(const path& file, const std::string& from, const std::string& to) {
  std::string text = read_text(file);
  const std::size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << file << " has no " << from;
  write_text(file, text.replace(place, from.size(), to));
}

class DamagedArtifact : public Scratch, public ::testing::WithParamInterface<BadArtifact> {};

TEST_P(DamagedArtifact, IsRefusedByEveryCommandThatReadsOne) {
  const std::string artifact = make_artifact();
  ASSERT_NO_FATAL_FAILURE(GetParam().spoil(artifact));
  expect_refused(run({"recommend", "--artifact", artifact, "--users", "0", "--k", "3"}), GetParam().said);
  expect_refused(
      run({"evaluate", "--artifact", artifact, "--data", path_of("data"), "--json", path_of("metrics.json")}),
      GetParam().said);
  EXPECT_FALSE(std::filesystem::exists(path_of("metrics.json")));
  const Outcome info = run({"info", artifact});
  EXPECT_EQ(info.exit_code, 1) << info.out << info.err;
}

const std::vector<BadArtifact> kDamaged{
    {"missing", [](const path& artifact) { std::filesystem::remove_all(artifact); }, {"artifact"}},
    {"another_version",
     [](const path& artifact) {
       const std::string text = read_text(artifact / "config.json");
       const std::size_t key = text.find("\"format_version\"");
       ASSERT_NE(key, std::string::npos);
       const std::size_t digit = text.find_first_of("0123456789", text.find(':', key));
       write_text(artifact / "config.json", text.substr(0, digit) + "999" + text.substr(digit + 1));
     },
     {"config.json", "version", "999"}},
    {"no_config", [](const path& artifact) { std::filesystem::remove(artifact / "config.json"); }, {"config.json"}},
    {"broken_config",
     [](const path& artifact) { write_text(artifact / "config.json", "{\"model\":\n ]"); },
     {"config.json:2:"}},
    {"a_foreign_config", [](const path& artifact) { write_text(artifact / "config.json", "{}"); }, {"config.json"}},
    {"no_tensors",
     [](const path& artifact) { std::filesystem::remove(artifact / "model.safetensors"); },
     {"model.safetensors"}},
    {"truncated_tensors",
     [](const path& artifact) {
       const path file = artifact / "model.safetensors";
       std::filesystem::resize_file(file, std::filesystem::file_size(file) - 100);
     },
     {"model.safetensors"}},
    {"tensors_cut_in_the_header",
     [](const path& artifact) { std::filesystem::resize_file(artifact / "model.safetensors", 20); },
     {"model.safetensors"}},
    {"an_absurd_header_length",
     [](const path& artifact) {
       std::string bytes = read_text(artifact / "model.safetensors");
       for (std::size_t i = 0; i < 8; ++i) bytes[i] = '\x7f';
       write_text(artifact / "model.safetensors", bytes);
     },
     {"model.safetensors"}},
    {"a_tensor_under_another_name",
     [](const path& artifact) {
       replace_in(artifact / "model.safetensors", "\"item_embedding\"", "\"iten_embedding\"");
     },
     {"model.safetensors", "item_embedding"}},
    {"a_wrong_shape",
     [](const path& artifact) { replace_in(artifact / "model.safetensors", "[24,16]", "[16,24]"); },
     {"model.safetensors"}},
    {"fewer_users_than_rows",
     [](const path& artifact) {
       const std::string users = read_text(artifact / "users.tsv");
       write_text(artifact / "users.tsv", users.substr(0, users.rfind('\n', users.size() - 2) + 1));
     },
     {"users.tsv"}},
    {"no_items", [](const path& artifact) { std::filesystem::remove(artifact / "items.tsv"); }, {"items.tsv"}},
};

INSTANTIATE_TEST_SUITE_P(Cli, DamagedArtifact, ::testing::ValuesIn(kDamaged),
                         [](const auto& info) { return info.param.name; });

TEST_F(BadInput, DamagedHistoryIsNoticedBeforeItIsUsed) {
  const std::string artifact = make_artifact();
  // Every byte of the tensors in turn is too slow: the last quarter of the file at strides, each a bit flip. The
  // program may not notice a changed number, but it must end by itself with a code of its own.
  const path file = path(artifact) / "model.safetensors";
  const std::string good = read_text(file);
  for (std::size_t at = 8; at < good.size(); at += 1 + good.size() / 60) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    write_text(file, bad);
    const Outcome outcome = run({"recommend", "--artifact", artifact, "--users", "all", "--k", "3"});
    EXPECT_EQ(outcome.signal, 0) << "byte " << at;
    EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1)
        << "byte " << at << ": " << outcome.exit_code << outcome.err;
  }
}

TEST_F(BadInput, EvaluateRefusesOtherDataUnlessForced) {
  const std::string artifact = make_artifact();
  write_five_core(folder_ / "other");
  write_text(folder_ / "other/image_feat.npy", npy_features(kItems, kWidth, 77));
  expect_refused(run({"evaluate", "--artifact", artifact, "--data", path_of("other")}), {"--force"});
  expect_done(run({"evaluate", "--artifact", artifact, "--data", path_of("other"), "--force"}));
}

TEST_F(BadInput, RecommendNamesWhatItDoesNotKnow) {
  const std::string artifact = make_artifact();
  expect_refused(run({"recommend", "--artifact", artifact, "--users", "nobody"}), {"nobody"});
  expect_refused(run({"recommend", "--artifact", artifact, "--history", "0,nothing"}), {"nothing"});
  expect_refused(run({"recommend", "--artifact", artifact, "--users", "0", "--exclude", "nothing"}), {"nothing"});
}

}  // namespace
}  // namespace monet::test
