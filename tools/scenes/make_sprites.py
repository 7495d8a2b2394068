"""Makes data/scenes: small pictures of things in two styles, from two sets of emoji.

    npm pack emoji-datasource-google@16.0.0 @lobehub/fluent-emoji-3d@1.1.0
    mkdir noto fluent
    tar xzf emoji-datasource-google-16.0.0.tgz -C noto
    tar xzf lobehub-fluent-emoji-3d-1.1.0.tgz -C fluent
    python make_sprites.py noto/package fluent/package ../../data/scenes

Needs Pillow 13.0.0. Each sheet is a grid of 8 columns of cells of 32×32 pixels, with alpha, in the order of words.json.
"""

import json
import sys
from pathlib import Path

from PIL import Image

CELL, SIDE, COLUMNS = 32, 30, 8
WORDS = """airplane ambulance anchor automobile avocado banana bat bed bell bicycle books bread broccoli bus butterfly
cactus camera candle carrot cat chair cherries chicken church cookie cow crab crocodile croissant crown dog dolphin
doughnut dress duck egg elephant fish flamingo grapes guitar hamburger hammer helicopter horse key koala lemon lizard
lobster lock motorcycle mushroom octopus owl pear penguin pig pineapple rabbit rocket rose sailboat shark sheep snail
snowman spider strawberry sunflower taco tent tiger tomato tractor turtle umbrella violin volcano whale""".split()
RESERVE = "accordion dragon eagle gorilla hedgehog jellyfish teapot trumpet".split()


def unified(noto):
    found = {}
    for emoji in json.loads((noto / "emoji.json").read_text()):
        name = (emoji["name"] or "").lower()
        if name in WORDS + RESERVE and emoji["category"] != "Flags":
            found.setdefault(name, emoji)
    return found


def sprite(path):
    picture = Image.open(path).convert("RGBA")
    picture.thumbnail((SIDE, SIDE), Image.LANCZOS) if picture.size[0] > SIDE else None
    cell = Image.new("RGBA", (CELL, CELL), (0, 0, 0, 0))
    cell.paste(picture, ((CELL - picture.size[0]) // 2, (CELL - picture.size[1]) // 2))
    return cell


def main(noto, fluent, out):
    emoji = unified(noto)
    words = WORDS + RESERVE
    assert len(WORDS) == 80 and sorted(emoji) == sorted(words), set(words) - set(emoji)
    rows = -(-len(words) // COLUMNS)
    for style in ("flat", "glossy"):
        sheet = Image.new("RGBA", (COLUMNS * CELL, rows * CELL), (0, 0, 0, 0))
        for place, word in enumerate(words):
            one = emoji[word]
            path = (
                noto / "img/google/64" / one["image"]
                if style == "flat"
                else fluent / "assets" / (one["unified"].lower() + ".webp")
            )
            sheet.paste(sprite(path), (place % COLUMNS * CELL, place // COLUMNS * CELL))
        sheet.save(out / f"{style}.png", optimize=True)
    text = {"words": WORDS, "reserve": RESERVE}
    (out / "words.json").write_text(json.dumps(text, indent=1) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
