#pragma once

#include "monet/experiments/sharing/claims.h"

#include <filesystem>

namespace monet::experiments::sharing {

/// Where the holder of a claim works until it is done. Each generation has a folder of its own name: whoever takes a
/// run over renames the folder of the one before, whose processes, should they still live, then find no folder to write
/// to.
std::filesystem::path work_folder(const std::filesystem::path& shared, const Claim& claim);

/// Makes it: what an earlier holder left, what lies at `place` without a `run.json`, or an empty folder. False where
/// the run is there, done, by now. Throws IoError.
bool take_up(const std::filesystem::path& shared, const Claim& claim, const std::filesystem::path& place);

/// Gives it its place, in one step. False where the work was taken over, or another one was done first: what was made
/// is thrown away then. Throws IoError.
bool publish(const std::filesystem::path& work, const std::filesystem::path& place);

/// Removes a folder, which others may be removing just now. Throws IoError.
void remove_together(const std::filesystem::path& folder);

/// Whether a folder holds nothing but what those who share one keep there.
bool is_shared_folder(const std::filesystem::path& shared);

/// Puts what was begun where one process alone looks for it, below `out`, and removes what those who shared it left.
void end_sharing(const std::filesystem::path& out, const std::filesystem::path& shared);

}  // namespace monet::experiments::sharing
