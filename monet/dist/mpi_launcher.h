#pragma once

#include <string>

namespace monet::dist {

/// Whether mpirun, mpiexec or srun started this process. Not so for what a process of a job starts itself
/// (`mark_connected`): it only inherits the environment.
bool is_launched();

/// Number of this process as the launcher puts it into the environment, before MPI knows; "?" where it does not.
std::string launched_rank();

/// Asks a launcher that is spoken to over a descriptor (MPICH's: PMI-1, as its MPI_Abort does) to end the job with this
/// exit code; without being asked it would end it with one of its own. To others this process's exit code says it.
void abort_by_launcher(int exit_code);

/// What this process starts from here on is by itself.
void mark_connected();

}  // namespace monet::dist
