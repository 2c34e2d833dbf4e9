#include "cli/answers.h"

#include "monet/duckdb/parquet_writer.h"
#include "cli/output.h"
#include "cli/own_file.h"

#include <cstdint>
#include <vector>

namespace monet::cli {

namespace {
using duckdb::ParquetWriter;

class TextAnswers : public Answers {
 public:
  TextAnswers(recommend::Format format, const std::filesystem::path& out, bool force)
      : format_(format), output_(out, force) {}

  void set_source(const recommend::Source& source) override { source_ = source; }
  void write(const recommend::Recommendations& recommendations) override {
    output_.write(render(recommendations, source_, format_));
  }
  void finish() override { output_.finish(); }

 private:
  recommend::Format format_;
  recommend::Source source_;
  Output output_;
};

class ParquetAnswers : public Answers {
 public:
  ParquetAnswers(const std::filesystem::path& out, bool force, const std::atomic<bool>& stop)
      : target_{out, force, nullptr, {}, false, {}, is_own_file},
        parents_(asked(target_)),
        writer_(out, fields(), stop) {}

  void write(const recommend::Recommendations& recommendations) override {
    std::int32_t rank = 0;
    for (const recommend::ScoredItem& item : recommendations.items) {
      if (recommendations.user) {
        writer_.add(std::string_view(*recommendations.user));
      } else {
        writer_.add_nothing();
      }
      writer_.add(++rank);
      writer_.add(std::string_view(item.item));
      writer_.add(item.score);
      writer_.end_row();
    }
  }
  void finish() override {
    files::require_replaceable(target_);
    writer_.finish();
  }

 private:
  static const std::filesystem::path& asked(const files::OutputTarget& target) {
    files::require_replaceable(target);
    return target.path;
  }
  static std::vector<ParquetWriter::Field> fields() {
    using Kind = ParquetWriter::Kind;
    return {{"user_id", Kind::text}, {"rank", Kind::int32}, {"item_id", Kind::text}, {"score", Kind::float32}};
  }

  files::OutputTarget target_;
  files::ParentFolders parents_;
  ParquetWriter writer_;
};
}  // namespace

std::unique_ptr<Answers> text_answers(recommend::Format format, const std::filesystem::path& out, bool force) {
  return std::make_unique<TextAnswers>(format, out, force);
}

std::unique_ptr<Answers> parquet_answers(const std::filesystem::path& out, bool force, const std::atomic<bool>& stop) {
  return std::make_unique<ParquetAnswers>(out, force, stop);
}

}  // namespace monet::cli
