#pragma once

#include "monet/core/options.h"
#include "monet/core/view.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::models {

struct Registration;

/// The options of one model by name: what travels between command line, config.json, method strings and other
/// languages. Holds every option that the model's `Options` describe, and no other; starts with their defaults.
class ModelOptions {
 public:
  /// Throws InvalidArgument for an unknown model (naming the nearest).
  explicit ModelOptions(std::string_view model);
  /// With some of the values set: `ModelOptions("monet", {{"dim", 32}, {"encoder", "none"}})`. Names have dashes or
  /// underscores. Throws InvalidArgument for an unknown name or a value outside its domain.
  ModelOptions(std::string_view model, const Fields& values);

  std::string_view model() const;
  /// What the options are, in the order in which they are described.
  std::span<const OptionInfo> infos() const;
  /// One value for each of `infos`.
  std::span<const Value> values() const { return values_; }

  /// Sets an option from what somebody wrote. Throws as the constructor.
  void set_text(std::string_view name, std::string_view text);
  void set(std::string_view name, const Value& value);
  /// Throws InvalidArgument for a name that the model does not have.
  const Value& get(std::string_view name) const;
  /// All values with field names (`weight_decay`), as config.json has them.
  Fields fields() const;

 private:
  friend struct Registration;
  std::size_t index_of(std::string_view name) const;

  const Registration* registration_;
  std::vector<Value> values_;
};

/// How a batch is drawn: distinct users, an item of each (MONET); or every training interaction once an epoch,
/// shuffled.
enum class Sampling { users, interactions };

/// What the popularity term makes of an item without training interactions: as popular as the median of the others,
/// or c · ln 1.
enum class NewItems { median, none };

/// How a model is trained unless told otherwise; named as in train::TrainOptions.
struct TrainingDefaults {
  double learning_rate = 1e-4;
  double decay = 0.96;
  Index batch_size = 1024;
  int epochs = 1000;
  int validate_every = 5;
  int patience = 11;
  Sampling sampling = Sampling::users;
  double popularity = 0.0;  // OptionInfo::kWord: chosen at each validation
};

/// Values to try when a model is tuned, by option of the model or of its training: {"alpha", {"0", "0.5", "1"}}.
using TuningGrid = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// Options of a model and its training by name, as text: {{"temperature", "0.1"}}. None: the defaults.
using Setting = std::vector<std::pair<std::string, std::string>>;

}  // namespace monet::models
