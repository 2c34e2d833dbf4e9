#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>

namespace monet::test {

/// Small results of every kind, as the program writes them (docs/formats.md).
using Document = nlohmann::ordered_json;

/// Two seeds of mf, lightgcn (what the others are tested against) and monet: recall@20 0.05, 0.06, 0.07, their
/// standard deviations 0.001, 0.002, 0.003; monet's difference has p 0.0004. Half done without `complete`.
Document comparison(bool complete = true);
/// `comparison.json` in a folder, with the log of each run: 30 epochs, every fifth validated.
void write_comparison(const std::filesystem::path& folder, const Document& document);

/// alpha 0, 0.5, 1 by beta 0, 0.3; the best is alpha 0.5, beta 0.3 with recall@20 0.0620.
Document sweep();
/// What `auto` writes: monet chosen among five candidates, of which one failed and one was left out; `comparison` as
/// its final. Only the race without `complete`.
Document found(bool complete = true);
/// A table of two groups with a cell that could not run, a figure of each kind and one without data, two claims.
Document reproduction();
/// Two modalities.
Document similarity();
/// Two modalities.
Document average_difference();

void write_json(const std::filesystem::path& file, const Document& document);

}  // namespace monet::test
