#pragma once

#include "monet/candidates/exactness.h"
#include "monet/core/view.h"
#include "monet/recommend/result.h"
#include "monet/serve/loaded.h"
#include "monet/serve/rules.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace monet::serve {

/// Who wants what.
struct Ask {
  std::optional<std::string> user = {};   // of the artifact, of the store, or of neither
  std::vector<std::string> history = {};  // beyond what is known of the user
  Index k = 20;
  Rules rules = {};
  std::optional<float> beta = {};  // in the place of the model's
  bool exact = true;               // false: may be answered from a few of the items (recommend::Options)
  bool explain = false;
  int max_drivers = 3;
};

/// What a list is made of.
enum class Source {
  model,
  recent,      // the user has no history: what was touched lately, filled up with `popularity`
  popularity,  // the same where nothing was: training interactions
};

/// An item of an answer, with what the shop says of it.
struct Suggestion {
  recommend::ScoredItem scored;
  std::vector<std::string> categories;
  std::optional<double> price;
  bool picture = false;
  bool pinned = false;  // put first by a rule; it has no score
};

struct Answer {
  std::string refused;  // what is wrong with the ask, so that there is no list
  std::string failed;   // what went wrong here
  Index history = 0;    // past items that counted
  Index fresh = 0;      // of these, those that came after the training
  Source source = Source::model;
  candidates::Exactness exactness = candidates::Exactness::scanned;
  std::vector<std::string> ignored;  // items of the request that the artifact does not have
  std::vector<Suggestion> items;
  std::shared_ptr<const Loaded> loaded;  // the artifact that answered
};

/// What is near one item.
struct Similar {
  std::string by;
  std::vector<Suggestion> items;
  std::shared_ptr<const Loaded> loaded;
};

/// A user who is near another.
struct Neighbour {
  std::string user;
  float score = 0.0F;
};

/// The item with what the shelf says of it.
Suggestion suggestion(const Loaded& loaded, recommend::ScoredItem item);

}  // namespace monet::serve
