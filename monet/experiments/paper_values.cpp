#include "monet/experiments/paper_values.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace monet::experiments {

namespace {

constexpr std::array kDatasets = {
    PaperDataset{"Women Clothing", 19'244, 14'596, 135'326},
    PaperDataset{"Men Clothing", 4'955, 5'028, 32'363},
    PaperDataset{"Beauty", 22'363, 12'101, 198'502},
    PaperDataset{"Toys & Games", 19'412, 11'924, 167'597},
};

/// A row of Table 5: precision, recall and NDCG at 20 on the four datasets in the order above.
struct AccuracyRow {
  std::string_view method;
  std::array<std::array<double, 3>, 4> values;
};

constexpr std::array kTable5 = {
    AccuracyRow{
        "ngcf",
        {{{0.0017, 0.0344, 0.0151}, {0.0018, 0.0366, 0.0146}, {0.0041, 0.0724, 0.0328}, {0.0030, 0.0567, 0.0254}}}},
    AccuracyRow{
        "lightgcn",
        {{{0.0032, 0.0635, 0.0301}, {0.0021, 0.0412, 0.0184}, {0.0066, 0.1181, 0.0565}, {0.0059, 0.1116, 0.0551}}}},
    AccuracyRow{
        "vbpr",
        {{{0.0025, 0.0483, 0.0213}, {0.0027, 0.0532, 0.0220}, {0.0046, 0.0808, 0.0395}, {0.0040, 0.0745, 0.0355}}}},
    AccuracyRow{
        "mmgcn",
        {{{0.0021, 0.0419, 0.0180}, {0.0020, 0.0389, 0.0152}, {0.0047, 0.0812, 0.0367}, {0.0033, 0.0619, 0.0277}}}},
    AccuracyRow{
        "grcn",
        {{{0.0035, 0.0697, 0.0302}, {0.0028, 0.0562, 0.0234}, {0.0072, 0.1268, 0.0615}, {0.0065, 0.1210, 0.0585}}}},
    AccuracyRow{
        "lattice",
        {{{0.0038, 0.0753, 0.0348}, {0.0031, 0.0612, 0.0273}, {0.0076, 0.1362, 0.0657}, {0.0068, 0.1284, 0.0629}}}},
    AccuracyRow{
        "mario",
        {{{0.0039, 0.0760, 0.0349}, {0.0035, 0.0688, 0.0304}, {0.0071, 0.1275, 0.0612}, {0.0064, 0.1212, 0.0587}}}},
    AccuracyRow{
        "monet",
        {{{0.0050, 0.0990, 0.0450}, {0.0045, 0.0895, 0.0406}, {0.0087, 0.1539, 0.0775}, {0.0081, 0.1511, 0.0750}}}},
    AccuracyRow{"improvement",
                {{{30.46, 30.32, 28.75}, {29.86, 30.03, 33.67}, {14.65, 13.06, 17.90}, {19.26, 17.73, 19.16}}}},
};

struct Cell {
  std::string_view method;
  std::string_view measure;
  double value;
};

/// Tables 2 and 6, Women Clothing.
constexpr std::array kWomen = {
    Cell{"monet:encoder=lightgcn", "precision@20", 0.0040},
    Cell{"monet:encoder=lightgcn", "recall@20", 0.0791},
    Cell{"monet:encoder=lightgcn", "ndcg@20", 0.0361},
    Cell{"monet:target-aware=off", "precision@20", 0.0044},
    Cell{"monet:target-aware=off", "recall@20", 0.0866},
    Cell{"monet:target-aware=off", "ndcg@20", 0.0393},
    Cell{"mmgcn", "avg.diff text", 0.7559},
    Cell{"mmgcn", "avg.diff image", 0.5992},
    Cell{"mmgcn:variant=linear", "avg.diff text", 0.1547},
    Cell{"mmgcn:variant=linear", "avg.diff image", 0.1820},
    Cell{"mmgcn:variant=linear", "recall@20", 0.0597},
    Cell{"mmgcn:variant=no-self", "avg.diff text", 0.8309},
    Cell{"mmgcn:variant=no-self", "avg.diff image", 0.6954},
    Cell{"mmgcn:variant=no-self", "recall@20", 0.0123},
    Cell{"mmgcn:variant=layer-combination", "avg.diff text", 0.8010},
    Cell{"mmgcn:variant=layer-combination", "avg.diff image", 0.6870},
    Cell{"mmgcn:variant=layer-combination", "recall@20", 0.0341},
};

struct Gain {
  std::string_view method;
  std::string_view over;
  std::string_view measure;
  double percent;
};

constexpr std::array kGains = {
    Gain{"interacted", "not interacted", "similarity text", 26.87},
    Gain{"interacted", "not interacted", "similarity image", 29.39},
    Gain{"monet", "monet:encoder=lightgcn", "precision@20", 24.87},
    Gain{"monet", "monet:encoder=lightgcn", "recall@20", 25.08},
    Gain{"monet", "monet:encoder=lightgcn", "ndcg@20", 24.49},
    Gain{"monet", "monet:target-aware=off", "precision@20", 14.28},
    Gain{"monet", "monet:target-aware=off", "recall@20", 14.26},
    Gain{"monet", "monet:target-aware=off", "ndcg@20", 14.36},
    Gain{"monet", "monet:alpha=0", "precision@20", 111.91},
    Gain{"monet", "monet:alpha=0", "recall@20", 112.23},
    Gain{"monet", "monet:alpha=0", "ndcg@20", 118.73},
    Gain{"monet", "monet:beta=1", "precision@20", 18.31},
    Gain{"monet", "monet:beta=1", "recall@20", 18.59},
    Gain{"monet", "monet:beta=1", "ndcg@20", 21.90},
};

constexpr std::array<std::string_view, 3> kMeasures = {"precision@20", "recall@20", "ndcg@20"};

}  // namespace

std::span<const PaperDataset> paper_datasets() {
  return kDatasets;
}

const PaperDataset* find_paper_dataset(Index users, Index items, Index interactions) {
  const auto* const found = std::find_if(kDatasets.begin(), kDatasets.end(), [&](const PaperDataset& d) {
    return d.users == users && d.items == items && d.interactions == interactions;
  });
  return found == kDatasets.end() ? nullptr : found;
}

const PaperDataset* find_similar_paper_dataset(Index users, Index items, Index interactions) {
  if (find_paper_dataset(users, items, interactions) != nullptr) return nullptr;
  constexpr Index kShare = 20;
  const auto near = [](Index a, Index b) { return std::abs(a - b) * kShare <= b; };
  const auto* const found = std::find_if(kDatasets.begin(), kDatasets.end(), [&](const PaperDataset& d) {
    return near(users, d.users) && near(items, d.items) && near(interactions, d.interactions);
  });
  return found == kDatasets.end() ? nullptr : found;
}

std::optional<double> paper_value(std::string_view dataset, std::string_view method, std::string_view measure) {
  for (std::size_t d = 0; d < kDatasets.size(); ++d) {
    if (kDatasets[d].name != dataset) continue;
    for (const AccuracyRow& row : kTable5) {
      if (row.method != method) continue;
      for (std::size_t m = 0; m < kMeasures.size(); ++m) {
        if (kMeasures[m] == measure) return row.values[d][m];
      }
    }
    if (d != 0) return std::nullopt;
    for (const Cell& cell : kWomen) {
      if (cell.method == method && cell.measure == measure) return cell.value;
    }
  }
  return std::nullopt;
}

std::optional<double> paper_gain(std::string_view dataset, std::string_view method, std::string_view over,
                                 std::string_view measure) {
  if (dataset != kDatasets.front().name) return std::nullopt;
  const auto* const found = std::find_if(kGains.begin(), kGains.end(), [&](const Gain& gain) {
    return gain.method == method && gain.over == over && gain.measure == measure;
  });
  return found == kGains.end() ? std::nullopt : std::optional(found->percent);
}

}  // namespace monet::experiments
