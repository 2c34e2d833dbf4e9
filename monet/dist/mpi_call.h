#pragma once

#include <cstddef>
#include <mpi.h>

#include <string>
#include <string_view>

namespace monet::dist {

/// Throws DistributedError with the library's text unless `code` is MPI_SUCCESS. `call`: what returned it.
void check_mpi(int code, std::string_view call);

/// A count, a number or a tag as MPI takes it. Throws InternalError where it does not fit: the one narrowing here.
int mpi_int(std::size_t value);

/// The library's name and version: the first line of what it says of itself. Also before MPI_Init.
std::string mpi_library();

}  // namespace monet::dist
