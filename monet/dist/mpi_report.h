#pragma once

#include <string>
#include <string_view>

namespace monet::dist {

/// Name of this machine; "?" where it has none.
std::string host_name();

/// One line on stderr, whatever has become of the stream of that name, in one piece: lines of several processes do not
/// mix. Leaves the file that MONET_MPI_SAID names, if any: monet-mpirun then has nothing to add.
void report_line(std::string_view text);

}  // namespace monet::dist
