#include "python/src/training.h"

#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/train/trainer.h"
#include "python/src/options.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <string>

namespace monet::python {

namespace py = pybind11;

namespace {

using Clock = std::chrono::steady_clock;

/// Shows the training to Python, and looks for Ctrl-C, a few times a second. The first one ends the training as the end
/// of its minutes would.
class Hooks final : public train::Observer {
 public:
  /// `observer` has on_start(lines), on_step(dict) and on_validation(dict), or is None.
  explicit Hooks(py::object observer) : observer_(std::move(observer)) {}

  void on_start(const std::vector<std::string>& lines) override {
    call("on_start", [&] { return py::cast(lines); });
  }
  void on_step(const train::Progress& progress) override {
    if (Clock::now() < next_step_) return;
    next_step_ = Clock::now() + std::chrono::milliseconds(100);
    call("on_step", [&] {
      return py::dict(py::arg("epoch") = progress.epoch, py::arg("epochs") = progress.epochs,
                      py::arg("step") = progress.step, py::arg("steps_per_epoch") = progress.steps_per_epoch,
                      py::arg("loss") = progress.loss, py::arg("steps_per_second") = progress.steps_per_second,
                      py::arg("best_recall") = progress.best_recall, py::arg("best_epoch") = progress.best_epoch);
    });
  }
  void on_validation(const train::Validation& validation) override {
    call("on_validation", [&] {
      return py::dict(py::arg("epoch") = validation.epoch, py::arg("loss") = validation.loss,
                      py::arg("recall@20") = validation.recall20, py::arg("ndcg@20") = validation.ndcg20,
                      py::arg("seconds") = validation.seconds, py::arg("best") = validation.best);
    });
  }

  bool should_finish() {
    if (interrupted_) return true;
    if (Clock::now() < next_look_) return false;
    next_look_ = Clock::now() + std::chrono::milliseconds(50);
    const py::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() == 0) return false;
    if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) == 0) throw py::error_already_set();
    PyErr_Clear();
    interrupted_ = true;
    return true;
  }
  bool interrupted() const { return interrupted_; }

 private:
  template <class Made>
  void call(const char* method, const Made& made) {
    const py::gil_scoped_acquire gil;
    if (observer_.is_none()) return;
    try {
      observer_.attr(method)(made());
    } catch (const py::error_already_set& error) {
      if (!error.matches(PyExc_KeyboardInterrupt)) throw;
      interrupted_ = true;  // Python looks for Ctrl-C itself while it runs the observer
    }
  }

  py::object observer_;
  bool interrupted_ = false;
  Clock::time_point next_step_{};
  Clock::time_point next_look_{};
};

py::dict train_model(const data::Dataset& dataset, const std::string& model, const py::dict& options,
                     const py::dict& training, std::uint64_t seed, double max_minutes, int threads,
                     const std::string& out, const std::string& init, const py::object& observer) {
  const models::ModelOptions own = model_options(model, options);
  train::TrainOptions how = training_options(model, training);
  how.seed = seed;
  how.max_minutes = max_minutes;
  how.out = out;
  how.init = init;
  Hooks hooks(observer);
  train::TrainResult result;
  {
    const py::gil_scoped_release release;
    ThreadPool pool(threads);
    train::TrainHooks looks;
    looks.observer = &hooks;
    looks.should_finish = [&hooks] { return hooks.should_finish(); };
    result = train::train(dataset, own, how, pool, looks);
  }
  if (hooks.interrupted() && !result.stopped) {  // nothing was left to end
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    throw py::error_already_set();
  }
  return py::dict(py::arg("best_epoch") = result.best_epoch, py::arg("epochs") = result.epochs_run,
                  py::arg("steps") = result.steps, py::arg("seconds") = result.seconds,
                  py::arg("out_of_time") = result.out_of_time, py::arg("stopped") = result.stopped,
                  py::arg("validation") = result.validation, py::arg("test") = result.test);
}

}  // namespace

void bind_training(py::module_& module) {
  module.def("train", &train_model, py::kw_only(), py::arg("dataset"), py::arg("model"), py::arg("options"),
             py::arg("training"), py::arg("seed"), py::arg("max_minutes"), py::arg("threads"), py::arg("out"),
             py::arg("init"), py::arg("observer"), "Trains into the artifact `out`; what came out, as a dictionary.");
  module.def("physical_cores", &ThreadPool::physical_cores);
}

}  // namespace monet::python
