#pragma once

#include <cstddef>
#include <string_view>

/// MONET_EMBED(name, "/path/of/a/file"), outside of every namespace, defines `std::string_view embedded_name()`: the
/// bytes of the file as it was when the source was compiled. The assembler reads it: no intermediate source to generate
/// and compile. CMake must be told that the source depends on the file (OBJECT_DEPENDS). Names are unique in the
/// program.
#define MONET_EMBED(name, file)                                                                                      \
  asm(".pushsection .rodata,\"a\",@progbits\n.hidden monet_asset_" #name "\n.globl monet_asset_" #name               \
      "\nmonet_asset_" #name ":\n.incbin \"" file "\"\n.hidden monet_asset_" #name "_end\n.globl monet_asset_" #name \
      "_end\nmonet_asset_" #name "_end:\n.byte 0\n.popsection\n");                                                   \
  extern "C" const char monet_asset_##name[];                                                                        \
  extern "C" const char monet_asset_##name##_end[];                                                                  \
  static std::string_view embedded_##name() {                                                                        \
    return {monet_asset_##name, static_cast<std::size_t>(monet_asset_##name##_end - monet_asset_##name)};            \
  }
