#include "monet/core/thread_pool.h"
#include "monet/recommend/recommender.h"
#include "monet/recommend/render.h"
#include "cli/commands.h"
#include "cli/item_list.h"
#include "cli/options.h"
#include "cli/output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

using recommend::Format;

struct SimilarOptions {
  std::filesystem::path artifact;
  std::string items;  // ids as written: the artifact tells them apart
  Index k = 10;
  std::string by = "fused";
  Format format = Format::table;
  std::filesystem::path out;
  bool force = false;
  int threads = 1;
};

int similar(const SimilarOptions& options) {
  Output output(options.out, options.force);
  const recommend::Recommender recommender = recommend::Recommender::open(options.artifact);
  const artifact::Artifact& artifact = recommender.artifact();
  const std::vector<std::string> items =
      ids_of_option("--items", options.items, {artifact.items(), "item", (options.artifact / "items.tsv").string()});
  const std::vector<std::string> known = recommender.similarities();
  if (std::find(known.begin(), known.end(), options.by) == known.end()) {
    const std::string has = known.empty() ? "it has none" : fmt::format("give --by {}", fmt::join(known, ", "));
    fail<DataError>("{}: the model {} has no similarity by '{}'; {}", options.artifact.string(),
                    artifact.config().model, options.by, has);
  }
  ThreadPool pool(options.threads);
  const recommend::Source source = recommend::source_of(artifact);
  for (const recommend::SimilarItems& result : recommender.similar(pool, items, options.k, options.by)) {
    output.write(render(result, source, options.format));
  }
  output.finish();
  return 0;
}

}  // namespace

Run add_similar(CLI::App& root) {
  CLI::App* app = root.add_subcommand("similar", "the items most similar to given ones");
  const auto options = std::make_shared<SimilarOptions>();
  add_path(*app, "--artifact", options->artifact, "directory that `monet train` wrote")->required();
  add_ids(*app, "--items", options->items, "ids of items")->required();
  add_integer(*app, "--k", options->k, 1, std::numeric_limits<std::int32_t>::max(), "similar items for each");
  add_value(*app, "--by", "fused|model|MODALITY",
            "cosine of the fused embeddings or of a modality's, or the model's own similarity",
            [options](const std::string& text) { options->by = text; })
      ->default_str(options->by);
  add_choice<Format>(*app, "--format", options->format,
                     {{"table", Format::table}, {"tsv", Format::tsv}, {"jsonl", Format::jsonl}},
                     "readable table; lines of item, rank, similar item, similarity; or a JSON object per item");
  add_path(*app, "--out", options->out, "file to write instead of standard output");
  add_flag(*app, "--force", options->force, "replace the --out file if it exists");
  add_threads(*app, options->threads);
  add_config(*app);
  return [options] { return similar(*options); };
}

}  // namespace monet::cli
