#include "monet/synth/detail/canvas.h"

#include <agg_alpha_mask_u8.h>
#include <agg_conv_curve.h>
#include <agg_conv_stroke.h>
#include <agg_conv_transform.h>
#include <agg_path_storage.h>
#include <agg_pixfmt_gray.h>
#include <agg_pixfmt_rgb.h>
#include <agg_rasterizer_scanline_aa.h>
#include <agg_renderer_base.h>
#include <agg_renderer_scanline.h>
#include <agg_scanline_u.h>
#include <agg_trans_affine.h>

#include <algorithm>
#include <cmath>

namespace monet::synth::detail {

namespace {
using Pixels = agg::pixfmt_rgb24;
using Mask = agg::pixfmt_gray8;

std::uint8_t byte(double share) {
  return static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(share, 0.0, 1.0)));
}

agg::rgba8 to_agg(const Paint& paint) {
  return {byte(paint.colour.red), byte(paint.colour.green), byte(paint.colour.blue), byte(paint.alpha)};
}

agg::path_storage to_agg(const Path& path) {
  agg::path_storage out;
  for (const auto& [verb, at] : path.steps) {
    switch (verb) {
      case Path::Verb::move: out.move_to(at[0], at[1]); break;
      case Path::Verb::line: out.line_to(at[0], at[1]); break;
      case Path::Verb::curve: out.curve4(at[0], at[1], at[2], at[3], at[4], at[5]); break;
      case Path::Verb::close: out.close_polygon(); break;
    }
  }
  return out;
}
}  // namespace

Colour mix(Colour a, Colour b, double share) {
  const auto part = [share](double x, double y) { return (1.0 - share) * x + share * y; };
  return {part(a.red, b.red), part(a.green, b.green), part(a.blue, b.blue)};
}

double luma(Colour colour) {
  return 0.299 * colour.red + 0.587 * colour.green + 0.114 * colour.blue;
}

struct Canvas::State {
  explicit State(int pixels_)
      : pixels(pixels_),
        bytes(static_cast<std::size_t>(pixels * pixels) * 3),
        mask(static_cast<std::size_t>(pixels * pixels)),
        sheet(bytes.data(), size(), size(), pixels * 3),
        mask_sheet(mask.data(), size(), size(), pixels),
        inside(mask_sheet) {
    to_pixels.scale(pixels / 100.0);
    transform = to_pixels;
  }
  unsigned size() const { return static_cast<unsigned>(pixels); }

  /// What the rasteriser holds, onto the sheet or, clipped, onto its inside.
  void render(const Paint& paint) {
    Pixels format(sheet);
    agg::renderer_base<Pixels> base(format);
    if (clipped) {
      agg::scanline_u8_am<agg::alpha_mask_gray8> line(inside);
      agg::render_scanlines_aa_solid(rasterizer, line, base, to_agg(paint));
    } else {
      agg::scanline_u8 line;
      agg::render_scanlines_aa_solid(rasterizer, line, base, to_agg(paint));
    }
  }

  template <class Source>
  void rasterize(Source& source) {
    agg::conv_transform<Source> placed(source, transform);
    rasterizer.reset();
    rasterizer.add_path(placed);
  }

  int pixels;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> mask;  // 255 inside of the clip
  agg::rendering_buffer sheet;
  agg::rendering_buffer mask_sheet;
  agg::alpha_mask_gray8 inside;
  agg::rasterizer_scanline_aa<> rasterizer;
  agg::trans_affine to_pixels;
  agg::trans_affine transform;
  bool clipped = false;
};

Canvas::Canvas(int pixels) : state_(std::make_unique<State>(pixels)) {}
Canvas::~Canvas() = default;

void Canvas::place(const Placement& placement) {
  agg::trans_affine transform;
  transform.translate(-50.0, -50.0);
  transform.scale(placement.scale_x, placement.scale_y);
  transform.rotate(placement.angle);
  transform.translate(50.0 + placement.dx, 50.0 + placement.dy);
  state_->transform = transform * state_->to_pixels;
}

void Canvas::fill(const Path& path, const Paint& paint) {
  agg::path_storage outline = to_agg(path);
  agg::conv_curve<agg::path_storage> smooth(outline);
  state_->rasterize(smooth);
  state_->render(paint);
}

void Canvas::stroke(const Path& path, double width, const Paint& paint) {
  agg::path_storage outline = to_agg(path);
  agg::conv_curve<agg::path_storage> smooth(outline);
  agg::conv_stroke<agg::conv_curve<agg::path_storage>> line(smooth);
  line.width(width);
  line.line_cap(agg::round_cap);
  line.line_join(agg::round_join);
  state_->rasterize(line);
  state_->render(paint);
}

void Canvas::clip(const Path& path) {
  agg::path_storage outline = to_agg(path);
  agg::conv_curve<agg::path_storage> smooth(outline);
  state_->rasterize(smooth);
  std::fill(state_->mask.begin(), state_->mask.end(), std::uint8_t{0});
  Mask format(state_->mask_sheet);
  agg::renderer_base<Mask> base(format);
  agg::scanline_u8 line;
  agg::render_scanlines_aa_solid(state_->rasterizer, line, base, agg::gray8(255));
  state_->clipped = true;
}

void Canvas::unclip() {
  state_->clipped = false;
}

void Canvas::wash(const std::function<Paint(double, double)>& paint) {
  State& state = *state_;
  const double unit = 100.0 / state.pixels;
  for (int y = 0; y < state.pixels; ++y) {
    for (int x = 0; x < state.pixels; ++x) {
      const auto at =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(state.pixels) + static_cast<std::size_t>(x);
      if (state.clipped && state.mask[at] == 0) continue;
      const Paint here = paint((x + 0.5) * unit, (y + 0.5) * unit);
      const double alpha = here.alpha * (state.clipped ? state.mask[at] / 255.0 : 1.0);
      std::uint8_t* pixel = state.bytes.data() + 3 * at;
      const Colour below{pixel[0] / 255.0, pixel[1] / 255.0, pixel[2] / 255.0};
      const Colour now = mix(below, here.colour, alpha);
      pixel[0] = byte(now.red);
      pixel[1] = byte(now.green);
      pixel[2] = byte(now.blue);
    }
  }
}

const std::vector<std::uint8_t>& Canvas::bytes() const {
  return state_->bytes;
}

}  // namespace monet::synth::detail
