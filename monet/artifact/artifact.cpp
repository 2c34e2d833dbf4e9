#include "monet/artifact/artifact.h"

#include "monet/artifact/detail/new_item_tensors.h"
#include "monet/artifact/detail/tensor_checks.h"
#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/mapped_file.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <utility>

namespace monet::artifact {

namespace fs = std::filesystem;

struct Artifact::State {
  fs::path path;
  Config config;
  files::Safetensors tensors;
  files::MappedFile log;
  IdTable users;
  IdTable items;
  CsrView history;
  CsrView similarity;
  std::vector<float> popularity;
  std::vector<Artifact> parts;
};

namespace {

using detail::check_shape;
using detail::kRemedy;

/// Maps a file of the artifact and compares its length with its record in config.json.
files::MappedFile open_recorded(const fs::path& folder, std::string_view name, const FileRecords& records) {
  const fs::path file = folder / name;
  const auto record = records.find(std::string(name));
  if (record == records.end()) {
    fail<DataError>("{}: damaged: no record of {}; {}", (folder / names::kConfigFile).string(), name, kRemedy);
  }
  files::MappedFile mapped(file);
  if (static_cast<std::int64_t>(mapped.size()) != record->second.bytes) {
    files::refuse_foreign_file(file.string(), mapped.text(),
                               name == names::kModelFile ? files::Wanted::tensors : files::Wanted::text);
    fail<DataError>("{}: damaged: {} bytes, config.json says {}; {}", file.string(), mapped.size(),
                    record->second.bytes, kRemedy);
  }
  return mapped;
}

void check_hash(const files::MappedFile& mapped, const fs::path& folder, std::string_view name,
                const FileRecords& records) {
  files::Hasher hasher;
  hasher.add(mapped.bytes());
  if (hasher.hex() != records.at(std::string(name)).hash) {
    fail<DataError>("{}: damaged: the content differs from the hash in config.json; {}", (folder / name).string(),
                    kRemedy);
  }
}

/// The sparse matrix `prefix.indptr`, `prefix.indices`, checked row by row.
CsrView read_csr(const files::Safetensors& tensors, std::string_view indptr_name, std::string_view indices_name,
                 Index rows, Index cols) {
  const CsrView csr{rows, cols, tensors.values<Index>(indptr_name), tensors.values<std::int32_t>(indices_name)};
  const auto damaged = [&](std::string_view what) {
    fail<DataError>("{}: damaged: {} {}; {}", tensors.name(), indptr_name, what, kRemedy);
  };
  if (csr.indptr.size() != static_cast<std::size_t>(rows) + 1) damaged(fmt::format("is not of {} rows", rows));
  if (csr.indptr.front() != 0 || csr.indptr.back() != static_cast<Index>(csr.indices.size())) {
    damaged("does not begin at 0 and end at the number of indices");
  }
  if (!std::is_sorted(csr.indptr.begin(), csr.indptr.end())) damaged("descends");
  for (Index r = 0; r < rows; ++r) {
    const std::span<const std::int32_t> row = csr.row(r);
    const bool ascends = std::adjacent_find(row.begin(), row.end(), std::greater_equal<>()) == row.end();
    if (!row.empty() && (!ascends || row.front() < 0 || row.back() >= cols)) {
      damaged(fmt::format("row {} has columns out of order or outside [0, {})", r, cols));
    }
  }
  return csr;
}

/// W [a, d], b [a] and w [a], d a divisor of the embeddings' width.
void check_attention(const files::Safetensors& tensors, Index width) {
  const files::Tensor& weight = tensors.at(names::kPairwiseWeight);
  const bool fits = weight.dtype == files::Dtype::f32 && weight.shape.size() == 2 && weight.shape[0] > 0 &&
                    weight.shape[1] > 0 && width % weight.shape[1] == 0;
  if (!fits) {
    fail<DataError>("{}: damaged: {} is {}, expected F32 of two sizes, the second a divisor of {}; {}", tensors.name(),
                    names::kPairwiseWeight, weight.describe(), width, kRemedy);
  }
  for (const std::string_view name : {names::kPairwiseBias, names::kPairwiseVector}) {
    const files::Tensor& tensor = tensors.at(name);
    if (tensor.dtype != files::Dtype::f32 || tensor.shape != std::vector<Index>{weight.shape[0]}) {
      fail<DataError>("{}: damaged: {} is {}, expected F32 [{}]; {}", tensors.name(), name, tensor.describe(),
                      weight.shape[0], kRemedy);
    }
  }
}

void check_prior(const files::Safetensors& tensors, const Config& config) {
  const files::Tensor* prior = tensors.find(names::kItemPrior);
  if (prior == nullptr) return;
  if (prior->dtype != files::Dtype::f32 || prior->shape != std::vector<Index>{config.num_items}) {
    fail<DataError>("{}: damaged: {} is {}, expected F32 [{}]; {}", tensors.name(), names::kItemPrior,
                    prior->describe(), config.num_items, kRemedy);
  }
}

/// The lengths of users [U, k] before all got one, k a divisor of the width.
void check_lengths(const files::Safetensors& tensors, const Config& config) {
  const files::Tensor* norms = tensors.find(names::kUserNorm);
  if ((norms == nullptr) != (tensors.find(names::kUserLength) == nullptr)) {
    fail<DataError>("{}: damaged: only one of {} and {}; {}", tensors.name(), names::kUserNorm, names::kUserLength,
                    kRemedy);
  }
  if (norms == nullptr) return;
  check_shape(tensors, names::kUserLength, 1, 1);
  const bool fits = norms->dtype == files::Dtype::f32 && norms->shape.size() == 2 && norms->shape[1] > 0 &&
                    norms->shape[0] == config.num_users && config.embedding_width % norms->shape[1] == 0;
  if (!fits) {
    fail<DataError>("{}: damaged: {} is {}, expected F32 [{}, a divisor of {}]; {}", tensors.name(), names::kUserNorm,
                    norms->describe(), config.num_users, config.embedding_width, kRemedy);
  }
  const float length = tensors.matrix<float>(names::kUserLength)(0, 0);
  if (!(length > 0.0F)) {
    fail<DataError>("{}: damaged: {} is {}, not above 0; {}", tensors.name(), names::kUserLength, length, kRemedy);
  }
}

void check_tensors(const files::Safetensors& tensors, const Config& config) {
  const bool by_embeddings = config.kind != scoring::ScoreKind::item_similarity;
  if (by_embeddings || config.embedding_width > 0) {
    check_shape(tensors, names::kUserEmbedding, config.num_users, config.embedding_width);
    check_shape(tensors, names::kItemEmbedding, config.num_items, config.embedding_width);
  }
  if (config.kind == scoring::ScoreKind::pairwise) check_attention(tensors, config.embedding_width);
  if (tensors.find(names::kItemFoldin) != nullptr) {
    check_shape(tensors, names::kItemFoldin, config.num_items, config.embedding_width);
  }
  if (tensors.find(names::kUserFoldin) != nullptr) {
    check_shape(tensors, names::kUserFoldin, 1, config.embedding_width);
  }
  check_prior(tensors, config);
  check_lengths(tensors, config);
  detail::read_new_items(tensors, config);
  for (const ModalityInfo& modality : config.modalities) {
    if (modality.first_col < 0) continue;
    const std::string name = std::string(names::kModalityPrefix) + modality.name;
    if (modality.cols < 0 || modality.first_col + modality.cols > config.embedding_width) {
      fail<DataError>("{}: damaged: the columns of modality {} are outside the embeddings; {}", tensors.name(),
                      modality.name, kRemedy);
    }
    check_shape(tensors, name, config.num_items, modality.cols);
  }
}

void check_counts(const Artifact& artifact, const Config& config, Index interactions) {
  const auto users = static_cast<Index>(artifact.users().size());
  const auto items = static_cast<Index>(artifact.items().size());
  if (users == config.num_users && items == config.num_items && interactions == config.num_interactions) return;
  fail<DataError>("{}: damaged: {} users, {} items and {} interactions, config.json says {}, {} and {}; {}",
                  artifact.path().string(), users, items, interactions, config.num_users, config.num_items,
                  config.num_interactions, kRemedy);
}

/// Throws unless `path` is a directory with a config.json; returns the directory's inode.
ino_t require_artifact(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    fail<IoError>("{}: {}; give the directory that a training wrote", path.string(), std::strerror(errno));
  }
  if (!S_ISDIR(status.st_mode)) {
    fail<DataError>("{}: not an artifact but a file; give the directory that a training wrote", path.string());
  }
  if (::access((path / names::kConfigFile).c_str(), F_OK) != 0) {
    fail<DataError>("{}: not an artifact: no {}; give the directory that a training wrote", path.string(),
                    names::kConfigFile);
  }
  return status.st_ino;
}

}  // namespace

