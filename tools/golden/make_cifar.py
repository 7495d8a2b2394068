"""Writes small files as CIFAR-10 and CIFAR-100 are published: for Python, and the same set in binary.

Usage: python make_cifar.py OUTPUT_FOLDER

The published files for Python were pickled by Python 2 (protocol 2, cPickle): dictionaries of byte
strings, lists and a numpy array. Python 3 writes other instructions, so they are written here one by
one; every file is read back by Python's own pickle and numpy. The pictures are arithmetic.
"""

import pickle
import struct
import sys
from pathlib import Path

import numpy as np


def text(value):
    data = value.encode()
    return b"U" + bytes([len(data)]) + data  # SHORT_BINSTRING


def number(value):
    return b"K" + bytes([value]) if value < 256 else b"M" + struct.pack("<H", value)


def listing(values, one):
    return b"](" + b"".join(one(v) for v in values) + b"e"


def array(values):
    """uint8, [N, 3072], as numpy reduces it."""
    shape = number(values.shape[0]) + number(values.shape[1]) + b"\x86"
    kind = b"cnumpy\ndtype\n" + text("u1") + number(0) + number(1) + b"\x87R"
    kind += b"(" + number(3) + text("|") + b"NNN" + b"J\xff\xff\xff\xff" * 2 + number(0) + b"tb"
    data = values.tobytes()
    made = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + number(0) + b"\x85"
    made += text("b") + b"\x87R"
    # T is BINSTRING
    return made + b"(" + number(1) + shape + kind + b"\x89T" + struct.pack("<i", len(data)) + data + b"tb"


def write(path, entries):
    body = b"".join(text(name) + value for name, value in entries)
    path.write_bytes(b"\x80\x02}q\x01(" + body + b"u.")
    return pickle.loads(path.read_bytes(), encoding="bytes")


def pictures(count, seed):
    n = np.arange(count * 3072, dtype=np.int64)
    return ((n * 37 + n // 1024 * 11 + seed) % 256).astype(np.uint8).reshape(count, 3072)


def main(folder):
    ten, hundred = folder / "cifar-10-batches", folder / "cifar-100"
    for path in (ten, hundred):
        (path / "python").mkdir(parents=True)
        (path / "binary").mkdir()
    names = [f"class {i}" for i in range(10)]
    write(
        ten / "python" / "batches.meta",
        [
            ("num_cases_per_batch", number(10000)),
            ("label_names", listing(names, text)),
            ("num_vis", number(3072)),
        ],
    )
    (ten / "binary" / "batches.meta.txt").write_text("\n".join(names) + "\n\n")
    for seed, (name, labels) in enumerate([("data_batch_1", [6, 9]), ("data_batch_2", [0]), ("test_batch", [3])]):
        data = pictures(len(labels), seed)
        read = write(
            ten / "python" / name,
            [
                ("batch_label", text(f"batch {seed}")),
                ("labels", listing(labels, number)),
                ("data", array(data)),
                ("filenames", listing([f"{i}.png" for i in range(len(labels))], text)),
            ],
        )
        assert (read[b"data"] == data).all() and read[b"labels"] == labels
        records = b"".join(bytes([label]) + row.tobytes() for label, row in zip(labels, data))
        (ten / "binary" / f"{name}.bin").write_bytes(records)

    fine, coarse = [f"fine {i}" for i in range(100)], [f"coarse {i}" for i in range(20)]
    write(
        hundred / "python" / "meta",
        [("fine_label_names", listing(fine, text)), ("coarse_label_names", listing(coarse, text))],
    )
    (hundred / "binary" / "fine_label_names.txt").write_text("\n".join(fine) + "\n")
    (hundred / "binary" / "coarse_label_names.txt").write_text("\n".join(coarse) + "\n")
    for seed, (name, labels) in enumerate([("train", [(19, 99), (4, 30)]), ("test", [(0, 1)])]):
        data = pictures(len(labels), 7 + seed)
        read = write(
            hundred / "python" / name,
            [
                ("filenames", listing([f"{i}.png" for i in range(len(labels))], text)),
                ("batch_label", text("a batch")),
                ("fine_labels", listing([f for _, f in labels], number)),
                ("coarse_labels", listing([c for c, _ in labels], number)),
                ("data", array(data)),
            ],
        )
        assert (read[b"data"] == data).all() and len(read[b"fine_labels"]) == len(labels)
        records = b"".join(bytes(pair) + row.tobytes() for pair, row in zip(labels, data))
        (hundred / "binary" / f"{name}.bin").write_bytes(records)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
