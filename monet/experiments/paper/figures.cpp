#include "monet/experiments/paper/document.h"

#include <fmt/core.h>

namespace monet::experiments::paper {

namespace {

using Datasets = std::vector<DatasetObservations>;

void add_point(Series& series, double x, const Values& values) {
  series.x.push_back(x);
  series.y.push_back(values.mean());
  series.error.push_back(values.sd());
}

void add_note(Figure& figure, const std::string& text) {
  if (figure.note.find(text) != std::string::npos) return;
  figure.note += (figure.note.empty() ? "" : "; ") + text;
}

void add_remark(Figure& figure, const DatasetObservations& dataset, std::string_view point, std::string_view label) {
  const std::string remark = dataset.remark(label);
  if (!remark.empty()) add_note(figure, fmt::format("{}, {}: {}", dataset.info.name, point, remark));
}

/// "shop", or "shop, image" for avg.diff of a modality.
std::string series_name(const DatasetObservations& dataset, const std::string& measure) {
  if (!measure.starts_with(kEveryDifference)) return dataset.info.name;
  return fmt::format("{}, {}", dataset.info.name, measure.substr(kEveryDifference.size() + 1));
}

Figure bar_figure(const BarPlan& plan, const Datasets& datasets) {
  Figure figure;
  figure.id = plan.id;
  figure.title = plan.title;
  figure.kind = "bar";
  figure.y_label = plan.measure;
  for (const PlannedMethod& bar : plan.bars) figure.ticks.emplace_back(bar.name);
  for (const DatasetObservations& dataset : datasets) {
    for (const std::string& measure : dataset.expand(plan.measure)) {
      Series measured{series_name(dataset, measure), {}, {}, {}};
      Series paper{measured.name + " (paper)", {}, {}, {}};
      for (std::size_t b = 0; b < plan.bars.size(); ++b) {
        const std::string_view label = plan.bars[b].label;
        if (const auto value = dataset.paper_value(label, measure)) {
          add_point(paper, static_cast<double>(b), Values{{*value}});
        }
        if (const Values* values = dataset.find(label, measure)) {
          add_point(measured, static_cast<double>(b), *values);
          add_remark(figure, dataset, plan.bars[b].name, label);
        } else {
          add_note(figure, fmt::format("{}, {}: {}", dataset.info.name, plan.bars[b].name,
                                       dataset.why_missing(label, measure)));
        }
      }
      if (!measured.x.empty()) figure.series.push_back(std::move(measured));
      if (!paper.x.empty()) figure.series.push_back(std::move(paper));
    }
    if (dataset.info.modalities.empty() && plan.measure == kEveryDifference) {
      add_note(figure, fmt::format("{}: no item features", dataset.info.name));
    }
  }
  return figure;
}

Figure line_figure(const LinePlan& plan, std::string_view measure, const Selection& selection,
                   const Datasets& datasets) {
  Figure figure;
  figure.id = fmt::format("{}-{}", plan.id, measure);
  figure.title = plan.title;
  figure.kind = "line";
  figure.x_label = plan.option;
  figure.y_label = measure;
  for (const DatasetObservations& dataset : datasets) {
    for (const std::string& name : dataset.expand(measure)) {
      Series series{series_name(dataset, name), {}, {}, {}};
      for (const double x : selection.grid(plan)) {
        const std::string label = point_label(plan, x, on(selection, dataset.paper));
        if (const Values* values = dataset.find(label, name)) {
          add_point(series, x, *values);
          add_remark(figure, dataset, fmt::format("{} = {}", plan.option, x), label);
        } else {
          add_note(figure, fmt::format("{}: {}", dataset.info.name, dataset.why_missing(label, name)));
        }
        const auto gain = dataset.paper_gain("monet", label, name);
        if (gain) {
          add_note(figure, fmt::format("the paper on {}: its default is {:.2f} % above {} = {}", dataset.paper->name,
                                       *gain, plan.option, x));
        }
      }
      if (!series.x.empty()) figure.series.push_back(std::move(series));
    }
    if (dataset.info.modalities.empty() && measure == kEveryDifference) {
      add_note(figure, fmt::format("{}: no item features", dataset.info.name));
    }
  }
  return figure;
}

/// Figure 1: bars of both similarities for each modality, then how users are spread.
void add_similarity(std::vector<Figure>& figures, const Datasets& datasets) {
  Figure bars;
  bars.id = kSimilarityFigure;
  bars.title = "Similarity of a user's items among themselves (I-I) and with all others (I-N)";
  bars.kind = "bar";
  bars.y_label = "mean cosine";
  Series within{"I-I", {}, {}, {}}, across{"I-N", {}, {}, {}};
  std::vector<Figure> histograms;
  for (const DatasetObservations& dataset : datasets) {
    if (!dataset.similarity_problem.empty()) {
      add_note(bars, fmt::format("{}: {}", dataset.info.name, dataset.similarity_problem));
    }
    for (const ModalitySimilarity& m : dataset.similarity) {
      const auto x = static_cast<double>(bars.ticks.size());
      bars.ticks.push_back(datasets.size() > 1 ? fmt::format("{}, {}", dataset.info.name, m.modality) : m.modality);
      add_point(within, x, Values{{m.interacted}});
      add_point(across, x, Values{{m.not_interacted}});
      add_note(bars,
               fmt::format("{}, {}: I-I is {:.2f} % above I-N", dataset.info.name, m.modality, m.excess_percent()));
      if (const auto gain = dataset.paper_gain("interacted", "not interacted", "similarity " + m.modality)) {
        add_note(bars, fmt::format("the paper: {:.2f} % for {}", *gain, m.modality));
      }
      Figure histogram;
      histogram.id = fmt::format("{}-{}-{}", kSimilarityFigure, slug(dataset.info.name), m.modality);
      histogram.title = fmt::format("Users by similarity of their items, {} of {}", m.modality, dataset.info.name);
      histogram.kind = "histogram";
      histogram.x_label = "mean cosine";
      histogram.y_label = "users";
      const std::vector<double> edges(m.edges.begin(), m.edges.end() - 1);
      histogram.series.push_back({"I-I", edges, {m.interacted_counts.begin(), m.interacted_counts.end()}, {}});
      histogram.series.push_back({"I-N", edges, {m.not_interacted_counts.begin(), m.not_interacted_counts.end()}, {}});
      histograms.push_back(std::move(histogram));
    }
  }
  if (!within.x.empty()) bars.series = {within, across};
  figures.push_back(std::move(bars));
  for (Figure& histogram : histograms) figures.push_back(std::move(histogram));
}

}  // namespace

std::vector<Figure> make_figures(const Selection& selection, const Datasets& datasets) {
  std::vector<Figure> result;
  for (const std::string& id : all_ids()) {
    if (!selection.has(id)) continue;
    if (id == kSimilarityFigure) add_similarity(result, datasets);
    for (const BarPlan& plan : bar_figures()) {
      if (plan.id == id) result.push_back(bar_figure(plan, datasets));
    }
    for (const LinePlan& plan : line_figures()) {
      if (plan.id != id) continue;
      for (const std::string_view measure : plan.measures) {
        result.push_back(line_figure(plan, measure, selection, datasets));
      }
    }
  }
  return result;
}

}  // namespace monet::experiments::paper
