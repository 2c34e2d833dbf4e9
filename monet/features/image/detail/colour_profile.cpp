#include "monet/features/image/detail/colour_profile.h"

#include <lcms2.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <type_traits>
#include <vector>

namespace monet::features::detail {

namespace {
static_assert(std::is_same_v<cmsHPROFILE, void*>);
static_assert(std::is_same_v<cmsHTRANSFORM, void*>);

struct FreeCurve {
  void operator()(cmsToneCurve* curve) const { cmsFreeToneCurve(curve); }
};
using Curve = std::unique_ptr<cmsToneCurve, FreeCurve>;

Curve curve_of(double gamma) {
  if (gamma > 0.0) return Curve(cmsBuildGamma(nullptr, gamma));
  const double srgb[] = {2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045};
  return Curve(cmsBuildParametricToneCurve(nullptr, 4, srgb));
}

/// A profile of these colours with one curve for all three; null where that makes no sense.
void* rgb_profile(const Chromaticities& colours, cmsToneCurve* curve) {
  const auto place = [](const double(&xy)[2]) { return cmsCIExyY{xy[0], xy[1], 1.0}; };
  const cmsCIExyY white = place(colours.white);
  const cmsCIExyYTRIPLE full = {place(colours.red), place(colours.green), place(colours.blue)};
  cmsToneCurve* const curves[] = {curve, curve, curve};
  return curve == nullptr ? nullptr : cmsCreateRGBProfile(&white, &full, curves);
}
/// Most profiles are sRGB's, under many names: told from their numbers, since making a transform takes longer than
/// decoding a small picture.
bool is_srgb(void* profile) {
  constexpr double kNear = 1e-4;  // more would show in dark colours
  constexpr struct {
    cmsTagSignature place, curve;
    double x, y, z;
  } kColours[] = {{cmsSigRedColorantTag, cmsSigRedTRCTag, 0.43607, 0.22249, 0.01392},
                  {cmsSigGreenColorantTag, cmsSigGreenTRCTag, 0.38515, 0.71687, 0.09708},
                  {cmsSigBlueColorantTag, cmsSigBlueTRCTag, 0.14307, 0.06061, 0.71410}};
  if (cmsIsTag(profile, cmsSigAToB0Tag) || cmsIsTag(profile, cmsSigAToB1Tag)) return false;
  for (const auto& colour : kColours) {
    const auto* place = static_cast<const cmsCIEXYZ*>(cmsReadTag(profile, colour.place));
    const auto* curve = static_cast<const cmsToneCurve*>(cmsReadTag(profile, colour.curve));
    if (place == nullptr || curve == nullptr || std::abs(place->X - colour.x) > kNear ||
        std::abs(place->Y - colour.y) > kNear || std::abs(place->Z - colour.z) > kNear) {
      return false;
    }
    for (int level = 0; level <= 255; level += 5) {
      const double value = level / 255.0;
      const double linear = static_cast<double>(cmsEvalToneCurveFloat(curve, static_cast<float>(value)));
      const double seen = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1.0 / 2.4) - 0.055;
      if (!(std::abs(seen - value) * 255.0 < 0.7)) return false;
    }
  }
  return true;
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
  handle_.reset(rgb_profile(colours, curve_of(gamma).get()));
}

void ToSrgb::Delete::operator()(void* transform) const {
  cmsDeleteTransform(transform);
}

ToSrgb::ToSrgb(const ColourProfile& profile, Samples samples, int channels)
    : from_stride_(static_cast<std::size_t>(channels)), to_stride_(samples == Samples::inks ? 3 : from_stride_) {
  if (profile.empty()) return;
  void* from = profile.handle_.get();
  const cmsColorSpaceSignature space = cmsGetColorSpace(from);
  cmsUInt32Number format = channels == 4 ? TYPE_RGBA_8 : TYPE_RGB_8;
  const cmsUInt32Number to = samples == Samples::inks ? TYPE_RGB_8 : format;
  ColourProfile grey;
  if (samples == Samples::inks) {
    if (space != cmsSigCmykData) return;
    format = TYPE_CMYK_8_REV;
  } else if (space == cmsSigGrayData && samples == Samples::grey) {
    // Its curve for all three: of grey profiles the library makes a coarse table.
    grey.handle_.reset(rgb_profile(kSrgbColours, static_cast<cmsToneCurve*>(cmsReadTag(from, cmsSigGrayTRCTag))));
    if (grey.empty()) return;
    from = grey.handle_.get();
  } else if (space != cmsSigRgbData || is_srgb(from)) {
    return;
  }
  ColourProfile srgb;
  srgb.handle_.reset(cmsCreate_sRGBProfile());
  cmsSetProfileVersion(srgb.handle_.get(), 2.1);  // to one of version 4 the library would stretch blacks
  handle_.reset(cmsCreateTransform(from, format, srgb.handle_.get(), to, INTENT_PERCEPTUAL, cmsFLAGS_NOCACHE));
  if (handle_ != nullptr && samples != Samples::inks && changes_nothing(samples, channels)) handle_.reset();
}

/// As far as a look at some colours tells.
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

void ToSrgb::convert(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) const {
  // In pieces: the library counts pixels in 32 bits.
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  for (std::size_t at = 0; at < pixels; at += kPiece) {
    const std::size_t count = std::min(kPiece, pixels - at);
    cmsDoTransform(handle_.get(), from + at * from_stride_, to + at * to_stride_, static_cast<cmsUInt32Number>(count));
  }
}

}  // namespace monet::features::detail
