"""Pickles a batch of CIFAR-10 again as Python 3 does: protocols 0 to 5, keys as bytes and as str, and the
names that numpy 1 and numpy 2 have for the same functions.

Usage: python make_pickles.py CIFAR_FOLDER OUTPUT_FOLDER

CIFAR_FOLDER is what make_cifar.py wrote. Every file is read back by Python's own pickle.
"""

import pickle
import sys
from pathlib import Path

import numpy as np


def dumped(value, protocol, numpy):
    """As pickle.dumps, but for the names."""
    whichmodule = pickle.whichmodule
    if numpy == 1:
        pickle.whichmodule = lambda o, name: whichmodule(o, name).replace("numpy._core", "numpy.core")
    try:
        return (pickle._dumps if numpy == 1 else pickle.dumps)(value, protocol)
    finally:
        pickle.whichmodule = whichmodule


def main(cifar, out):
    for keys in ("bytes", "str"):
        encoding = "bytes" if keys == "bytes" else "latin1"
        for protocol in range(6):
            for numpy in (2,) if keys == "str" else (1, 2):
                folder = out / f"protocol-{protocol}-{keys}-numpy-{numpy}"
                folder.mkdir(parents=True)
                for name in ("data_batch_2", "batches.meta"):
                    published = pickle.loads((cifar / name).read_bytes(), encoding=encoding)
                    data = dumped(published, protocol, numpy)
                    (folder / name).write_bytes(data)
                    again = pickle.loads(data)
                    assert list(again) == list(published)
                    assert all(np.array_equal(again[key], published[key]) for key in again)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