fs::path beside(const fs::path& path, std::string_view suffix) {
  fs::path sibling = path.filename().empty() ? path.parent_path() : path;
  sibling += suffix;
  return sibling;
}

fs::path partial_path(const fs::path& path) {
  return beside(path, ".partial");
}

Artifact::Artifact(std::unique_ptr<State> state) : state_(std::move(state)) {}
Artifact::Artifact(Artifact&&) noexcept = default;
Artifact& Artifact::operator=(Artifact&&) noexcept = default;
Artifact::~Artifact() = default;

void Artifact::open_parts(State& state, const FileRecords& records) {
  const Config& config = state.config;
  const fs::path file = state.path / names::kConfigFile;
  const std::size_t count = config.blend_weights.size();
  const bool above_0 = std::all_of(config.blend_weights.begin(), config.blend_weights.end(),
                                   [](double weight) { return weight > 0.0 && std::isfinite(weight); });
  if (count < 2 || count > scoring::kMostParts || !above_0) {
    fail<DataError>("{}: damaged: {} weights of a blend, expected 2 to {} above 0; {}", file.string(), count,
                    scoring::kMostParts, kRemedy);
  }
  for (std::size_t m = 0; m < count; ++m) {
    const std::string folder = names::part_folder(m);
    const std::string name = folder + "/" + std::string(names::kConfigFile);
    check_hash(open_recorded(state.path, name, records), state.path, name, records);
    const Artifact& part = state.parts.emplace_back(open_once(state.path / folder));
    const Config& own = part.config();
    const bool fits = own.kind != scoring::ScoreKind::blend && own.num_users == config.num_users &&
                      own.num_items == config.num_items && own.data_hash == config.data_hash &&
                      same_pattern(part.state_->history, state.parts.front().state_->history);
    if (!fits) {
      fail<DataError>("{}: damaged: is no part of this blend, or of other users, items or history; {}",
                      part.path().string(), kRemedy);
    }
  }
  state.history = state.parts.front().state_->history;
}

