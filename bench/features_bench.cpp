// Text features of generated documents: seconds for counting terms and for the truncated SVD. The answer is checked:
// documents of one topic must be nearer to each other than to those of other topics, and what the features keep must
// not be more than what there is; exit code 1 otherwise.
//
//   features_bench [--short] [--documents N] [--width K] [--threads N] [--cpu-clock]

#include "monet/core/rng.h"
#include "monet/features/text/text_features.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace monet;

struct Settings {
  Index documents = 100'000;
  Index width = 256;
  int threads = 1;
};

constexpr std::uint64_t kVocabulary = 60'000;
constexpr std::uint64_t kTopics = 200;

std::uint64_t topic_of(Index document) {
  return static_cast<std::uint64_t>(document) % kTopics;
}

/// 20 to 139 words, frequent ones as Zipf has them; half of them moved to where their topic has its own.
class Writer {
 public:
  Writer() {
    for (std::uint64_t w = 0; w < kVocabulary; ++w) {
      cumulative_.push_back((w > 0 ? cumulative_.back() : 0.0) + 1.0 / (static_cast<double>(w) + 3.0));
    }
  }
  void write(Index document, std::string& text) {
    text.clear();
    for (std::uint64_t k = 20 + rng_.below(120); k > 0; --k) {
      const auto at = std::lower_bound(cumulative_.begin(), cumulative_.end(), rng_.uniform() * cumulative_.back());
      auto word = static_cast<std::uint64_t>(at - cumulative_.begin());
      if (rng_.uniform() < 0.5) word = (word + 1000 + topic_of(document) * 293) % kVocabulary;
      text += fmt::format("word{} ", word);
    }
  }

 private:
  std::vector<double> cumulative_;
  Rng rng_{1};
};

/// Mean cosine of documents of one topic, less that of documents of different ones.
double contrast(const Matrix<float>& rows) {
  const auto cosine = [&](Index a, Index b) {
    double sum = 0.0;
    for (Index c = 0; c < rows.cols(); ++c) sum += static_cast<double>(rows(a, c)) * static_cast<double>(rows(b, c));
    return sum;
  };
  constexpr auto kStep = static_cast<Index>(kTopics);
  double same = 0.0, other = 0.0;
  for (Index r = 0; r < kStep; ++r) {
    same += cosine(r, r + kStep);
    other += cosine(r, (r + 1) % kStep + kStep);
  }
  return (same - other) / static_cast<double>(kStep);
}

int run(const Settings& settings) {
  features::TextOptions options;
  options.svd.width = settings.width;
  ThreadPool pool(settings.threads);
  Writer writer;
  features::TermCounter counter(features::parse_text_fields("text"), options.terms);
  std::string text;
  double counting = 0.0, bytes = 0.0;
  for (Index d = 0; d < settings.documents; ++d) {
    writer.write(d, text);
    const std::string_view item[] = {text};
    const double start = bench::now();
    counter.add(item);
    counting += bench::now() - start;
    bytes += static_cast<double>(text.size());
  }
  double start = bench::now();
  const features::TermMatrix matrix = std::move(counter).finish();
  counting += bench::now() - start;
  start = bench::now();
  const features::TextFeatures out = features::text_features(pool, matrix, options);
  const double svd = bench::now() - start;
  const double apart = contrast(out.rows);
  fmt::print(
      "text features of {} documents ({:.0f} MB), {} terms, {} entries, to {} columns, {} thread(s): terms {:.2f} s "
      "({:.0f} MB/s), SVD {:.2f} s; {:.1f} % kept, topics apart by {:.2f}\n",
      settings.documents, bytes * 1e-6, matrix.terms.size(), matrix.pattern.nnz(), out.rows.cols(), settings.threads,
      counting, bytes * 1e-6 / counting, svd, 100.0 * out.kept, apart);
  if (out.missing == 0 && out.rows.cols() == settings.width && apart > 0.2 && out.kept > 0.0 && out.kept <= 1.0)
    return 0;
  fmt::print("WRONG: {} documents missing, {} columns, topics apart by {}\n", out.missing, out.rows.cols(), apart);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view flag = argv[a];
    const auto number = [&] { return a + 1 < argc ? std::atoll(argv[++a]) : 0; };
    if (flag == "--short") {
      settings.documents = 2000;
      settings.width = 64;
    } else if (flag == "--documents") {
      settings.documents = number();
    } else if (flag == "--width") {
      settings.width = number();
    } else if (flag == "--threads") {
      settings.threads = static_cast<int>(number());
    } else if (flag == "--cpu-clock") {
      bench::cpu_clock() = true;
    } else {
      fmt::print(stderr, "unknown option {}\n", flag);
      return 2;
    }
  }
  if (settings.documents < 2 * static_cast<Index>(kTopics) || settings.width < 1 || settings.threads < 1) {
    fmt::print(stderr, "at least {} documents, and 1 column and thread\n", 2 * kTopics);
    return 2;
  }
  return run(settings);
}
