#include "monet/report/report.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/report/document.h"

#include <array>
#include <string>
#include <utility>

namespace monet::report {

namespace {

namespace fs = std::filesystem;

using PageOf = Page (*)(const Document&);

constexpr std::array<std::pair<std::string_view, PageOf>, 6> kFormats = {{
    {"monet-auto", auto_page},
    {"monet-comparison", comparison_page},
    {"monet-sweep", sweep_page},
    {"monet-reproduction", reproduction_page},
    {"monet-similarity", similarity_page},
    {"monet-average-difference", average_difference_page},
}};

Page page_of(const Document& document) {
  const std::string format = document.format();
  for (const auto& [name, page] : kFormats) {
    if (name == format) return page(document);
  }
  fail<DataError>("{}: there is no report of a {}; expected the result of auto, compare, sweep, reproduce or analyze",
                  document.path().string(), format);
}

[[noreturn]] void fail_missing(const fs::path& path) {
  const fs::path partial = artifact::partial_path(path);
  if (fs::exists(partial)) {
    fail<IoError>("{}: not there yet: its training is in {} and not finished; train on with `resume`", path.string(),
                  partial.string());
  }
  fail<IoError>("{}: no such file or directory", path.string());
}

}  // namespace

Page read_page(const fs::path& path) {
  if (!fs::exists(path)) fail_missing(path);
  if (!fs::is_directory(path)) return page_of(Document(path));
  for (const char* name : {"auto.json", "reproduction.json", "comparison.json", "sweep.json"}) {
    if (fs::exists(path / name)) return page_of(Document(path / name));
  }
  // A folder with the files of an artifact is one, however damaged, and is opened to say what is wrong with it.
  if (fs::exists(path / "config.json") || fs::exists(path / "model.safetensors")) {
    return artifact_page(artifact::Artifact::open(path));
  }
  fail<DataError>(
      "{}: nothing to report on: expected an artifact (config.json), or what auto, compare, sweep or reproduce "
      "write (auto.json, comparison.json, sweep.json, reproduction.json)",
      path.string());
}

}  // namespace monet::report
