"""Training images as Journey sees FOLDER?size=SIZE&limit=LIMIT: NPY float32 [LIMIT, 1, SIZE, SIZE] in [-1, 1].

Arguments: folder of an IDX data set of square images, size, limit, output file.
"""

import gzip
import sys

import numpy as np

folder, size, limit, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
with gzip.open(folder + "/train-images-idx3-ubyte.gz") as stream:
    header = np.frombuffer(stream.read(16), ">i4")
    side = header[2]
    pixels = np.frombuffer(stream.read(limit * side * side), np.uint8)
pixels = pixels.reshape(limit, side, side).astype(np.float64)
# A new pixel is the mean of the area that it covers.
edges = np.arange(size + 1) * side / size
starts = np.arange(side)
cover = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
cover = np.maximum(cover, 0) * size / side
small = np.einsum("yi,nij,xj->nyx", cover, pixels, cover).astype(np.float32).astype(np.float64)
np.save(out, (small / 127.5 - 1).astype(np.float32)[:, None])
