#pragma once

#include "monet/input/bad_lines.h"
#include "monet/prepare/prepare.h"
#include "tests/input/support.h"

#include <atomic>
#include <filesystem>
#include <string>

namespace monet::test {

inline prepare::PrepareResult prepare_quietly(const prepare::PrepareOptions& options) {
  input::Observer silent;
  const std::atomic<bool> never{false};
  return prepare::prepare_dataset(options, silent, never);
}

inline std::filesystem::path sample(const std::string& name) {
  return std::filesystem::path(MONET_SOURCE_DIR) / "tests/prepare/samples" / name;
}

}  // namespace monet::test
