#pragma once

#include "monet/features/image/image.h"

#include <filesystem>
#include <map>
#include <string>

namespace monet::test {

/// The folder of pictures whose looks in a browser are known: make_pictures.py beside it makes them, make_references.py
/// asks the browser.
std::filesystem::path pictures_seen();

/// What the browser shows of each file there, on white.
std::map<std::string, features::Image> references();

/// The greatest difference of a channel; 1000 where the sizes differ.
int difference(const features::Image& a, const features::Image& b);

/// How far pixels may be from the browser's: another rounding where colours are converted or laid on white.
inline constexpr int kLevels = 2;

}  // namespace monet::test
