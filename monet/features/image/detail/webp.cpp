#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/colour_profile.h"
#include "monet/features/image/detail/transparency.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

namespace monet::features::detail {

namespace {
struct DeleteDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
struct DeleteAnimation {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

ColourProfile webp_profile(const WebPData& data) {
  const std::unique_ptr<WebPDemuxer, DeleteDemuxer> demuxer(WebPDemux(&data));
  WebPChunkIterator chunk;
  if (demuxer == nullptr || WebPDemuxGetChunk(demuxer.get(), "ICCP", 1, &chunk) == 0) return {};
  ColourProfile profile(std::as_bytes(std::span(chunk.chunk.bytes, chunk.chunk.size)));
  WebPDemuxReleaseChunkIterator(&chunk);
  return profile;
}

/// The first picture of an animation, on its canvas.
void decode_first(const WebPData& data, std::vector<std::uint8_t>& rgba) {
  WebPAnimDecoderOptions options;
  WebPAnimDecoderOptionsInit(&options);
  options.color_mode = MODE_RGBA;
  const std::unique_ptr<WebPAnimDecoder, DeleteAnimation> decoder(WebPAnimDecoderNew(&data, &options));
  std::uint8_t* canvas = nullptr;
  int time = 0;
  if (decoder == nullptr || WebPAnimDecoderGetNext(decoder.get(), &canvas, &time) == 0) {
    fail<DataError>("damaged WebP: damaged or cut off");
  }
  std::copy(canvas, canvas + rgba.size(), rgba.begin());
}
}  // namespace

Image decode_webp(Bytes bytes, const DecodeLimits& limits) {
  const auto* bytes_of_file = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures header;
  if (WebPGetFeatures(bytes_of_file, bytes.size(), &header) != VP8_STATUS_OK) {
    fail<DataError>("damaged WebP: no valid header");
  }
  Image out = make_image(header.width, header.height, limits);
  const std::size_t pixels = out.rgb.size() / 3;
  const WebPData data{bytes_of_file, bytes.size()};
  const bool animated = header.has_animation != 0;
  const bool transparent = animated || header.has_alpha != 0;
  std::vector<std::uint8_t> rgba(transparent ? pixels * 4 : 0);
  std::vector<std::uint8_t>& samples = transparent ? rgba : out.rgb;
  if (animated) {
    decode_first(data, rgba);
  } else {
    const auto into = transparent ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
    const int channels = transparent ? 4 : 3;
    if (into(bytes_of_file, bytes.size(), samples.data(), samples.size(), header.width * channels) == nullptr) {
      fail<DataError>("damaged WebP: damaged or cut off");
    }
  }
  const ToSrgb to_srgb(webp_profile(data), Samples::rgb, transparent ? 4 : 3);
  if (!to_srgb.empty()) to_srgb.convert(samples.data(), samples.data(), pixels);
  if (transparent) lay_on_white(rgba, out.rgb);
  return out;  // browsers leave WebP's EXIF alone, so it is not turned
}

}  // namespace monet::features::detail
