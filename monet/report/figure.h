#pragma once

#include "monet/report/page.h"

#include <span>
#include <string>
#include <vector>

namespace monet::report {

/// What page.js draws, as a JSON list that may stand inside a script element: no text in it can end the element.
/// Numbers have up to six digits.
std::string figures_json(std::span<const Figure* const> figures);

/// The figure's numbers as a table, for who cannot see it; long series are thinned to twenty rows each, and the caption
/// says so.
Table numbers_of(const Figure& figure);

/// One sentence for a screen reader: kind, axes, names of the series.
std::string description_of(const Figure& figure);

/// The scale on which these values of a parameter are best told apart: logarithmic for positive ones over two decades
/// or more, by rank where a 0 is among such.
Scale scale_for(std::span<const double> values);

}  // namespace monet::report
