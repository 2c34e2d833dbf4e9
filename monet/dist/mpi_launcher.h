#pragma once

#include <string>

namespace monet::dist {

/// Whether mpirun, mpiexec or srun started this process. Not so for what a process of a job starts itself
/// (`mark_connected`): it only inherits the environment.
bool is_launched();

/// Number of this process as the launcher puts it into the environment, before MPI knows; "?" where it does not.
std::string launched_rank();

/// What this process starts from here on is by itself.
void mark_connected();

}  // namespace monet::dist
