#include "monet/sharded/feature_part.h"

#include "monet/core/files/npy_rows.h"
#include "monet/data/missing_rows.h"
#include "monet/sharded/in_turn.h"
#include "monet/sharded/together.h"

#include <algorithm>

namespace monet::sharded {

data::Modality read_feature_rows(dist::Communicator& world, const data::FeatureFile& file, const Ranges& items,
                                 data::MissingRows policy) {
  const std::string path = file.path.string();
  const dist::Share own = items.of(world.rank());
  data::Modality modality{file.name, {}, 0};
  Matrix<float>& features = modality.features;
  std::vector<Index> missing;
  together(world, [&] {
    const files::NpyRows rows(file.path);
    data::check_feature_shape(rows.rows(), rows.cols(), items.rows(), path);
    features = Matrix<float>(own.end - own.begin, rows.cols());
    rows.read(own.begin, features.view());
    missing = data::find_missing_rows(features.view(), own.begin, path);
  });
  modality.missing_rows = dist::all_reduced(world, static_cast<Index>(missing.size()));
  if (modality.missing_rows == 0) return modality;
  const Index first =
      dist::all_reduced(world, missing.empty() ? items.rows() : own.begin + missing.front(), dist::Reduction::least);
  data::check_missing_rows(modality.missing_rows, first, items.rows(), policy, path);
  std::vector<double> sums(static_cast<std::size_t>(features.cols()), 0.0);
  if (policy == data::MissingRows::mean) {
    in_turn(world, std::span(sums), [&] { data::add_rows_to(sums, features.view(), missing); });
  }
  const std::vector<float> filler = data::filler_of(sums, items.rows() - modality.missing_rows, policy);
  for (const Index r : missing) std::copy(filler.begin(), filler.end(), features.row(r));
  return modality;
}

}  // namespace monet::sharded