void Artifact::open_tensors(State& state, const FileRecords& records) {
  const Config& config = state.config;
  const files::MappedFile model = open_recorded(state.path, names::kModelFile, records);
  state.tensors = files::Safetensors(state.path / names::kModelFile);
  check_tensors(state.tensors, config);
  state.history =
      read_csr(state.tensors, names::kHistoryIndptr, names::kHistoryIndices, config.num_users, config.num_items);
  if (config.kind == scoring::ScoreKind::item_similarity) {
    state.similarity = read_csr(state.tensors, names::kSimilarityIndptr, names::kSimilarityIndices, config.num_items,
                                config.num_items);
    if (state.tensors.values<float>(names::kSimilarityValues).size() != state.similarity.indices.size()) {
      fail<DataError>("{}: damaged: similarity.values and similarity.indices differ in length; {}",
                      state.tensors.name(), kRemedy);
    }
  }
  check_hash(model, state.path, names::kModelFile, records);
}

Artifact Artifact::open_once(const fs::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  FileRecords records;
  const files::MappedFile config_file(path / names::kConfigFile);
  files::refuse_foreign_file((path / names::kConfigFile).string(), config_file.text(), files::Wanted::text);
  state->config = parse_config(config_file.text(), path / names::kConfigFile, records);
  const Config& config = state->config;
  const files::MappedFile users = open_recorded(path, names::kUsersFile, records);
  const files::MappedFile items = open_recorded(path, names::kItemsFile, records);
  state->log = open_recorded(path, names::kLogFile, records);
  // What is wrong in the structure says more than a hash, so that is looked at first.
  if (config.kind == scoring::ScoreKind::blend) {
    open_parts(*state, records);
  } else {
    open_tensors(*state, records);
  }
  state->users = parse_ids(users.text(), path / names::kUsersFile);
  state->items = parse_ids(items.text(), path / names::kItemsFile);
  check_hash(users, path, names::kUsersFile, records);
  check_hash(items, path, names::kItemsFile, records);
  check_hash(state->log, path, names::kLogFile, records);
  state->popularity.assign(static_cast<std::size_t>(config.num_items), 0.0F);
  for (const std::int32_t item : state->history.indices) state->popularity[static_cast<std::size_t>(item)] += 1.0F;
  Artifact artifact(std::move(state));
  check_counts(artifact, artifact.config(), artifact.state_->history.nnz());
  return artifact;
}

