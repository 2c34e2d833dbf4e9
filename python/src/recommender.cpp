#include "python/src/recommender.h"

#include "monet/core/error.h"
#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/eval/evaluator.h"
#include "monet/recommend/recommender.h"
#include "python/src/arrays.h"

#include <fmt/format.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace monet::python {

namespace py = pybind11;

namespace {

using recommend::Recommender;
using Held = std::shared_ptr<const Recommender>;
using Ids = std::vector<std::string>;

struct Asked {
  std::vector<recommend::User> users;
  recommend::Options options;
};

/// Users by id (None: somebody new) with items beyond their history; one entry of `histories` for each, or none at all.
Asked asked_for(const std::vector<std::optional<std::string>>& users, const std::vector<Ids>& histories, Index k,
                Ids exclude, std::optional<Ids> only, std::optional<float> beta, bool repeat) {
  Asked asked;
  asked.users.resize(users.size());
  for (std::size_t u = 0; u < users.size(); ++u) {
    asked.users[u].id = users[u];
    if (!histories.empty()) asked.users[u].history = histories[u];
    asked.users[u].repeat = repeat;
  }
  asked.options.k = k;
  asked.options.exclude = std::move(exclude);
  asked.options.only = std::move(only);
  asked.options.beta = beta;
  return asked;
}

/// (items [n, most] by row, -1 past the end; scores; lengths; whether popularity).
py::tuple recommend_rows(const Held& self, const std::vector<std::optional<std::string>>& users,
                         const std::vector<Ids>& histories, Index k, Ids exclude, std::optional<Ids> only,
                         std::optional<float> beta, bool repeat, int threads) {
  const Asked asked = asked_for(users, histories, k, std::move(exclude), std::move(only), beta, repeat);
  std::optional<candidates::Result> found;
  {
    const py::gil_scoped_release release;
    ThreadPool pool(threads);
    found = self->recommend_rows(pool, asked.users, asked.options);
  }
  rank::Ranking& ranking = found->ranking;
  return py::make_tuple(take(std::move(ranking.items)), take(std::move(ranking.scores)),
                        take(std::move(ranking.counts)), take(std::move(ranking.popular)));
}

py::dict explanation_of(const recommend::Explanation& why) {
  const auto part = [](const recommend::Part& p) {
    return py::dict(py::arg("value") = p.value, py::arg("share") = p.share);
  };
  py::dict out;
  out["general"] = part(why.general);
  out["target"] = part(why.target);
  py::list because;
  for (const recommend::Driver& driver : why.drivers) {
    because.append(
        py::dict(py::arg("item") = driver.item, py::arg("title") = driver.title, py::arg("weight") = driver.weight));
  }
  out["because"] = because;
  py::dict modalities;
  for (const recommend::ModalityPart& modality : why.modalities)
    modalities[py::str(modality.name)] = part(modality.part);
  out["modalities"] = modalities;
  py::list parts;
  for (const recommend::BlendedPart& blended : why.parts) {
    py::dict one = part(blended.part);
    one["model"] = blended.model;
    one["weight"] = blended.weight;
    one["score"] = blended.score;
    one["explanation"] = explanation_of(blended.because);
    parts.append(one);
  }
  out["parts"] = parts;
  return out;
}

/// For each user a list of (item, score, explanation) by ids.
py::list recommend_explained(const Held& self, const std::vector<std::optional<std::string>>& users,
                             const std::vector<Ids>& histories, Index k, Ids exclude, std::optional<Ids> only,
                             std::optional<float> beta, bool repeat, int threads, int drivers) {
  Asked asked = asked_for(users, histories, k, std::move(exclude), std::move(only), beta, repeat);
  asked.options.explain = true;
  asked.options.max_drivers = drivers;
  std::vector<recommend::Recommendations> lists;
  {
    const py::gil_scoped_release release;
    ThreadPool pool(threads);
    lists = self->recommend(pool, asked.users, asked.options);
  }
  py::list out;
  for (const recommend::Recommendations& list : lists) {
    py::list items;
    for (const recommend::ScoredItem& item : list.items) {
      items.append(py::make_tuple(item.item, item.score, explanation_of(*item.explanation)));
    }
    out.append(py::make_tuple(list.popular, items));
  }
  return out;
}

py::tuple explain(const Held& self, const std::optional<std::string>& user, Ids history, const std::string& item,
                  int drivers) {
  recommend::User asked;
  asked.id = user;
  asked.history = std::move(history);
  recommend::ScoredItem found;
  {
    const py::gil_scoped_release release;
    found = self->explain(asked, item, drivers);
  }
  return py::make_tuple(found.score, explanation_of(*found.explanation));
}

py::list similar(const Held& self, const Ids& items, Index k, const std::string& by, int threads) {
  std::vector<recommend::SimilarItems> lists;
  {
    const py::gil_scoped_release release;
    ThreadPool pool(threads);
    lists = self->similar(pool, items, k, by);
  }
  py::list out;
  for (const recommend::SimilarItems& list : lists) {
    py::list near;
    for (const recommend::ScoredItem& item : list.items) near.append(py::make_tuple(item.item, item.score));
    out.append(near);
  }
  return out;
}

Held with_items(const Held& self, const Ids& ids, const Ids& titles,
                const std::vector<std::pair<std::string, py::array>>& features) {
  std::vector<recommend::NewItem> items(ids.size());
  for (std::size_t n = 0; n < ids.size(); ++n) {
    items[n].id = ids[n];
    if (!titles.empty()) items[n].title = titles[n];
  }
  for (const auto& [name, array] : features) {
    if (!py::isinstance<py::array_t<float, py::array::c_style>>(array) || array.ndim() != 2 ||
        static_cast<std::size_t>(array.shape(0)) != ids.size()) {
      throw py::type_error("features of " + name + " are not a contiguous float32 matrix with a row for each item");
    }
    const auto width = static_cast<std::size_t>(array.shape(1));
    const auto* values = static_cast<const float*>(array.data());
    for (std::size_t n = 0; n < ids.size(); ++n) {
      const float* row = values + n * width;
      const bool missing = std::all_of(row, row + width, [](float x) { return x != x; });
      if (!missing) items[n].features[name].assign(row, row + width);
    }
  }
  const py::gil_scoped_release release;
  for (const recommend::NewItem& item : items) {
    const std::string why = self->why_not(item.features);
    if (!why.empty()) fail<DataError>("the item '{}' cannot be added: {}", item.id, why);
  }
  return std::make_shared<const Recommender>(self->with_items(items));
}

py::dict evaluate(const Held& self, const data::Dataset& dataset, const std::string& split, std::vector<Index> ks,
                  bool mask_validation, bool auc, bool beyond_accuracy, bool per_user, bool force, int threads) {
  const artifact::Config& config = self->artifact().config();
  if (split != "test" && split != "validation") {
    fail<InvalidArgument>("split: '{}' is not one of test, validation", split);
  }
  if (dataset.num_users() != config.num_users || dataset.num_items() != config.num_items) {
    fail<DataError>("the data has {} users and {} items, but the model was trained on {} and {}; give that data",
                    dataset.num_users(), dataset.num_items(), config.num_users, config.num_items);
  }
  if (dataset.hash != config.data_hash && !force) {
    fail<DataError>("not the data that the model was trained on (hash {}, not {}); give that, or force=True",
                    dataset.hash, config.data_hash);
  }
  eval::EvaluateOptions options;
  options.ks = std::move(ks);
  options.auc = auc;
  options.per_user = per_user;
  options.beyond_accuracy = beyond_accuracy;
  if (beyond_accuracy) {
    for (const data::Modality& modality : dataset.modalities) {
      options.features.push_back({modality.name, modality.features});
    }
  }
  if (mask_validation) options.masks.push_back(dataset.validation);
  eval::Evaluation evaluation;
  {
    const py::gil_scoped_release release;
    ThreadPool pool(threads);
    evaluation =
        eval::evaluate(pool, self->artifact().scoring(), split == "test" ? dataset.test : dataset.validation, options);
  }
  py::dict out;
  out["metrics"] = evaluation.metrics;
  out["users"] = evaluation.num_users;
  if (!per_user) return out;
  out["rows"] = take(std::move(evaluation.users));
  out["names"] = evaluation.names;
  out["per_user"] = take(std::move(evaluation.per_user));
  return out;
}

/// A tensor of the artifact as a view; None where it has none of that name.
py::object tensor(const py::object& self, const std::string& name) {
  const MatrixView<const float> view = py::cast<const Recommender&>(self).artifact().tensor(name);
  if (view.empty()) return py::none();
  return view_of(view, self);
}

Ids ids_of(const artifact::IdTable& table) {
  Ids ids;
  for (std::size_t row = 0; row < table.size(); ++row) ids.push_back(table.id(static_cast<std::int32_t>(row)));
  return ids;
}

Ids titles_of(const artifact::IdTable& table) {
  Ids titles;
  if (!table.has_titles()) return titles;
  for (std::size_t row = 0; row < table.size(); ++row) {
    titles.emplace_back(table.title(static_cast<std::int32_t>(row)));
  }
  return titles;
}

py::dict config_of(const Recommender& recommender) {
  const artifact::Config& config = recommender.artifact().config();
  py::dict out;
  out["model"] = config.model;
  out["kind"] = std::string(scoring::to_string(config.kind));
  out["beta"] = config.beta;
  out["data"] = config.data_name;
  out["hash"] = config.data_hash;
  out["id_types"] = config.id_types;
  out["validation"] = config.validation;
  out["test"] = config.test;
  const auto fields = [](const Fields& values) {
    py::dict held;
    for (const auto& [name, value] : values) {
      held[py::str(name)] = std::visit([](const auto& v) { return py::object(py::cast(v)); }, value);
    }
    return held;
  };
  out["options"] = fields(config.hyper_parameters);
  out["training"] = fields(config.training);
  py::list modalities;
  for (const artifact::ModalityInfo& modality : config.modalities) modalities.append(modality.name);
  out["modalities"] = modalities;
  return out;
}

}  // namespace

