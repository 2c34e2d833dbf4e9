#pragma once

#include <span>
#include <string_view>

namespace monet::report {

/// Files that are part of every page, embedded in the program.
namespace assets {

std::string_view d3();
std::string_view plot();
/// Draws the page's figures with the two libraries.
std::string_view page_script();
std::string_view page_style();

struct Licence {
  std::string_view name;  // of the library, with its version
  std::string_view text;
};
/// Of the libraries.
std::span<const Licence> licences();

}  // namespace assets

}  // namespace monet::report
