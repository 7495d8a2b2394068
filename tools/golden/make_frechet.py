"""Writes sets of vectors and their Fréchet distances as scipy's matrix root gives them.

Usage: python make_frechet.py OUTPUT_FILE

numpy 2.4.6, scipy 1.17.1 and safetensors 0.8.0 (requirements-embeddings.txt), fixed seeds.
"""

import sys

import numpy
import scipy.linalg
from safetensors.numpy import save_file


def distance(first, second):
    first, second = first.astype(numpy.float64), second.astype(numpy.float64)
    between = first.mean(0) - second.mean(0)
    a, b = numpy.cov(first, rowvar=False), numpy.cov(second, rowvar=False)
    root = scipy.linalg.sqrtm(a @ b)
    return between @ between + numpy.trace(a + b - 2 * root.real)


def main(path):
    draw = numpy.random.default_rng(2017)
    tensors = {}
    # More vectors than numbers, fewer, and one set of each kind.
    for name, dim, counts in (("many", 16, (90, 70)), ("few", 24, (9, 7)), ("mixed", 12, (60, 8))):
        sets = []
        for part, count in zip("ab", counts):
            mixing = draw.normal(size=(dim, dim)) / dim**0.5
            vectors = draw.normal(size=(count, dim)) @ mixing + 0.3 * draw.normal(size=dim)
            sets.append(vectors.astype(numpy.float32))
            tensors[f"{name}.{part}"] = sets[-1]
        tensors[f"{name}.distance"] = numpy.array([distance(*sets)])
    save_file(tensors, path)


main(sys.argv[1])
