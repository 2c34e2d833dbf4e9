"""Writes the pictures in files/, without arguments (needs Pillow). Then make_references.py asks a browser how they look."""
import io
import os
import struct
import zlib

from PIL import Image

import profiles

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")
SIDE = 8


def colour(x, y):
    return (x * 36, y * 36, (x * 5 + y * 3) * 29 % 256)


def write(name, content):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(content)


# PNG, chunk by chunk.


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(samples, depth):
    """A line of samples of `depth` bits."""
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    return int(bits + "0" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8, "big")


SINGLE = [(0, 0, 1, 1)]
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def lines(pixel, depth, passes, width=SIDE, height=SIDE):
    out = b""
    for left, top, right, down in passes:
        for y in range(top, height, down):
            row = [sample for x in range(left, width, right) for sample in pixel(x, y)]
            out += b"\0" + packed(row, depth) if row else b""
    return zlib.compress(out, 9)


def png(name, kind, depth, pixel, before=(), after=(), interlaced=False, width=SIDE, height=SIDE):
    passes = ADAM7 if interlaced else SINGLE
    out = b"\x89PNG\r\n\x1a\n"
    out += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced)))
    out += b"".join(chunk(*one) for one in before)
    out += chunk(b"IDAT", lines(pixel, depth, passes, width, height))
    out += b"".join(chunk(*one) for one in after) + chunk(b"IEND", b"")
    write(name + ".png", out)


def deep(x, y):
    """Sixteen bits whose low byte matters: rounding and cutting differ."""
    return tuple(min(65535, part * 257 + 200) for part in colour(x, y))


def opacity(x, y):
    return (x * 9 + y * 4) * 255 // 91


GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def iccp(profile, name=b"profile"):
    return b"iCCP", name + b"\0\0" + zlib.compress(profile, 9)


def gama(value):
    return b"gAMA", struct.pack(">I", round(value * 100000))


SRGB = b"sRGB", b"\0"
CHRM_SRGB = b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
CHRM_P3 = b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
CICP_P3 = b"cICP", bytes((12, 13, 0, 1))
CICP_SRGB = b"cICP", bytes((1, 13, 0, 1))


def exif(orientation, order="<", kind=3):
    head = b"II*\0" if order == "<" else b"MM\0*"
    entries = [(0x10F, 2, 4, b"abc\0")]
    number = struct.pack(order + ("H" if kind == 3 else "I"), orientation)
    entries.append((0x112, kind, 1, (number + b"\0\0")[:4]))
    out = head + struct.pack(order + "IH", 8, len(entries))
    for tag, of_kind, count, data in entries:
        out += struct.pack(order + "HHI", tag, of_kind, count) + data
    return out + b"\0\0\0\0"


