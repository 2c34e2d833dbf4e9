#pragma once

#include "monet/core/files/replaceable.h"

namespace monet::experiments {

/// Folders that `compare`, `sweep`, `auto` and `reproduce` write, known by comparison.json, sweep.json, auto.json and
/// reproduction.json of their formats, however damaged. One in which an experiment was killed before its document, with
/// nothing but its lock, is known too.
const files::FolderKind& comparison_folder();
const files::FolderKind& sweep_folder();
const files::FolderKind& auto_folder();
const files::FolderKind& reproduction_folder();

}  // namespace monet::experiments
