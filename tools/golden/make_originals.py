"""Writes the small pictures that the hostile campaign mutates, into benchmarks/originals.

Every format and most of its kinds, drawn here from formulas; no picture is anyone's. Run:
    python tools/golden/make_originals.py
with the version of Pillow that README-originals.md names.
"""

import pathlib
import random
import struct
import zlib

from PIL import Image, ImageCms

OUT = pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "originals"
W, H = 24, 16


def picture(mode, phase=0):
    rng = random.Random(3 + phase)
    im = Image.new("RGBA", (W, H))
    for y in range(H):
        for x in range(W):
            im.putpixel(
                (x, y),
                (
                    x * 255 // (W - 1),
                    y * 255 // (H - 1),
                    (x * y + 40 * phase + rng.randrange(32)) % 256,
                    255 if (x + y) % 5 else 128,
                ),
            )
    if mode == "RGBA":
        return im
    if mode == "P":
        return im.convert("RGB").quantize(12)
    if mode == "I;16":
        grey = im.convert("L")
        out = Image.new("I;16", (W, H))
        out.putdata([v * 257 for v in grey.getdata()])
        return out
    return im.convert("RGB").convert(mode)


def exif():
    e = Image.Exif()
    e[0x0112] = 6
    e[0x010E] = "a drawn picture"
    return e.tobytes()


def interlaced_png(path, im):
    """Pillow does not write Adam7, so the passes are written here."""
    data = b""
    for x0, y0, dx, dy in [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
        (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]:
        for y in range(y0, H, dy):
            data += b"\0" + b"".join(bytes(im.getpixel((x, y))) for x in range(x0, W, dx))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 8, 2, 0, 0, 1))
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    rgb, grey, cmyk = picture("RGB"), picture("L"), picture("CMYK")
    rgb.save(OUT / "rgb.png")
    grey.save(OUT / "grey.png")
    picture("RGBA").save(OUT / "rgba.png")
    picture("P").save(OUT / "palette.png", transparency=3)
    picture("1").save(OUT / "bits.png")
    picture("I;16").save(OUT / "grey16.png")
    rgb.save(OUT / "noted.png", icc_profile=profile, exif=exif(), dpi=(72, 72))
    interlaced_png(OUT / "interlaced.png", rgb)
    rgb.save(OUT / "baseline.jpg", quality=85)
    grey.save(OUT / "grey.jpg", quality=85)
    rgb.save(OUT / "progressive.jpg", quality=85, progressive=True)
    rgb.save(OUT / "subsampled.jpg", quality=60, subsampling=2, restart_marker_blocks=1)
    rgb.save(OUT / "noted.jpg", quality=85, icc_profile=profile, exif=exif(), comment="drawn")
    cmyk.save(OUT / "cmyk.jpg", quality=85)
    rgb.save(OUT / "lossy.webp", quality=80)
    rgb.save(OUT / "lossless.webp", lossless=True)
    picture("P").convert("RGB").save(OUT / "lossless-palette.webp", lossless=True)
    picture("RGBA").save(OUT / "lossy-alpha.webp", quality=80)
    picture("RGBA").save(OUT / "noted.webp", quality=60, icc_profile=profile, exif=exif())
    rgb.save(
        OUT / "animated.webp", save_all=True, append_images=[picture("RGB", 1)], duration=40, quality=70
    )
    picture("P").save(OUT / "still.gif")
    picture("P").save(OUT / "interlaced.gif", interlace=True, transparency=2)
    picture("P").save(OUT / "animated.gif", save_all=True, append_images=[picture("P", 1)], duration=40)
    rgb.save(OUT / "rgb.bmp")
    picture("P").save(OUT / "palette.bmp")
    picture("1").save(OUT / "bits.bmp")


main()
