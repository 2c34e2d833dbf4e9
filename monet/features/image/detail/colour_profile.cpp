#include "monet/features/image/detail/colour_profile.h"

#include <lcms2.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <type_traits>
#include <vector>

namespace monet::features::detail {

namespace {
static_assert(std::is_same_v<cmsHPROFILE, void*> && std::is_same_v<cmsHTRANSFORM, void*>);

struct FreeCurve {
  void operator()(cmsToneCurve* curve) const { cmsFreeToneCurve(curve); }
};
using Curve = std::unique_ptr<cmsToneCurve, FreeCurve>;

Curve curve_of(double gamma) {
  if (gamma > 0.0) return Curve(cmsBuildGamma(nullptr, gamma));
  const double srgb[] = {2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045};
  return Curve(cmsBuildParametricToneCurve(nullptr, 4, srgb));
}

bool fits(cmsColorSpaceSignature space, Samples samples) {
  if (samples == Samples::inks) return space == cmsSigCmykData;
  return space == cmsSigRgbData || (space == cmsSigGrayData && samples == Samples::grey);
}

cmsUInt32Number format_of(cmsColorSpaceSignature space, int channels, int bytes) {
  if (space == cmsSigCmykData) return TYPE_CMYK_8_REV;
  const bool grey = space == cmsSigGrayData;  // the other channels are no more than company
  const int used = grey ? 1 : 3;
  return static_cast<cmsUInt32Number>(COLORSPACE_SH(grey ? PT_GRAY : PT_RGB) | CHANNELS_SH(used) |
                                      EXTRA_SH(channels - used) | BYTES_SH(bytes));
}
}  // namespace

void ColourProfile::Close::operator()(void* profile) const {
  cmsCloseProfile(profile);
}

ColourProfile::ColourProfile(std::span<const std::byte> icc) {
  if (icc.empty() || icc.size() > std::numeric_limits<cmsUInt32Number>::max()) return;
  handle_.reset(cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size())));
}

ColourProfile::ColourProfile(const Chromaticities& colours, double gamma) {
  const auto place = [](const double(&xy)[2]) { return cmsCIExyY{xy[0], xy[1], 1.0}; };
  const cmsCIExyY white = place(colours.white);
  const cmsCIExyYTRIPLE full = {place(colours.red), place(colours.green), place(colours.blue)};
  const Curve curve = curve_of(gamma);
  if (curve == nullptr) return;
  cmsToneCurve* const curves[] = {curve.get(), curve.get(), curve.get()};
  handle_.reset(cmsCreateRGBProfile(&white, &full, curves));
}

void ToSrgb::Delete::operator()(void* transform) const {
  cmsDeleteTransform(transform);
}

ToSrgb::ToSrgb(const ColourProfile& profile, Samples samples, int channels, int bytes)
    : from_stride_(static_cast<std::size_t>(channels * bytes)),
      to_stride_(samples == Samples::inks ? 3 : static_cast<std::size_t>(channels)) {
  if (profile.empty()) return;
  const cmsColorSpaceSignature space = cmsGetColorSpace(profile.handle_.get());
  if (!fits(space, samples)) return;
  ColourProfile srgb;
  srgb.handle_.reset(cmsCreate_sRGBProfile());
  const cmsUInt32Number to = samples == Samples::inks || channels == 3 ? TYPE_RGB_8 : TYPE_RGBA_8;
  // Of 16 bits the library would make a table of 33 steps a side.
  const cmsUInt32Number exact = bytes == 2 ? cmsFLAGS_NOOPTIMIZE : 0;
  handle_.reset(cmsCreateTransform(profile.handle_.get(), format_of(space, channels, bytes), srgb.handle_.get(), to,
                                   INTENT_PERCEPTUAL, cmsFLAGS_NOCACHE | exact));
  if (handle_ != nullptr && bytes == 1 && samples != Samples::inks && changes_nothing(samples, channels)) {
    handle_.reset();
  }
}

/// Most profiles say that the numbers are what they would be without one: their names do not tell, trying does.
bool ToSrgb::changes_nothing(Samples samples, int channels) const {
  constexpr int kStep = 51;
  std::vector<std::uint8_t> colours;
  for (int r = 0; r <= 255; r += kStep) {
    for (int g = 0; g <= 255; g += kStep) {
      for (int b = 0; b <= 255; b += kStep) {
        if (samples == Samples::grey && (g != r || b != r)) continue;
        for (const int value : {r, g, b}) colours.push_back(static_cast<std::uint8_t>(value));
        if (channels == 4) colours.push_back(255);
      }
    }
  }
  std::vector<std::uint8_t> seen = colours;
  convert(colours.data(), seen.data(), colours.size() / static_cast<std::size_t>(channels));
  return std::equal(colours.begin(), colours.end(), seen.begin(),
                    [](int before, int after) { return std::abs(before - after) <= 1; });
}

void ToSrgb::convert(const void* from, std::uint8_t* to, std::size_t pixels) const {
  // In pieces: the library counts pixels in 32 bits.
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  for (std::size_t at = 0; at < pixels; at += kPiece) {
    const std::size_t count = std::min(kPiece, pixels - at);
    cmsDoTransform(handle_.get(), bytes + at * from_stride_, to + at * to_stride_,
                   static_cast<cmsUInt32Number>(count));
  }
}

}  // namespace monet::features::detail
