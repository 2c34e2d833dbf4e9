#pragma once

#include "monet/core/files/foreign_kind.h"

#include <string_view>

namespace monet::files {

/// "an Excel workbook", "a Git LFS pointer (…)".
std::string_view describe(ForeignKind kind);

/// What a door takes: it decides the remedy.
enum class Wanted {
  table,    // interactions, catalogues, ids: text, one record on each line
  array,    // npy
  tensors,  // safetensors
  network,  // ONNX
  text,     // any text: JSON, TOML
};

/// Throws a DataError "FILE: this is an Excel workbook, not a table; save it as CSV (UTF-8)".
[[noreturn]] void fail_foreign(std::string_view file, ForeignKind kind, Wanted wanted);

/// `fail_foreign` where `head` (and `tail`, as above) is of a kind that the door does not take; nothing for an unknown
/// kind. For tables and texts that is every kind, for arrays all but npy, and so on.
void refuse_foreign(std::string_view file, std::string_view head, Wanted wanted, std::string_view tail = {});

/// The same of a whole file in memory: head and tail are found.
void refuse_foreign_file(std::string_view file, std::string_view bytes, Wanted wanted);

}  // namespace monet::files
