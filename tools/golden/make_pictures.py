"""Writes small pictures in every format that Journey reads, and what Pillow makes of them.

    python make_pictures.py NEW_FOLDER

Each picture is named FORMAT-WHAT.ending. values.json.gz holds for each its width, its height and the
numbers R, G, B, row by row, in base64; or null where the file is damaged and must be refused.
Pictures are turned by ImageOps.exif_transpose; those with opacity are laid on white.
"""

import base64
import gzip
import hashlib
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

FOLDER = Path(sys.argv[1])
FOLDER.mkdir()
VALUES = {}


def scene(width=24, height=18):
    """A smooth picture without symmetry, in colour."""
    y, x = np.mgrid[0:height, 0:width]
    red = 40 + 8 * x
    green = 128 + 90 * np.sin(x / 4 + y / 6)
    blue = 250 - 12 * y
    return Image.fromarray(np.clip(np.stack([red, green, blue], -1), 0, 255).astype(np.uint8))


RGB = scene()
GREY = RGB.convert("L")
OPACITY = Image.fromarray((np.arange(24 * 18).reshape(18, 24) % 256).astype(np.uint8))
RGBA = RGB.copy()
RGBA.putalpha(OPACITY)
NOISE = Image.fromarray(np.random.default_rng(7).integers(0, 256, (32, 40, 3), np.uint8))


def encoded(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def reference(data):
    """The numbers of a picture, upright, on white."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        if image.mode.startswith("I"):  # Pillow cuts 16 bits of grey off at 255: rounded here
            wide = np.asarray(image).astype(np.int64)
            image = Image.fromarray(((wide * 255 + 32767) // 65535).astype(np.uint8))
        else:
            try:
                image = ImageOps.exif_transpose(image)
            except (SyntaxError, struct.error):
                pass  # a damaged note: as stored
        if "A" in image.mode or "transparency" in image.info:
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image.convert("RGBA"))
        return image.convert("RGB")


def put(name, data, damaged=False):
    (FOLDER / name).write_bytes(data)
    if damaged:
        VALUES[name] = None
        return
    rgb = reference(data)
    numbers = base64.b64encode(rgb.tobytes()).decode()
    VALUES[name] = {"width": rgb.width, "height": rgb.height, "rgb": numbers}


def exif(value, order="<", kind=3, head=b""):
    entry = struct.pack(order + "HHI", 0x112, kind, 1)
    entry += struct.pack(order + ("HH" if kind == 3 else "I"), *((value, 0) if kind == 3 else (value,)))
    start = b"II" if order == "<" else b"MM"
    return head + start + struct.pack(order + "HIH", 42, 8, 1) + entry + bytes(4)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with(data, name, content):
    return data[:33] + chunk(name, content) + data[33:]


def raw_png(width, height, depth, kind, rows, *more):
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = [chunk(b"IHDR", header), *more, chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def jpeg_segment(code, data):
    return bytes([0xFF, code]) + struct.pack(">H", len(data) + 2) + data


def jpeg_with(data, code, content):
    return data[:2] + jpeg_segment(code, content) + data[2:]


def webp_with(data, name, content):
    size = len(data) - 8
    added = name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", size + len(added)) + data[8:] + added


def cut(data, share):
    return data[: int(len(data) * share)]


def holed(data, share, to=None):
    """Zeros from a share of the file on, up to a second share or the end."""
    start = int(len(data) * share)
    end = len(data) if to is None else int(len(data) * to)
    return data[:start] + bytes(end - start) + data[end:]


def profile():
    """A matrix profile far from sRGB: the built-in one with red and green columns exchanged."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")


