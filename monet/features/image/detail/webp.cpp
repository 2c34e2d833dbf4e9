#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/colour_profile.h"
#include "monet/features/image/detail/orientation.h"
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

/// The content of a chunk, empty where there is none.
Bytes chunk_of(const WebPDemuxer* demuxer, const char* name) {
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, name, 1, &chunk) == 0) return {};
  const Bytes bytes = std::as_bytes(std::span(chunk.chunk.bytes, chunk.chunk.size));
  WebPDemuxReleaseChunkIterator(&chunk);  // the bytes are the file's
  return bytes;
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
  std::vector<std::uint8_t> rgba(out.rgb.size() / 3 * 4);
  const WebPData data{bytes_of_file, bytes.size()};
  if (header.has_animation != 0) {
    decode_first(data, rgba);
  } else if (WebPDecodeRGBAInto(bytes_of_file, bytes.size(), rgba.data(), rgba.size(), header.width * 4) == nullptr) {
    fail<DataError>("damaged WebP: damaged or cut off");
  }
  const std::unique_ptr<WebPDemuxer, DeleteDemuxer> demuxer(WebPDemux(&data));
  if (demuxer != nullptr) convert_to_srgb(chunk_of(demuxer.get(), "ICCP"), rgba, 4);
  lay_on_white(rgba, out.rgb);
  return demuxer == nullptr ? out : oriented(std::move(out), exif_orientation(chunk_of(demuxer.get(), "EXIF")));
}

}  // namespace monet::features::detail
