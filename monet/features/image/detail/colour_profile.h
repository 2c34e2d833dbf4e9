#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace monet::features::detail {

/// What a picture's numbers are. Grey ones lie as three equal channels; inks are 255 where there is none.
enum class Samples { grey, rgb, inks };

/// Places in CIE's xy of white and of the full colours.
struct Chromaticities {
  double white[2];
  double red[2];
  double green[2];
  double blue[2];
};
inline constexpr Chromaticities kSrgbColours = {{0.3127, 0.329}, {0.64, 0.33}, {0.3, 0.6}, {0.15, 0.06}};

/// What the numbers of a picture mean. Empty where nothing says it: they are sRGB.
class ColourProfile {
 public:
  ColourProfile() = default;
  /// An ICC profile; empty where it is damaged.
  explicit ColourProfile(std::span<const std::byte> icc);
  /// These colours, of value to the power `gamma`; `gamma` 0 means sRGB's curve. Empty where that makes no sense.
  ColourProfile(const Chromaticities& colours, double gamma);
  bool empty() const { return handle_ == nullptr; }

 private:
  friend class ToSrgb;
  struct Close {
    void operator()(void* profile) const;
  };
  std::unique_ptr<void, Close> handle_;
};

/// Turns pixels of a profile into sRGB.
class ToSrgb {
 public:
  /// For pixels of `channels` 8-bit values: three, opacity after them or not, or four inks. A profile of other samples
  /// than the picture's changes nothing, as in browsers; an RGB one serves grey pictures.
  ToSrgb(const ColourProfile& profile, Samples samples, int channels);
  /// Nothing would change: the profile is empty, unfit, or the same as sRGB.
  bool empty() const { return handle_ == nullptr; }
  /// Inks become three values a pixel; what is RGB or grey keeps its channels, and its opacity where `to` is `from`, as
  /// it may be. Not for an empty one.
  void convert(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) const;

 private:
  bool changes_nothing(Samples samples, int channels) const;
  struct Delete {
    void operator()(void* transform) const;
  };
  std::unique_ptr<void, Delete> handle_;
  std::size_t from_stride_;
  std::size_t to_stride_;
};

}  // namespace monet::features::detail
