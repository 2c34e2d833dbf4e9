// Folders that the package writes: they appear whole or not at all, and replace nothing but what was written so before.
#include "python/src/folders.h"

#include "monet/artifact/artifact.h"
#include "monet/artifact/tensor_names.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/files/output_folder.h"
#include "monet/core/files/written_files.h"
#include "monet/recommend/recommender.h"
#include "monet/train/write_artifact.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace monet::python {

namespace py = pybind11;
namespace fs = std::filesystem;

namespace {

constexpr const char* kRecord = "dataset.json";
constexpr const char* kFormat = "monet-dataset";

const files::FolderKind& dataset_folder() {
  static const files::FolderKind kind{kRecord, [](const fs::path& folder) -> files::Owns {
                                        auto record = files::read_folder_record(folder / kRecord, kFormat);
                                        if (!record || !record->files) return {};
                                        return files::owns_unchanged(folder, kRecord, std::move(*record->files));
                                      }};
  return kind;
}

/// A dataset's folder while its files are written.
class NewDataset {
 public:
  NewDataset(const std::string& path, bool force)
      : folder_(
            std::make_unique<files::OutputFolder>(files::OutputTarget{path, force, &dataset_folder(), {}, false, {}})) {
  }

  std::string path() const { return folder_->path().string(); }
  void commit() {
    const std::string written = files::to_json(files::files_written_to(folder_->path()));
    files::write_file(folder_->path() / kRecord,
                      fmt::format("{{\"format\": \"{}\", \"version\": 1, \"written\": {}}}\n", kFormat, written));
    folder_->commit();
  }
  /// Removes what was written so far.
  void close() { folder_.reset(); }

 private:
  std::unique_ptr<files::OutputFolder> folder_;
};

void copy_artifact(const artifact::Artifact& artifact, const fs::path& folder) {
  namespace names = artifact::names;
  fs::create_directories(folder);
  for (const std::string_view name :
       {names::kConfigFile, names::kModelFile, names::kUsersFile, names::kItemsFile, names::kLogFile}) {
    const fs::path file = artifact.path() / name;
    if (fs::exists(file)) files::write_file(folder / name, files::MappedFile(file).text());
  }
  for (std::size_t part = 0; part < artifact.parts().size(); ++part) {
    copy_artifact(artifact.parts()[part], folder / names::part_folder(part));
  }
}

void save_artifact(const recommend::Recommender& recommender, const std::string& path, bool force) {
  const py::gil_scoped_release release;
  files::OutputTarget target = train::artifact_target(path, force);
  target.sources.push_back(recommender.artifact().path());
  files::OutputFolder folder(target);
  copy_artifact(recommender.artifact(), folder.path());
  folder.commit();
}

}  // namespace

void bind_folders(py::module_& module) {
  py::class_<NewDataset>(module, "NewDataset")
      .def(py::init<const std::string&, bool>(), py::arg("path"), py::arg("force"))
      .def("path", &NewDataset::path)
      .def("commit", &NewDataset::commit)
      .def("close", &NewDataset::close);
  module.def("save_artifact", &save_artifact, py::arg("recommender"), py::arg("path"), py::arg("force"));
}

}  // namespace monet::python