def make_png():
    def grey(bits):
        return lambda x, y: ((x * 9 + y) * (2**bits - 1) // 70,)

    def with_alpha(x, y):
        return (*colour(x, y), opacity(x, y))

    png("rgb", RGB, 8, colour)
    with open(os.path.join(FOLDER, "rgb.png"), "rb") as file:
        write("no_end.png", file.read()[:-12])
    png("rgb_interlaced", RGB, 8, colour, interlaced=True)
    png("rgb_16", RGB, 16, deep)
    png("rgb_16_interlaced", RGB, 16, deep, interlaced=True)
    png("rgb_key", RGB, 8, colour, [(b"tRNS", struct.pack(">3H", *colour(2, 3)))])
    png("rgb_16_key", RGB, 16, deep, [(b"tRNS", struct.pack(">3H", *deep(2, 3)))])
    png("rgba", RGBA, 8, with_alpha)
    png("rgba_background", RGBA, 8, with_alpha, [(b"bKGD", struct.pack(">3H", 200, 0, 0))])
    png("rgba_16", RGBA, 16, lambda x, y: (*deep(x, y), opacity(x, y) * 257))
    for bits in (1, 2, 4, 8, 16):
        png(f"grey_{bits}", GREY, bits, grey(bits))
    png("grey_4_interlaced", GREY, 4, grey(4), interlaced=True)
    png("grey_2_key", GREY, 2, grey(2), [(b"tRNS", b"\0\1")])
    png("grey_8_key", GREY, 8, grey(8), [(b"tRNS", struct.pack(">H", *grey(8)(3, 3)))])
    png("grey_16_key", GREY, 16, grey(16), [(b"tRNS", struct.pack(">H", *grey(16)(3, 3)))])
    png("grey_alpha", GREY_ALPHA, 8, lambda x, y: (*grey(8)(x, y), opacity(x, y)))
    png("grey_alpha_16", GREY_ALPHA, 16, lambda x, y: (*grey(16)(x, y), opacity(x, y) * 257))

    entries = b"".join(bytes(colour(i % 8, i // 2)) for i in range(16))
    palette = b"PLTE", entries
    fading = b"tRNS", bytes(range(0, 240, 24))  # fewer than there are colours
    png("palette_4", PALETTE, 4, lambda x, y: ((x + y * 3) % 16,), [palette])
    png("palette_4_faded", PALETTE, 4, lambda x, y: ((x + y * 3) % 16,), [palette, fading])
    png("palette_8_faded", PALETTE, 8, lambda x, y: ((x + y * 3) % 16,), [palette, fading], interlaced=True)
    png("palette_1", PALETTE, 1, lambda x, y: ((x + y) % 2,), [(b"PLTE", bytes((200, 30, 60, 20, 90, 250)))])

    # Who says what the numbers mean.
    png("gamma_1", RGB, 8, colour, [gama(1)])
    png("gamma_22", RGB, 8, colour, [gama(1 / 2.2)])
    png("gamma_21", RGB, 8, colour, [gama(1 / 2.1)])
    png("gamma_209", RGB, 8, colour, [gama(1 / 2.085)])
    png("gamma_231", RGB, 8, colour, [gama(1 / 2.31)])
    png("gamma_232", RGB, 8, colour, [gama(1 / 2.325)])
    png("gamma_18", RGB, 8, colour, [gama(1 / 1.8)])
    png("gamma_0", RGB, 8, colour, [gama(0)])
    png("gamma_1_grey", GREY, 8, grey(8), [gama(1)])
    png("gamma_1_16", RGB, 16, deep, [gama(1)])
    png("gamma_1_rgba", RGBA, 8, with_alpha, [gama(1)])
    png("gamma_1_palette", PALETTE, 4, lambda x, y: ((x + y * 3) % 16,), [gama(1), palette, fading])
    png("gamma_1_srgb", RGB, 8, colour, [gama(1), SRGB])
    png("gamma_srgb_chrm_srgb", RGB, 8, colour, [gama(1 / 2.2), CHRM_SRGB])
    png("gamma_1_chrm_srgb", RGB, 8, colour, [gama(1), CHRM_SRGB])
    png("gamma_22_chrm_p3", RGB, 8, colour, [gama(1 / 2.2), CHRM_P3])
    png("chrm_p3", RGB, 8, colour, [CHRM_P3])
    png("srgb_chrm_p3", RGB, 8, colour, [SRGB, CHRM_P3])
    png("cicp_p3", RGB, 8, colour, [CICP_P3])
    png("cicp_television", RGB, 8, colour, [(b"cICP", bytes((9, 1, 0, 1)))])
    png("cicp_linear", RGB, 8, colour, [(b"cICP", bytes((1, 8, 0, 1)))])
    png("cicp_unknown_profile_p3", RGB, 8, colour, [(b"cICP", bytes((99, 13, 0, 1))), iccp(profiles.P3_PROFILE)])
    png("profile_grey_in_rgb_gamma", RGB, 8, colour, [iccp(profiles.GREY_PROFILE), gama(1)])
    png("profile_inks_in_grey", GREY, 8, grey(8), [iccp(profiles.INK_PROFILE)])
    png("cicp_srgb_over_p3", RGB, 8, colour, [CICP_SRGB, iccp(profiles.P3_PROFILE)])
    png("profile_srgb", RGB, 8, colour, [iccp(profiles.SRGB_PROFILE)])
    png("profile_p3", RGB, 8, colour, [iccp(profiles.P3_PROFILE)])
    png("profile_p3_16", RGB, 16, deep, [iccp(profiles.P3_PROFILE)])
    png("profile_p3_rgba", RGBA, 8, with_alpha, [iccp(profiles.P3_PROFILE)])
    png("profile_p3_palette", PALETTE, 4, lambda x, y: ((x + y * 3) % 16,), [iccp(profiles.P3_PROFILE), palette])
    png("profile_p3_gamma", RGB, 8, colour, [gama(1), iccp(profiles.P3_PROFILE)])
    png("profile_p3_and_srgb", RGB, 8, colour, [iccp(profiles.P3_PROFILE), SRGB])
    png("srgb_and_profile_p3", RGB, 8, colour, [SRGB, iccp(profiles.P3_PROFILE)])
    png("profile_adobe", RGB, 8, colour, [iccp(profiles.ADOBE_PROFILE)])
    png("profile_table", RGB, 8, colour, [iccp(profiles.TABLE_PROFILE)])
    png("profile_named_srgb", RGB, 8, colour, [iccp(profiles.FALSE_SRGB_PROFILE)])
    png("profile_grey", GREY, 8, grey(8), [iccp(profiles.GREY_PROFILE)])
    png("profile_grey_alpha", GREY_ALPHA, 8, lambda x, y: (*grey(8)(x, y), opacity(x, y)), [iccp(profiles.GREY_PROFILE)])
    png("profile_grey_in_rgb", RGB, 8, colour, [iccp(profiles.GREY_PROFILE)])
    png("profile_rgb_in_grey", GREY, 8, grey(8), [iccp(profiles.TABLE_PROFILE)])
    png("profile_inks_in_rgb", RGB, 8, colour, [iccp(profiles.INK_PROFILE)])
    png("profile_broken", RGB, 8, colour, [iccp(profiles.P3_PROFILE[:200])])
    png("profile_broken_gamma", RGB, 8, colour, [gama(1), iccp(b"\0" * 200)])
    png("profile_not_zlib", RGB, 8, colour, [(b"iCCP", b"name\0\0nothing packed")])

    # Oblong, so that turning shows in the size.
    for orientation in (2, 6, 8):
        png(f"exif_{orientation}", RGB, 8, colour, [(b"eXIf", exif(orientation))], width=6, height=4)
    png("exif_6_big", RGB, 8, colour, [(b"eXIf", exif(6, ">"))], width=6, height=4)
    png("exif_6_at_end", RGB, 8, colour, after=[(b"eXIf", exif(6))], width=6, height=4)
    png("exif_6_mark", RGB, 8, colour, [(b"eXIf", b"Exif\0\0" + exif(6))], width=6, height=4)
    png("exif_9", RGB, 8, colour, [(b"eXIf", exif(9))], width=6, height=4)

    # Animations: the first frame is the picture itself, or another.
    def frame(number, width, height, left=0, top=0):
        return b"fcTL", struct.pack(">IIIIIHHBB", number, width, height, left, top, 1, 1, 0, 0)

    control = b"acTL", struct.pack(">II", 2, 0)
    dark = lines(lambda x, y: (9, 9, 9), 8, SINGLE)
    second = b"fdAT", struct.pack(">I", 2) + dark
    png("apng", RGB, 8, colour, [control, frame(0, 8, 8)], after=[frame(1, 8, 8), second])
    first = b"fdAT", struct.pack(">I", 1) + lines(lambda x, y: (250, 9, 90), 8, SINGLE, 4, 4)
    third = b"fdAT", struct.pack(">I", 3) + dark
    apart = [frame(0, 4, 4, 2, 2), first, frame(2, 8, 8), third]
    png("apng_apart", RGB, 8, colour, [control], after=apart)
    png("apng_apart_gamma", RGB, 8, colour, [control, gama(1)], after=apart)
    png("apng_apart_turned", RGB, 8, colour, [control, (b"eXIf", exif(6))], after=apart)
    png("apng_of_none", RGB, 8, colour, [(b"acTL", bytes(8))], after=apart)
    png("apng_late", RGB, 8, colour, after=[control, *apart])


# JPEG: Pillow's, with markers put in.


def image(mode="RGB", width=16, height=16):
    out = Image.new("RGB", (width, height))
    out.putdata([(x * 17, y * 17, 255 - (x + y) * 8) for y in range(height) for x in range(width)])
    return out.convert(mode)


def encoded(picture, form="JPEG", **options):
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def plain(mode="RGB", **options):
    """Full chroma unless told otherwise; without the JFIF marker where `jfif` is false."""
    jfif = options.pop("jfif", True)
    size = {key: options.pop(key) for key in ("width", "height") if key in options}
    options.setdefault("quality", 90)
    if mode == "RGB":
        options.setdefault("subsampling", 0)
    data = encoded(image(mode, **size), **options)
    if not jfif and data[2:4] == b"\xff\xe0":
        data = data[:2] + data[4 + struct.unpack(">H", data[4:6])[0] :]
    return data


def marked(data, *markers):
    """Markers after the first one of the file (JFIF), or at the start where there is none."""
    at = 4 + struct.unpack(">H", data[4:6])[0] if data[2:4] == b"\xff\xe0" else 2
    put = b"".join(b"\xff" + bytes((name,)) + struct.pack(">H", len(body) + 2) + body for name, body in markers)
    return data[:at] + put + data[at:]


def adobe(transform):
    return 0xEE, b"Adobe\0\x64\0\0\0\0" + bytes((transform,))


def app1(body, prefix=b"Exif\0\0"):
    return 0xE1, prefix + body


def app2(profile, pieces=1):
    step = -(-len(profile) // pieces)
    return [
        (0xE2, b"ICC_PROFILE\0" + bytes((k + 1, pieces)) + profile[k * step : (k + 1) * step]) for k in range(pieces)
    ]


def without_adobe(data):
    at = data.index(b"\xff\xee")
    return data[:at] + data[at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0] :]


def make_jpeg():
    write("plain.jpg", plain())
    write("progressive.jpg", plain(progressive=True))
    write("subsampled_420.jpg", plain(subsampling=2))
    write("subsampled_422.jpg", plain(subsampling=1))
    write("grey.jpg", plain("L"))
    write("rgb_adobe.jpg", marked(plain(jfif=False), adobe(0)))
    write("rgb_adobe_jfif.jpg", marked(plain(), adobe(0)))
    write("ycc_adobe.jpg", marked(plain(jfif=False), adobe(1)))
    write("ycc_bare.jpg", plain(jfif=False))
    letters = bytearray(plain(jfif=False))
    for marker, step in ((b"\xff\xc0", 3), (b"\xff\xda", 2)):
        at = letters.index(marker) + (10 if step == 3 else 5)
        for k, letter in enumerate(b"RGB"):
            letters[at + k * step] = letter
    write("rgb_letters.jpg", bytes(letters))

    inks = plain("CMYK")  # with Adobe's marker, transform 0
    bare = without_adobe(inks)
    write("cmyk_adobe.jpg", marked(bare, adobe(0)))
    write("ycck_adobe.jpg", marked(bare, adobe(2)))
    write("cmyk_bare.jpg", bare)
    write("cmyk_profile.jpg", marked(marked(bare, adobe(0)), *app2(profiles.INK_PROFILE)))
    write("cmyk_bare_profile.jpg", marked(bare, *app2(profiles.INK_PROFILE)))
    write("cmyk_profile_grey.jpg", marked(marked(bare, adobe(0)), *app2(profiles.GREY_PROFILE)))
    write("cmyk_profile_rgb.jpg", marked(marked(bare, adobe(0)), *app2(profiles.P3_PROFILE)))

    write("profile_p3.jpg", marked(plain(), *app2(profiles.P3_PROFILE)))
    write("profile_p3_pieces.jpg", marked(plain(), *app2(profiles.P3_PROFILE, 3)))
    write("profile_p3_unordered.jpg", marked(plain(), *app2(profiles.P3_PROFILE, 3)[::-1]))
    write("profile_p3_piece_missing.jpg", marked(plain(), *app2(profiles.P3_PROFILE, 3)[:2]))
    write("profile_adobe.jpg", marked(plain(), *app2(profiles.ADOBE_PROFILE)))
    write("profile_named_srgb.jpg", marked(plain(), *app2(profiles.FALSE_SRGB_PROFILE)))
    write("profile_broken.jpg", marked(plain(), *app2(profiles.P3_PROFILE[:300])))
    write("profile_grey.jpg", marked(plain("L"), *app2(profiles.GREY_PROFILE)))
    write("profile_grey_in_rgb.jpg", marked(plain(), *app2(profiles.GREY_PROFILE)))
    write("profile_rgb_in_grey.jpg", marked(plain("L"), *app2(profiles.TABLE_PROFILE)))
    write("profile_inks_in_rgb.jpg", marked(plain(), *app2(profiles.INK_PROFILE)))

    oblong = plain(width=16, height=8)
    for orientation in range(1, 9):
        write(f"exif_{orientation}.jpg", marked(oblong, app1(exif(orientation))))
    for orientation in (3, 6):
        write(f"exif_{orientation}_big.jpg", marked(oblong, app1(exif(orientation, ">"))))
    write("exif_0.jpg", marked(oblong, app1(exif(0))))
    write("exif_9.jpg", marked(oblong, app1(exif(9))))
    write("exif_6_long.jpg", marked(oblong, app1(exif(6, kind=4))))
    write("exif_6_long_big.jpg", marked(oblong, app1(exif(6, ">", kind=4))))
    write("exif_6_bytes.jpg", marked(oblong, app1(exif(6, kind=1))))
    write("exif_6_count_0.jpg", marked(oblong, app1(exif(6).replace(b"\x12\1\3\0\1", b"\x12\1\3\0\0"))))
    write("exif_6_count_2.jpg", marked(oblong, app1(exif(6).replace(b"\x12\1\3\0\1", b"\x12\1\3\0\2"))))
    write("exif_cut.jpg", marked(oblong, app1(exif(6)[:24])))
    write("exif_6_cut_after.jpg", marked(oblong, app1(exif(6)[:-4])))
    write("exif_far.jpg", marked(oblong, app1(exif(6)[:4] + b"\xff\xff\xff\xff" + exif(6)[8:])))
    write("exif_6_moved.jpg", marked(oblong, app1(exif(6)[:4] + struct.pack("<I", 20) + b"\0" * 12 + exif(6)[8:])))
    write("exif_6_many.jpg", marked(oblong, app1(exif(6)[:8] + b"\xff\xff" + exif(6)[10:])))
    write("exif_6_padding.jpg", marked(oblong, app1(exif(6), b"Exif\0\xff")))
    write("exif_43.jpg", marked(oblong, app1(exif(6).replace(b"II*", b"II+"))))
    write("exif_broken_then_6.jpg", marked(oblong, app1(b"XX" + exif(6)[2:]), app1(exif(6))))
    write("exif_empty_then_6.jpg", marked(oblong, app1(b""), app1(exif(6))))
    write("exif_no_mark.jpg", marked(oblong, app1(exif(6), b"")))
    write("exif_after_xmp.jpg", marked(oblong, app1(b"<x/>", b"http://ns.adobe.com/xap/1.0/\0"), app1(exif(6))))
    write("exif_twice.jpg", marked(oblong, app1(exif(3)), app1(exif(6))))
    write("exif_1_then_6.jpg", marked(oblong, app1(exif(1)), app1(exif(6))))
    write("exif_none_then_6.jpg", marked(oblong, app1(b"II*\0\x08\0\0\0\0\0\0\0\0\0"), app1(exif(6))))
    twice = exif(6)
    twice = twice[:8] + b"\2\0" + twice[22:34] + twice[22:30] + b"\3\0\0\0" + b"\0" * 4
    write("exif_tag_twice.jpg", marked(oblong, app1(twice)))
    write("exif_6_profile_p3.jpg", marked(oblong, app1(exif(6)), *app2(profiles.P3_PROFILE)))
    grey = plain("L", width=16, height=8)
    write("exif_8_grey.jpg", marked(grey, app1(exif(8))))
    wide = without_adobe(plain("CMYK", width=16, height=8))
    write("exif_5_cmyk.jpg", marked(marked(wide, adobe(0)), app1(exif(5))))


# WebP.


def make_webp():
    clear = image("RGBA", 8, 8)
    clear.putalpha(Image.frombytes("L", (8, 8), bytes(opacity(x, y) for y in range(8) for x in range(8))))
    write("plain.webp", encoded(image(), "WEBP", quality=90))
    write("lossless.webp", encoded(image(), "WEBP", lossless=True))
    write("clear.webp", encoded(clear, "WEBP", lossless=True))
    write("clear_lossy.webp", encoded(clear, "WEBP", quality=90))
    write("profile_p3.webp", encoded(image(), "WEBP", lossless=True, icc_profile=profiles.P3_PROFILE))
    write("profile_p3_clear.webp", encoded(clear, "WEBP", lossless=True, icc_profile=profiles.P3_PROFILE))
    write("profile_adobe.webp", encoded(image(), "WEBP", lossless=True, icc_profile=profiles.ADOBE_PROFILE))
    write("profile_grey.webp", encoded(image(), "WEBP", lossless=True, icc_profile=profiles.GREY_PROFILE))
    write("profile_broken.webp", encoded(image(), "WEBP", lossless=True, icc_profile=profiles.P3_PROFILE[:300]))
    oblong = image("RGB", 8, 4)
    for orientation in (3, 6, 7):
        write(f"exif_{orientation}.webp", encoded(oblong, "WEBP", lossless=True, exif=exif(orientation)))
    write("exif_6_mark.webp", encoded(oblong, "WEBP", lossless=True, exif=b"Exif\0\0" + exif(6, ">")))
    dark = Image.new("RGBA", (8, 8), (9, 9, 9, 255))
    still = dict(save_all=True, append_images=[dark], duration=100, lossless=True)
    write("animated.webp", encoded(image("RGBA", 8, 8), "WEBP", **still))
    write("animated_clear.webp", encoded(clear, "WEBP", background=(200, 0, 0, 255), **still))
    # The first frame is smaller than the canvas, and lies at (2, 4).
    small = encoded(image("RGB", 4, 2), "WEBP", lossless=True)[12:]
    three = lambda number: struct.pack("<I", number)[:3]  # noqa: E731
    frame = three(1) + three(2) + three(3) + three(1) + three(100) + b"\0" + small
    body = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + three(7) + three(7)
    body += b"ANIM" + struct.pack("<IIH", 6, 0xFF0000C8, 0) + b"ANMF" + struct.pack("<I", len(frame)) + frame
    write("animated_small.webp", b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body)


if __name__ == "__main__":
    make_png()
    make_jpeg()
    make_webp()
