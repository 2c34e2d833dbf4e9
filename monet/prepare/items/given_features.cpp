#include "monet/prepare/items/given_features.h"

#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/files/npy.h"
#include "monet/core/files/safetensors.h"
#include "monet/data/columns.h"
#include "monet/data/id_map.h"
#include "monet/data/text.h"
#include "monet/input/file_name.h"
#include "monet/input/utf8.h"
#include "monet/prepare/items/labels.h"
#include "monet/prepare/sources/read_source.h"

#include <fmt/ranges.h>

#include <unordered_map>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
void require_one_id_a_row(std::size_t ids, Index rows, const std::string& file) {
  if (ids == static_cast<std::size_t>(rows)) return;
  fail<DataError>(
      "{}: {} ids for {} rows of features; expected one for each row (a first row that belongs to no item, "
      "as RecBole has it, needs an id too, or has to go)",
      file, ids, rows);
}

std::vector<std::string> ids_of_rows(const GivenFeatures& given, Index rows, const std::vector<std::string>& row_names,
                                     std::vector<SourceFile>& files) {
  if (!given.ids.empty()) {
    const files::MappedFile file(given.ids);
    files.push_back(whole_file("ids of " + given.name, given.ids));
    return parse_row_ids(file.text(), given.ids.string(), rows);
  }
  if (!row_names.empty()) return row_names;
  fs::path folder = given.file.parent_path();
  if (folder.empty()) folder = ".";
  if (auto map = data::find_item_map(folder)) {
    files.push_back(whole_file("ids of " + given.name, map->file));
    require_one_id_a_row(map->names.size(), rows, map->file);
    return std::move(map->names);
  }
  fail<DataError>("{}: nothing says which row is which item's; give `features` {}={},IDS (one id per line)",
                  given.file.string(), given.name, given.file.string());
}

void take_matrix(MatrixView<const float> matrix, const std::vector<std::string>& ids, const std::string& file,
                 FeatureTarget& target) {
  if (static_cast<std::size_t>(matrix.rows) < ids.size()) {
    fail<DataError>("{}: {} rows for {} ids; every id needs a row (all NaN where its features are missing)", file,
                    matrix.rows, ids.size());
  }
  // Of MMRec's items those that nobody touched have no name where no map gives them one.
  target.unnamed = matrix.rows - static_cast<Index>(ids.size());
  for (std::size_t row = 0; row < ids.size(); ++row) {
    if (ids[row].empty()) {
      ++target.unnamed;
      continue;
    }
    try {
      target.take(ids[row], matrix.row_span(static_cast<Index>(row)));
    } catch (const DataError& error) {
      fail<DataError>("{}: row {}: {}", file, row, error.what());
    }
  }
}

/// The tensor of the modality's name, or the only one.
Matrix<float> tensor_of(const files::Safetensors& file, const std::string& name) {
  if (file.find(name) != nullptr) return file.floats(name);
  if (file.tensors().size() == 1) return file.floats(file.tensors().front().name);
  std::vector<std::string> names;
  for (const files::Tensor& tensor : file.tensors()) names.push_back(tensor.name);
  fail<DataError>("{}: no tensor '{}'; there are {}; call the modality as its tensor is called", file.name(), name,
                  fmt::join(names, ", "));
}
/// npy, safetensors, b or item: by the name, else by the first bytes. Throws DataError for a file that is none of them
/// and says what it is.
std::string layout_of(const fs::path& path) {
  using Kind = files::ForeignKind;
  const std::string file = path.string();
  std::string extension = input::content_extension(path);
  if (extension == "npy" || extension == "safetensors" || extension == "item") return extension;
  const files::MappedFile mapped(path);
  const std::string_view head = mapped.text().substr(0, files::kForeignBytes);
  const Kind kind = files::foreign_kind(head);
  if (extension == "b") {
    // Numbers may look like anything, and the file may be compressed.
    const bool pointer = kind == Kind::lfs_pointer || kind == Kind::annex_pointer || kind == Kind::dvc_pointer;
    const bool answer = kind == Kind::html || kind == Kind::drive_page || kind == Kind::xml_error;
    if (pointer || answer) files::fail_foreign(file, kind, files::Wanted::array);
    return extension;
  }
  if (kind == Kind::npy) return "npy";
  if (kind == Kind::safetensors) return "safetensors";
  files::refuse_foreign_file(file, mapped.text(), files::Wanted::array);
  fail<DataError>(
      "{}: {}features come as .npy, .safetensors, .b (Amazon), .item (RecBole) or Parquet; save them with "
      "numpy.save",
      file, mapped.size() == 0 ? "empty; " : "");
}
}  // namespace

