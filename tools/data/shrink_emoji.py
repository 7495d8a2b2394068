"""Makes the emoji of data/scenes: two sheets of 32x32 pixels, flat.png and glossy.png, and names.json.

Usage: python shrink_emoji.py NOTO FLUENT OUTPUT_FOLDER

NOTO and FLUENT are the folders "package" that `npm pack emoji-datasource-google@16.0.0` and
`npm pack @lobehub/fluent-emoji-3d@1.1.0` unpack to. Needs pillow 13.0.0: another version may round otherwise.
"""

import json
import sys
from pathlib import Path

import numpy
from PIL import Image, __version__

SIDE, COLUMNS = 32, 10

# One word each, the short name in emoji.json; none like another in both styles.
NAMES = {
    "animals": "bee butterfly cat cow crab dog dolphin elephant flamingo frog horse koala ladybug lizard "
    "octopus owl penguin pig poodle rabbit rooster sloth snail turtle",
    "food": "avocado banana carrot coconut croissant cupcake doughnut eggplant hamburger lemon lollipop "
    "mushroom pear pineapple pizza pretzel strawberry taco tomato watermelon",
    "places": "bike boat bus cactus canoe church factory helicopter hotel house rainbow rocket snowman "
    "sunflower tent tractor tulip volcano",
    "objects": "anchor balloon bell camera candle computer crown guitar key kite lock magnet ring "
    "teapot telescope trumpet umbrella watch",
}


def small(file):
    """The picture at 32x32; colours of invisible pixels, which mean nothing, are 0."""
    picture = Image.open(file).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    pixels = numpy.array(picture)
    pixels[pixels[:, :, 3] == 0] = 0
    return Image.fromarray(pixels)


def main(noto, fluent, target):
    assert __version__ == "13.0.0", __version__
    emoji = {e["short_name"]: e for e in json.loads((noto / "emoji.json").read_text())}
    rows = [
        {"name": name, "kind": kind, "code": emoji[name]["unified"].lower()}
        for kind, names in NAMES.items()
        for name in names.split()
    ]
    assert len(rows) == 80
    target.mkdir(parents=True, exist_ok=True)
    for style in ("flat", "glossy"):
        sheet = Image.new("RGBA", (COLUMNS * SIDE, -(-len(rows) // COLUMNS) * SIDE))
        for i, row in enumerate(rows):
            if style == "flat":
                file = noto / "img/google/64" / emoji[row["name"]]["image"]
            else:
                file = fluent / "assets" / (row["code"] + ".webp")
            if not file.exists():  # some leave out the mark "as a picture"
                file = file.with_name(file.name.replace("-fe0f", ""))
            sheet.paste(small(file), (i % COLUMNS * SIDE, i // COLUMNS * SIDE))
        sheet.save(target / f"{style}.png", optimize=True)
    text = "{\"emoji\": [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]}\n"
    (target / "names.json").write_text(text)


if __name__ == "__main__":
    main(*(Path(a) for a in sys.argv[1:]))