def write_png():
    put("png-rgb.png", encoded(RGB, format="PNG"))
    put("png-grey.png", encoded(GREY, format="PNG"))
    put("png-rgba.png", encoded(RGBA, format="PNG"))
    put("png-grey-alpha.png", encoded(RGBA.convert("LA"), format="PNG"))
    put("png-bilevel.png", encoded(RGB.convert("1"), format="PNG"))
    palette = RGB.quantize(64)
    put("png-palette.png", encoded(palette, format="PNG"))
    for bits in (1, 2, 4):
        few = RGB.quantize(2**bits)
        put(f"png-palette-{bits}.png", encoded(few, format="PNG", bits=bits))
    put("png-palette-transparent.png", encoded(palette, format="PNG", transparency=3))
    for bits in (2, 4):
        rows = [bytes((37 * y + x) % 256 for x in range(24 * bits // 8)) for y in range(18)]
        put(f"png-grey-{bits}.png", raw_png(24, 18, bits, 0, rows))
    wide = [struct.pack(">24H", *((977 * x + 1663 * y) % 65536 for x in range(24))) for y in range(18)]
    put("png-grey-16.png", raw_png(24, 18, 16, 0, wide))
    deep = [struct.pack(">72H", *((977 * x + 1663 * y) % 65536 for x in range(72))) for y in range(18)]
    put("png-rgb-16.png", raw_png(24, 18, 16, 2, deep))
    deep = [struct.pack(">96H", *((977 * x + 1663 * y) % 65536 for x in range(96))) for y in range(18)]
    put("png-rgba-16.png", raw_png(24, 18, 16, 6, deep))
    plain = encoded(RGB, format="PNG")
    put("png-rgb-transparent.png", png_with(plain, b"tRNS", struct.pack(">3H", *RGB.getpixel((5, 5)))))
    put("png-profile.png", encoded(RGB, format="PNG", icc_profile=profile()))
    put("png-gamma.png", png_with(plain, b"gAMA", struct.pack(">I", 100000)))
    for value in (3, 6):
        put(f"png-orientation-{value}.png", png_with(plain, b"eXIf", exif(value, ">")))
    put("png-orientation-xmp.png", png_with(plain, b"iTXt",
        b"XML:com.adobe.xmp\0\0\0\0\0<rdf tiff:Orientation=\"8\"/>"))
    put("png-damaged-cut.png", cut(encoded(NOISE, format="PNG"), 0.6), True)
    put("png-damaged-end.png", encoded(NOISE, format="PNG")[:-12], True)
    put("png-damaged-hole.png", holed(encoded(NOISE, format="PNG"), 0.4, 0.5), True)


def cmyk_jpeg(image, transform=None, **options):
    """Stored inverted, as Adobe's programs do; with a marker of one's own, or none."""
    data = encoded(image, format="JPEG", **options)
    at = data.index(b"\xff\xeeAdobe"[:2])
    bare = data[:at] + data[at + 16 :]
    if transform is None:
        return bare
    return jpeg_with(bare, 0xEE, b"Adobe" + bytes([0, 100, 0, 0, 0, 0, transform]))


def write_jpeg():
    for name, sampling in {"444": 0, "422": 1, "420": 2}.items():
        for quality in (60, 95):
            options = dict(format="JPEG", quality=quality, subsampling=sampling)
            put(f"jpeg-{name}-q{quality}.jpg", encoded(RGB, **options))
        put(f"jpeg-{name}-progressive.jpg", encoded(RGB, progressive=True, **options))
    put("jpeg-odd.jpg", encoded(scene(17, 11), format="JPEG"))
    put("jpeg-restarts.jpg", encoded(RGB, format="JPEG", restart_marker_blocks=1))
    put("jpeg-grey.jpg", encoded(GREY, format="JPEG"))
    put("jpeg-grey-progressive.jpg", encoded(GREY, format="JPEG", progressive=True))
    put("jpeg-rgb-stored.jpg", encoded(RGB, format="JPEG", keep_rgb=True))
    inks = Image.merge("CMYK", [*RGB.split(), OPACITY])
    put("jpeg-cmyk-adobe.jpg", cmyk_jpeg(inks, 0, quality=95))
    put("jpeg-cmyk-bare.jpg", cmyk_jpeg(inks, None, quality=95))
    put("jpeg-ycck.jpg", cmyk_jpeg(inks, 2, quality=95))
    put("jpeg-cmyk-black.jpg", cmyk_jpeg(Image.new("CMYK", (16, 16), (0, 0, 0, 128)), 0))
    put("jpeg-cmyk-cyan.jpg", cmyk_jpeg(Image.new("CMYK", (16, 16), (100, 0, 0, 0)), 0))
    plain = encoded(RGB, format="JPEG")
    icc = b"ICC_PROFILE\0\1\1" + profile()
    put("jpeg-profile.jpg", jpeg_with(plain, 0xE2, icc))
    put("jpeg-profile-doubled.jpg", jpeg_with(jpeg_with(plain, 0xE2, icc), 0xE2, icc))
    put("jpeg-profile-empty.jpg", jpeg_with(plain, 0xE2, b"ICC_PROFILE\0\1\1"))
    put("jpeg-profile-damaged.jpg", jpeg_with(plain, 0xE2, icc[:60]))
    for value in range(1, 9):
        put(f"jpeg-orientation-{value}.jpg", jpeg_with(plain, 0xE1, exif(value, "<>"[value % 2], head=b"Exif\0\0")))
    put("jpeg-orientation-damaged.jpg", jpeg_with(plain, 0xE1, b"Exif\0\0II*\0\xff\xff\0\0"))
    put("jpeg-trailing.jpg", plain + b"what a camera left behind" * 4)
    put("jpeg-padded.jpg", plain[:-2] + bytes(20) + plain[-2:])
    noise = encoded(NOISE, format="JPEG")
    put("jpeg-damaged-cut.jpg", cut(noise, 0.7), True)
    put("jpeg-damaged-end.jpg", noise[:-2], True)
    put("jpeg-damaged-hole.jpg", holed(noise, 0.6, 0.7), True)
    put("jpeg-damaged-tail.jpg", holed(noise, 0.6), True)


def write_webp():
    for quality in (20, 80, 100):
        put(f"webp-lossy-q{quality}.webp", encoded(RGB, format="WEBP", quality=quality))
    waves = encoded(scene(40, 33), format="WEBP", quality=50, method=6)
    put("webp-lossy-odd.webp", waves)
    put("webp-lossy-alpha.webp", encoded(RGBA, format="WEBP", quality=80))
    put("webp-lossless.webp", encoded(RGB, format="WEBP", lossless=True))
    put("webp-lossless-alpha.webp", encoded(RGBA, format="WEBP", lossless=True, exact=True))
    put("webp-lossless-palette.webp", encoded(RGB.quantize(8).convert("RGB"), format="WEBP", lossless=True))
    put("webp-profile.webp", encoded(RGB, format="WEBP", icc_profile=profile()))
    for value in (2, 5, 8):
        put(f"webp-orientation-{value}.webp", encoded(RGB, format="WEBP", exif=exif(value, head=b"Exif\0\0")))
    frames = [RGB, RGB.transpose(Image.Transpose.ROTATE_180)]
    put("webp-animated.webp", encoded(frames[0], format="WEBP", save_all=True, append_images=frames[1:], lossless=True))
    whole = encoded(NOISE, format="WEBP", lossless=True)
    for share in (30, 60, 99):
        put(f"webp-damaged-cut-{share}.webp", cut(whole, share / 100), True)
        short = cut(whole[20:], share / 100)
        short += b"\0" * (len(short) % 2)
        body = b"WEBPVP8L" + struct.pack("<I", len(short)) + short
        put(f"webp-damaged-short-{share}.webp", b"RIFF" + struct.pack("<I", len(body)) + body, True)


def write_gif():
    palette = RGB.quantize(64)
    put("gif-palette.gif", encoded(palette, format="GIF", interlace=0))
    put("gif-interlaced.gif", encoded(palette, format="GIF", interlace=1))
    put("gif-grey.gif", encoded(GREY, format="GIF"))
    put("gif-transparent.gif", encoded(palette, format="GIF", transparency=3))
    whole = encoded(palette, format="GIF", interlace=0)
    put("gif-small-frame.gif", whole[:6] + struct.pack("<HH", 30, 25) + whole[10:])
    at = whole.index(b"\x2c\0\0\0\0\x18\0\x12\0")
    put("gif-placed-frame.gif", whole[:6] + struct.pack("<HH", 30, 25) + whole[10:at]
        + b"\x2c" + struct.pack("<HH", 3, 5) + whole[at + 5 :])
    put("gif-animated.gif", encoded(palette, format="GIF", save_all=True, append_images=[palette.rotate(180)]))
    noise = encoded(NOISE.quantize(256), format="GIF", interlace=0)
    put("gif-long.gif", noise)
    put("gif-damaged-cut.gif", cut(noise, 0.7), True)
    for share in (50, 70, 90):
        put(f"gif-damaged-zeros-{share}.gif", holed(noise, share / 100), True)
    put("gif-damaged-small-zeros.gif", holed(encoded(GREY.crop((0, 0, 9, 9)), format="GIF"), 0.97), True)


def write_bmp():
    put("bmp-rgb.bmp", encoded(RGB, format="BMP"))
    put("bmp-grey.bmp", encoded(GREY, format="BMP"))
    put("bmp-palette.bmp", encoded(RGB.quantize(64), format="BMP"))
    put("bmp-bilevel.bmp", encoded(RGB.convert("1"), format="BMP"))
    put("bmp-odd.bmp", encoded(scene(17, 11), format="BMP"))
    put("bmp-damaged-cut.bmp", cut(encoded(NOISE, format="BMP"), 0.8), True)


def core_dib(picture, bits, palette=b""):
    """With the header of OS/2, which Pillow reads and does not write."""
    bmp = encoded(picture, format="BMP")
    pixels = bmp[struct.unpack_from("<I", bmp, 10)[0] :]
    return struct.pack("<IHHHH", 12, *picture.size, 1, bits) + palette + pixels


def write_dib():
    put("dib-rgb.dib", encoded(RGB, format="DIB"))
    put("dib-grey.dib", encoded(GREY, format="DIB"))
    put("dib-palette.dib", encoded(RGB.quantize(64), format="DIB"))
    put("dib-bilevel.dib", encoded(RGB.convert("1"), format="DIB"))
    put("dib-odd.dib", encoded(scene(17, 11), format="DIB"))
    # 32 bits: as they are, where the fourth byte means nothing, and with masks behind the header.
    plain = encoded(RGBA, format="DIB")
    put("dib-32.dib", plain)
    masked = bytearray(plain)
    struct.pack_into("<I", masked, 16, 3)
    masks = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)
    put("dib-masks.dib", bytes(masked[:40]) + masks + bytes(masked[40:]))
    top_down = bytearray(encoded(RGB, format="DIB"))
    struct.pack_into("<i", top_down, 8, -RGB.size[1])
    put("dib-top-down.dib", bytes(top_down))
    put("dib-core.dib", core_dib(RGB, 24))
    put("dib-core-palette.dib", core_dib(GREY, 8, bytes(v for i in range(256) for v in (i, 255 - i, 7))))
    put("dib-damaged-cut.dib", cut(encoded(NOISE, format="DIB"), 0.8), True)


for write in (write_png, write_jpeg, write_webp, write_gif, write_bmp, write_dib):
    write()
values = json.dumps(VALUES, indent=0, sort_keys=True) + "\n"
(FOLDER / "values.json.gz").write_bytes(gzip.compress(values.encode(), 9, mtime=0))
sums = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}" for f in sorted(FOLDER.iterdir())]
(FOLDER / "SHA256SUMS").write_text("\n".join(sums) + "\n")
print(len(VALUES), "pictures,", sum(v is None for v in VALUES.values()), "of them damaged")
