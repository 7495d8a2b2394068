"""Asks datasets which parts and classes it finds in folders of pictures.

Usage: python make_folders.py OUTPUT_FILE

The paths of each tree are written by hand or drawn from a named seed; the pictures have one pixel. Of a
tree the file tells the classes in order, and for each part the class of each path, null where it has none.
Needs datasets and pillow (requirements-parquet.txt); nothing is fetched.
"""

import json
import os
import random
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import datasets
from PIL import Image

WRITTEN = [
    "a.png b.png",
    "cats/a.png dogs/b.png",
    "cats/a.png cats/b.png",
    "cats/tom.png cats/2021/kit.png dogs/rex.png",
    "a/b/c.png a/d/e.png",
    "animals/cat/a.png things/cup/b.png",
    "animals/cat/a.png things/cat/b.png things/cup/c.png",
    "animals/cat/a.png things/cat/b.png",
    "x/y/a.png x/b.png",
    "x/y/z/a.png x/y/w/b.png",
    "train/cat/a.png train/dog/b.png test/cat/c.png",
    "train/cat/a.png train/dog/b.png test/eel/c.png",
    "train/cat/a.png train/eel/b.png val/dog/c.png test/ant/d.png",
    "train/big/cat/a.png train/small/cat/b.png train/small/dog/c.png test/big/dog/d.png",
    "train/cat/a.png train/dog/x/b.png",
    "train/cat/a.png train/dog/b.png test/dog/old/c.png",
    "train/cat/a.png train/dog/b.png test/c.png",
    "data/train/cat/a.png data/train/dog/b.png data/test/dog/c.png",
    "data/train/a.png data/train/b.png",
]


def drawn(seed):
    """A tree in which no picture lies beside class folders, and in parts the first has two classes."""
    dice = random.Random(seed)
    words = ["ant", "bee", "cat", "Dog", "eel", "ä", "10", "9"]
    paths = []
    uneven = dice.random() < 0.3
    for part in dice.choice([[""], ["train/", "test/"], ["set/train/", "set/val/"]]):
        depth = dice.randint(1, 3) if uneven else 1 + seed % 3
        last = dice.sample(words, dice.randint(2, 3))
        for i in range(dice.randint(3, 5)):
            folders = [dice.choice(words[:3]) for _ in range(depth - 1)] + [last[i % len(last)]]
            paths.append(f"{part}{'/'.join(folders)}/{i}.png")
    return " ".join(paths)


def answer(tree):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        for path in tree.split():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (1, 1)).save(file)
        found = datasets.load_dataset("imagefolder", data_dir=folder, cache_dir=cache)
        parts, names = {}, []
        for part, rows in found.items():
            label = rows.features.get("label")
            names = label.names if label else []
            rows = rows.cast_column("image", datasets.Image(decode=False))
            parts[part] = {
                os.path.relpath(row["image"]["path"], folder): None if label is None else names[row["label"]]
                for row in rows
            }
        assert sum(map(len, parts.values())) == len(tree.split()), tree
        return {"paths": tree.split(), "classes": names, "parts": parts}


if __name__ == "__main__":
    datasets.disable_progress_bars()
    trees = WRITTEN + [drawn(seed) for seed in range(40)]
    answers = [answer(tree) for tree in dict.fromkeys(trees)]
    text = ",\n".join(json.dumps(a, ensure_ascii=False) for a in answers)
    Path(sys.argv[1]).write_text('{"datasets": "%s", "trees": [\n%s\n]}\n' % (datasets.__version__, text))
