#pragma once

#include "monet/report/page.h"

#include <string>
#include <string_view>

namespace monet::report {

/// One self-contained HTML document: style, plotting libraries with their licences and the figures' numbers are inside.
/// A browser that opens it loads nothing else, and is told not to. Tables are there without scripts, too.
std::string render(const Page& page);

/// Text for an element or a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace monet::report
