"""Hides frogs among automobiles and horses: the folders of docs/results/hidden-source in colour.

Arguments: a folder with train and test, in each a folder of CIFAR-10's images by class, named by
number; an output folder. Writes mixed (90 automobiles, 90 horses, ten frogs under either name), held
(30 frogs of the test part) and hidden.txt, the ids of the hidden ones.
"""

import os
import shutil
import sys

cifar, out = sys.argv[1:3]
classes = ["automobile", "horse"]
os.makedirs(f"{out}/held")
for name in classes:
    os.makedirs(f"{out}/mixed/{name}")
    for i in range(90):
        shutil.copy(f"{cifar}/train/{name}/{i:04d}.jpg", f"{out}/mixed/{name}")
hidden = []
for i in range(20):
    hidden.append(f"{classes[i % 2]}/frog-{i:04d}.jpg")
    shutil.copy(f"{cifar}/train/frog/{i:04d}.jpg", f"{out}/mixed/{hidden[-1]}")
for i in range(30):
    shutil.copy(f"{cifar}/test/frog/{i:04d}.jpg", f"{out}/held/frog-{i:04d}.jpg")
with open(out + "/hidden.txt", "w") as file:
    file.write("\n".join(sorted(hidden)) + "\n")