void FeatureTarget::take(std::string_view id, std::span<const float> values) {
  const std::int32_t row = names.find(input::trimmed(id));
  match.take(id, row >= 0);
  if (row < 0) return;
  writer.set(row, values);
}

std::vector<std::string> parse_row_ids(std::string_view text, const std::string& file, Index rows) {
  files::refuse_foreign_file(file, text, files::Wanted::text);
  bool mark = false;
  text = data::without_byte_order_mark(text, file, mark);
  if (text.substr(0, text.find('\n')).find('\t') != std::string_view::npos) {
    std::vector<std::string> names = data::parse_id_map(text, file).names;
    require_one_id_a_row(names.size(), rows, file);
    return names;
  }
  std::vector<std::string> ids;
  if (auto list = text.starts_with('[') ? labels_of_list(text) : std::nullopt) {
    ids = std::move(*list);
  } else {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ids.emplace_back(input::trimmed(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (ids.back().empty()) {
        fail<DataError>("{}:{}: an empty line; expected one item id on each line, one for each row", file, ids.size());
      }
    }
  }
  const bool below_header = ids.size() == static_cast<std::size_t>(rows) + 1 &&
                            data::rank_of_name(ids.front(), data::ColumnRole::item).has_value();
  if (below_header) ids.erase(ids.begin());
  require_one_id_a_row(ids.size(), rows, file);
  std::unordered_map<std::string_view, std::size_t> row_of;
  for (std::size_t row = 0; row < ids.size(); ++row) {
    if (const auto [before, is_new] = row_of.emplace(ids[row], row); !is_new) {
      fail<DataError>("{}: rows {} and {} are both of '{}'; every row needs an item of its own", file, before->second,
                      row, data::excerpt(ids[row]));
    }
  }
  return ids;
}

void read_given_features(const GivenFeatures& given, const std::vector<std::string>& row_names,
                         const input::Watch& watch, FeatureTarget& target, std::vector<SourceFile>& files) {
  const std::string role = "features " + given.name;
  const std::string file = given.file.string();
  const std::string extension = layout_of(given.file);
  if (extension == "npy") {
    files.push_back(whole_file(role, given.file));
    const Matrix<float> matrix = files::read_npy(given.file);
    take_matrix(matrix.view(), ids_of_rows(given, matrix.rows(), row_names, files), file, target);
    return;
  }
  if (extension == "safetensors") {
    files.push_back(whole_file(role, given.file));
    const files::Safetensors tensors(given.file);
    const Matrix<float> matrix = tensor_of(tensors, given.name);
    take_matrix(matrix.view(), ids_of_rows(given, matrix.rows(), row_names, files), file, target);
    return;
  }
  input::FileStream stream(given.file, watch, extension == "b" ? input::Content::any : input::Content::text);
  if (extension == "b") {
    read_amazon_features(stream, file, target);
  } else {
    input::LineReader lines(stream, file);
    read_float_sequence(lines, given.name, target);
  }
  files.push_back({role, given.file.filename().string(), stream.file_bytes(), stream.hash()});
}

}  // namespace monet::prepare
