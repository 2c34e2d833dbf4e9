#include "monet/features/image/detail/colour_profile.h"

#include <lcms2.h>

#include <limits>
#include <memory>
#include <string_view>
#include <type_traits>

namespace monet::features::detail {

namespace {
struct CloseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
struct DeleteTransform {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
static_assert(std::is_same_v<cmsHPROFILE, void*> && std::is_same_v<cmsHTRANSFORM, void*>);
using Profile = std::unique_ptr<void, CloseProfile>;
using Transform = std::unique_ptr<void, DeleteTransform>;

/// Most pictures say in their profile that they are what they would be without one.
bool is_srgb(const Profile& profile) {
  char name[64] = {};
  cmsGetProfileInfoASCII(profile.get(), cmsInfoDescription, "en", "US", name, sizeof name);
  return std::string_view(name).starts_with("sRGB");
}
}  // namespace

void convert_to_srgb(std::span<const std::byte> bytes, std::span<std::uint8_t> pixels, int channels) {
  if (bytes.empty() || bytes.size() > std::numeric_limits<cmsUInt32Number>::max()) return;
  const Profile profile(cmsOpenProfileFromMem(bytes.data(), static_cast<cmsUInt32Number>(bytes.size())));
  if (profile == nullptr || cmsGetColorSpace(profile.get()) != cmsSigRgbData || is_srgb(profile)) return;
  const Profile srgb(cmsCreate_sRGBProfile());
  const cmsUInt32Number format = channels == 4 ? TYPE_RGBA_8 : TYPE_RGB_8;
  const Transform transform(cmsCreateTransform(profile.get(), format, srgb.get(), format, INTENT_PERCEPTUAL,
                                               cmsFLAGS_COPY_ALPHA | cmsFLAGS_NOCACHE));
  if (transform == nullptr) return;
  // In pieces: the library counts pixels in 32 bits.
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  const auto stride = static_cast<std::size_t>(channels);
  for (std::size_t at = 0; at < pixels.size() / stride; at += kPiece) {
    const std::size_t count = std::min(kPiece, pixels.size() / stride - at);
    std::uint8_t* piece = pixels.data() + at * stride;
    cmsDoTransform(transform.get(), piece, piece, static_cast<cmsUInt32Number>(count));
  }
}

}  // namespace monet::features::detail
