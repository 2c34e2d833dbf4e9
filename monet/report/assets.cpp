#include "monet/report/assets.h"

#include "monet/core/embed.h"

#include <array>

MONET_EMBED(d3, D3_JS)
MONET_EMBED(plot, PLOT_JS)
MONET_EMBED(page_script, PAGE_JS)
MONET_EMBED(page_style, PAGE_CSS)
MONET_EMBED(licence_d3, LICENCE_D3)
MONET_EMBED(licence_plot, LICENCE_PLOT)
MONET_EMBED(licence_isoformat, LICENCE_ISOFORMAT)
MONET_EMBED(licence_interval_tree, LICENCE_INTERVAL_TREE)
MONET_EMBED(licence_search_bounds, LICENCE_SEARCH_BOUNDS)

namespace monet::report::assets {

std::string_view d3() {
  return embedded_d3();
}

std::string_view plot() {
  return embedded_plot();
}

std::string_view page_script() {
  return embedded_page_script();
}

std::string_view page_style() {
  return embedded_page_style();
}

std::span<const Licence> licences() {
  static const std::array all = {
      Licence{"D3 7.9.0", embedded_licence_d3()},
      Licence{"Observable Plot 0.6.17", embedded_licence_plot()},
      Licence{"isoformat 0.2.1", embedded_licence_isoformat()},
      Licence{"interval-tree-1d 1.0.4", embedded_licence_interval_tree()},
      Licence{"binary-search-bounds 2.0.5", embedded_licence_search_bounds()},
  };
  return all;
}

}  // namespace monet::report::assets
