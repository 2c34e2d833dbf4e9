#pragma once

#include "monet/artifact/id_table.h"
#include "monet/eval/evaluator.h"

#include <string>
#include <string_view>

namespace monet::eval {

/// What `monet evaluate --json` writes: split ("val" or "test"), users and metrics.
std::string to_json(const Evaluation& evaluation, std::string_view split);

/// Tab-separated: a header, then the metrics of each user, exactly; "nan" where an AUC is not defined. The evaluation
/// was made `per_user`.
std::string per_user_table(const Evaluation& evaluation, const artifact::IdTable& users);

}  // namespace monet::eval
