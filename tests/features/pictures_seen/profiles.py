"""Small ICC profiles, made from their numbers."""
import itertools
import struct

D50 = (0.9642, 1.0, 0.8249)
# Columns in the white of profiles (D50).
SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))


def power(gamma):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def srgb_curve():
    return b"para\0\0\0\0\0\3\0\0" + b"".join(map(fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))


def table(values):
    return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *values) + b"\0\0" * (len(values) % 2)


def text(words):
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2 * len(words), 28) + words.encode("utf-16-be")


def profile(space, tags, kind=b"mntr", connection=b"XYZ ", version=0x04300000):
    place = 132 + 12 * len(tags)
    listed, content = b"", b""
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        listed += name.encode() + struct.pack(">II", place + len(content), len(data))
        content += data
    size = place + len(content)
    header = struct.pack(">II", size, 0) + struct.pack(">I", version) + kind + space + connection
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + b"".join(map(fixed, D50))
    return header + b"\0" * (128 - len(header)) + struct.pack(">I", len(tags)) + listed + content


def rgb(name, columns, curve):
    tags = {"desc": text(name), "cprt": text("none"), "wtpt": xyz(D50)}
    tags.update(zip(("rXYZ", "gXYZ", "bXYZ"), map(xyz, columns)))
    tags.update((tag, curve) for tag in ("rTRC", "gTRC", "bTRC"))
    return profile(b"RGB ", tags)


def grey(curve):
    return profile(b"GRAY", {"desc": text("grey"), "cprt": text("none"), "wtpt": xyz(D50), "kTRC": curve})


def inks():
    """Four inks to L*a*b*: a table of four steps for each, crude on purpose."""
    curve = bytes(range(256))
    steps = [k / 3 for k in range(4)]
    places = bytearray()
    for c, m, y, k in itertools.product(steps, repeat=4):
        light = (100 - 25 * c - 35 * m - 8 * y) * (1 - 0.85 * k)
        a = (-35 * c + 70 * m - 5 * y) * (1 - k)
        b = (-45 * c - 5 * m + 85 * y) * (1 - k)
        places += bytes((round(light * 2.55), round(a + 128), round(b + 128)))
    unit = b"".join(map(fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    table_of_inks = b"mft1\0\0\0\0" + bytes((4, 3, len(steps), 0)) + unit + curve * 4 + bytes(places) + curve * 3
    tags = {"desc": text("inks"), "cprt": text("none"), "wtpt": xyz(D50), "A2B0": table_of_inks}
    return profile(b"CMYK", tags, b"prtr", b"Lab ", 0x02100000)


SRGB_PROFILE = rgb("sRGB", SRGB, srgb_curve())
P3_PROFILE = rgb("Display P3", P3, srgb_curve())
ADOBE_PROFILE = rgb("Adobe RGB", ADOBE, power(2.19921875))
# Named like the usual one, with red and blue exchanged.
FALSE_SRGB_PROFILE = rgb("sRGB swapped", SRGB[::-1], srgb_curve())
GREY_PROFILE = grey(power(1.0))
INK_PROFILE = inks()
TABLE_PROFILE = rgb("table", SRGB, table([0, 2000, 9000, 30000, 65535]))
