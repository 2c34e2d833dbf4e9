#pragma once

#include "monet/recommend/render.h"

#include <atomic>
#include <filesystem>
#include <memory>

namespace monet::cli {

/// Where recommendations go, one user after the other.
class Answers {
 public:
  virtual ~Answers() = default;
  /// What texts say beside the answers.
  virtual void set_source(const recommend::Source& /*source*/) {}
  virtual void write(const recommend::Recommendations& recommendations) = 0;
  /// Puts a file in its place; without it what was there stays.
  virtual void finish() = 0;
};

/// As text to standard output, or to a file (output.h has the errors).
std::unique_ptr<Answers> text_answers(recommend::Format format, const std::filesystem::path& out, bool force);

/// As a Parquet file with the columns user_id, rank (from 1), item_id, score, as the lines of tsv. A user never seen is
/// NULL. Throws InvalidArgument when the file exists without `force`, DataError where DuckDB is not
/// here, IoError; Interrupted once `stop` is set.
std::unique_ptr<Answers> parquet_answers(const std::filesystem::path& out, bool force, const std::atomic<bool>& stop);

}  // namespace monet::cli
