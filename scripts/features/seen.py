"""Pictures as `monet` reads them, and browsers show them: upright, in sRGB, on white. Needs Pillow."""
import io

from PIL import Image, ImageCms, ImageOps

SRGB = ImageCms.createProfile("sRGB")
# Of a profile, the mode of the pictures it is for.
SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def in_srgb(picture, profile):
    """`picture` in RGB by an embedded profile; by its numbers where the profile is damaged, or of other pictures."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = SPACES.get(source.profile.xcolor_space)
        if mode == "RGB" and picture.mode == "L":
            picture = picture.convert("RGB")
        if mode == picture.mode:
            return ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        pass
    return picture.convert("RGB")


def as_seen(picture):
    """An opened picture as RGB. What PNG says in gAMA, cHRM and cICP is left out here."""
    profile = picture.info.get("icc_profile")
    if picture.format != "WEBP":  # browsers turn no WebP
        picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # grey of 16 bits
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    opacity = None
    if picture.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        opacity = clear.getchannel("A")
        picture = picture.convert("L") if picture.mode == "LA" else clear.convert("RGB")
    elif picture.mode not in ("L", "CMYK"):
        picture = picture.convert("RGB")
    picture = in_srgb(picture, profile) if profile else picture.convert("RGB")
    if opacity is None:
        return picture
    out = Image.new("RGB", picture.size, "white")
    out.paste(picture, mask=opacity)
    return out
