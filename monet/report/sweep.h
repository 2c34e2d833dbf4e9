#pragma once

#include "monet/report/document.h"
#include "monet/report/page.h"

#include <map>
#include <string>
#include <vector>

namespace monet::report {

/// A value of a swept option: its text, and the number it is (NaN for a word).
struct SweptValue {
  std::string text;
  double number = kNoNumber;
};

struct Trial {
  std::map<std::string, SweptValue> options;  // of the swept ones
  std::string state;
  std::string error;
  std::string raced;         // how far it came in a race; empty: there was none
  double score = kNoNumber;  // the sweep's metric on its split
  std::map<std::string, double> validation;
  std::map<std::string, double> test;
  std::int64_t best_epoch = -1;
  double seconds = kNoNumber;
};

/// sweep.json, checked.
struct Sweep {
  std::string model;
  std::string metric;  // "recall@20"
  std::string split;   // "validation"
  bool complete = false;
  std::int64_t best = -1;                                 // index of the best trial
  std::vector<std::string> parameters;                    // swept ones with more than one value
  std::map<std::string, std::vector<SweptValue>> values;  // of a parameter: distinct, numbers ascending
  std::vector<Trial> trials;
};

/// Throws DataError naming what is wrong.
Sweep read_sweep(const Node& root);

/// How the metric depends on the parameters. One parameter: a line over its values (bars for words). Two: lines over
/// each for every value of the other, and a heat map. More: for each parameter, the best over the others.
std::vector<Figure> sensitivity_figures(const Sweep& sweep);

}  // namespace monet::report
