#pragma once

#include "monet/report/document.h"
#include "monet/report/page.h"

#include <string>

namespace monet::report {

/// What the result documents say about their dataset: name, counts, modalities, hash.
Facts dataset_facts(const Node& dataset);

/// The document's own `program` and `command`, appended to the facts of a page.
void add_origin(Facts& facts, const Node& root);

/// "alpha 0.5, beta 0.3" of an object of options; "defaults" when it is empty.
std::string options_text(const Node& options);

}  // namespace monet::report
