#pragma once

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace monet::report {

/// What a page shows, before it is HTML. Texts are plain text, escaped when they are written.

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

enum class Tone { plain, good, bad, quiet };

struct Cell {
  std::string text;
  std::string note = {};  // smaller, after the text
  bool best = false;
  Tone tone = Tone::plain;
};

struct Column {
  std::string heading;
  bool numeric = true;
};

/// A heading above neighbouring columns.
struct ColumnGroup {
  std::string heading;
  std::size_t columns = 1;
};

/// The first column names the rows.
struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::vector<ColumnGroup> groups = {};  // empty, or covering all columns after the first
  bool folded = false;                   // behind its caption, until asked for
};

enum class FigureKind { line, bar, histogram, heat, scatter };

/// How numbers become places on the x axis; `point` puts each distinct value at the same distance.
enum class Scale { linear, log, point };

/// One colour of a figure.
///  line       y over x, with `error` up and down (or no `error`)
///  bar        a bar of length y for each label, with `error`
///  histogram  y over the interval [x[i], x[i + 1]]
///  heat       a row of the map: y for each label, NaN for an empty cell
///  scatter    dots at (x, y)
struct Series {
  std::string name;
  std::vector<double> x = {};
  std::vector<std::string> labels = {};
  std::vector<double> y = {};
  std::vector<double> error = {};
};

struct Figure {
  std::string title;
  FigureKind kind = FigureKind::line;
  std::string x_label;
  std::string y_label;  // of a heat map: what its colours mean
  std::vector<Series> series;
  std::string row_label = {};  // of a heat map
  Scale x_scale = Scale::linear;
  bool highest_is_best = false;     // bars: the longest stands out
  std::optional<double> mark = {};  // a vertical line at this x …
  std::string mark_label = {};      // … with this name
  std::string note = {};
};

struct Paragraph {
  std::string text;
};

/// Names and values, for what is not a table.
struct Facts {
  std::vector<std::pair<std::string, std::string>> entries;
};

struct Section {
  std::string heading;
  std::vector<std::variant<Paragraph, Facts, Table, Figure>> blocks;
};

struct Page {
  std::string title;
  std::string subtitle;
  std::string notice;  // what is missing or unfinished; empty: nothing
  std::vector<Section> sections;
};

}  // namespace monet::report
