#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// Where a catalogue says that a picture lies.
struct PictureName {
  std::string path;     // with '/' between its parts
  bool remote = false;  // the path within a URL
};

/// The pictures that a catalogue's cell names, in its order, each in every way it may be meant: `photos\shirt.png`,
/// `https://shop.example/s/my%20shirt.png?v=2`, `file:///C:/photos/shirt.png`; several, separated by bars, semicolons,
/// line ends, commas or blanks, or in a list as JSON and Python write it. The whole cell comes first: a file's name may
/// hold any of these characters.
std::vector<PictureName> picture_names(std::string_view cell);

/// Whether a file of this name is a picture by its extension, and whether one that is read (JPEG, PNG, WebP).
bool is_picture_name(std::string_view name);
bool is_readable_picture_name(std::string_view name);

/// `%20` and the like are the bytes they stand for.
std::string percent_decoded(std::string_view text);

}  // namespace monet::prepare