void bind_recommender(py::module_& module) {
  const auto kUsers = py::arg("users");
  const auto kHistories = py::arg("histories");
  py::class_<Recommender, std::shared_ptr<Recommender>>(module, "Recommender")
      .def_static("open",
                  [](const std::string& path) {
                    const py::gil_scoped_release release;
                    return std::make_shared<Recommender>(Recommender::open(path));
                  })
      .def("config", &config_of)
      .def("path", [](const Recommender& r) { return r.artifact().path().string(); })
      .def("train_log", [](const Recommender& r) { return std::string(r.artifact().train_log()); })
      .def("user_ids", [](const Recommender& r) { return ids_of(r.artifact().users()); })
      .def("item_ids", [](const Recommender& r) { return ids_of(r.items()); })
      .def("titles", [](const Recommender& r) { return titles_of(r.items()); })
      .def("has_user", [](const Recommender& r, const std::string& id) { return bool(r.artifact().users().find(id)); })
      .def("history",
           [](const py::object& self, std::int32_t user) {
             const scoring::Scoring scoring = py::cast<const Recommender&>(self).artifact().scoring();
             return view_of(scoring.history.row(user), self);
           })
      .def("similarities", &Recommender::similarities)
      .def("feature_widths", &Recommender::feature_widths)
      .def("takes_history", &Recommender::takes_history)
      .def("has_beta", &Recommender::has_beta)
      .def("tensor", &tensor)
      .def("tensor_names", [](const Recommender& r) { return r.artifact().tensor_names(); })
      .def("recommend_rows", &recommend_rows, kUsers, kHistories, py::arg("k"), py::arg("exclude"), py::arg("only"),
           py::arg("beta"), py::arg("repeat"), py::arg("threads"))
      .def("recommend_explained", &recommend_explained, kUsers, kHistories, py::arg("k"), py::arg("exclude"),
           py::arg("only"), py::arg("beta"), py::arg("repeat"), py::arg("threads"), py::arg("drivers"))
      .def("explain", &explain, py::arg("user"), py::arg("history"), py::arg("item"), py::arg("drivers"))
      .def("similar", &similar, py::arg("items"), py::arg("k"), py::arg("by"), py::arg("threads"))
      .def("with_items", &with_items, py::arg("ids"), py::arg("titles"), py::arg("features"))
      .def("evaluate", &evaluate, py::arg("dataset"), py::kw_only(), py::arg("split"), py::arg("k"),
           py::arg("mask_validation"), py::arg("auc"), py::arg("beyond_accuracy"), py::arg("per_user"),
           py::arg("force"), py::arg("threads"));
}

}  // namespace monet::python
