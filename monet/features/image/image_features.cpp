#include "monet/features/image/image_features.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/features/image/descriptor.h"

#include <algorithm>
#include <limits>

namespace monet::features {

namespace {
/// Reads and describes one file; otherwise says what is wrong with it.
std::string try_file(const std::filesystem::path& file, ImageDescriber& describer, const DecodeLimits& limits,
                     int worker, std::span<float> row) {
  try {
    const files::MappedFile mapped(file);
    describer.describe(decode(mapped.bytes(), limits), worker, row);
    return {};
  } catch (const IoError& error) {
    return error.what();  // names the file
  } catch (const DataError& error) {
    return fmt::format("{}: {}", file.string(), error.what());
  }
}
}  // namespace

Index BuiltinDescriber::width() const {
  return kDescriptorWidth;
}

void BuiltinDescriber::describe(const Image& image, int /*worker*/, std::span<float> row) {
  features::describe(image, row);
}

std::vector<std::pair<std::string, std::string>> BuiltinDescriber::choices() const {
  return {{"kind", "built-in: colours and edges"}};
}

std::map<std::string, std::string> BuiltinDescriber::recipe() const {
  return {{"describer", "colours-and-edges-1"}};
}

ImageFeatures image_features(ThreadPool& pool, std::span<const std::filesystem::path> files, ImageDescriber& describer,
                             const DecodeLimits& limits, const std::atomic<bool>& stop) {
  ImageFeatures out;
  const auto count = static_cast<Index>(files.size());
  out.rows = Matrix<float>(count, describer.width());
  std::vector<std::string> damage(files.size());
  std::vector<char> described(files.size(), 0);
  pool.for_range(count, [&](Index begin, Index end, int worker) {
    for (Index i = begin; i < end; ++i) {
      if (stop) fail<Interrupted>("interrupted");
      const auto at = static_cast<std::size_t>(i);
      const std::span<float> row = out.rows.view().row_span(i);
      if (!files[at].empty()) {
        damage[at] = try_file(files[at], describer, limits, worker, row);
        described[at] = damage[at].empty() ? 1 : 0;
      }
      if (described[at] == 0) std::fill(row.begin(), row.end(), std::numeric_limits<float>::quiet_NaN());
    }
  });
  out.missing = std::count(described.begin(), described.end(), 0);
  std::copy_if(damage.begin(), damage.end(), std::back_inserter(out.damage),
               [](const std::string& line) { return !line.empty(); });
  return out;
}

}  // namespace monet::features