Artifact Artifact::open(const fs::path& path) {
  files::recover_directory(path);
  for (;;) {
    const ino_t before = require_artifact(path);
    try {
      return open_once(path);
    } catch (const Error&) {
      // A writer may have exchanged the directory while its files were read one after the other: then look again.
      if (require_artifact(path) == before) throw;
    }
  }
}

bool Artifact::is_artifact(const fs::path& path) {
  std::ifstream file(path / names::kConfigFile, std::ios::binary);
  std::string head(256, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head.find("\"monet-artifact\"") != std::string::npos;
}

const fs::path& Artifact::path() const {
  return state_->path;
}
const Config& Artifact::config() const {
  return state_->config;
}
const IdTable& Artifact::users() const {
  return state_->users;
}
const IdTable& Artifact::items() const {
  return state_->items;
}
std::string_view Artifact::train_log() const {
  return state_->log.text();
}

scoring::Scoring Artifact::scoring() const {
  scoring::Scoring scoring;
  scoring.kind = state_->config.kind;
  scoring.beta = state_->config.beta;
  scoring.user_embedding = tensor(names::kUserEmbedding);
  scoring.item_embedding = tensor(names::kItemEmbedding);
  scoring.history = state_->history;
  scoring.item_popularity = state_->popularity;
  if (scoring.kind == scoring::ScoreKind::blend) {
    for (const Artifact& part : state_->parts) scoring.parts.push_back(part.scoring());
    scoring.weights = state_->config.blend_weights;
    scoring.blend_by = state_->config.blend_by;
    return scoring;
  }
  if (state_->tensors.find(names::kItemPrior) != nullptr) {
    scoring.item_prior = state_->tensors.values<float>(names::kItemPrior);
  }
  if (scoring.kind == scoring::ScoreKind::item_similarity) {
    scoring.similarity = state_->similarity;
    scoring.similarity_values = state_->tensors.values<float>(names::kSimilarityValues);
  }
  if (scoring.kind == scoring::ScoreKind::pairwise) {
    scoring.attention = {tensor(names::kPairwiseWeight), state_->tensors.values<float>(names::kPairwiseBias),
                         state_->tensors.values<float>(names::kPairwiseVector)};
  }
  return scoring;
}

std::optional<scoring::NewItemMap> Artifact::new_items() const {
  return detail::read_new_items(state_->tensors, state_->config);
}

std::span<const std::byte> Artifact::recipe(std::string_view modality) const {
  for (const Artifact& part : state_->parts) {
    if (const auto found = part.recipe(modality); !found.empty()) return found;
  }
  const files::Tensor* tensor = state_->tensors.find(std::string(names::kRecipePrefix).append(modality));
  return tensor == nullptr ? std::span<const std::byte>() : tensor->bytes;
}

std::span<const Artifact> Artifact::parts() const {
  return state_->parts;
}

MatrixView<const float> Artifact::tensor(std::string_view name) const {
  return state_->tensors.find(name) == nullptr ? MatrixView<const float>() : state_->tensors.matrix<float>(name);
}

std::vector<std::string> Artifact::tensor_names() const {
  std::vector<std::string> result;
  for (const files::Tensor& tensor : state_->tensors.tensors()) result.push_back(tensor.name);
  return result;
}

}  // namespace monet::artifact
