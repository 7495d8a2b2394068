"""Writes small Parquet and WebP files as Python libraries make them, and the pixels they hold.

Usage: python make_parquet.py OUTPUT_FOLDER

The pictures are arithmetic, nobody's photographs. Needs datasets, pyarrow and pillow
(requirements-parquet.txt); the Java tests need only the files.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, Image, Value
from PIL import Image as Pillow

COUNT, SIDE = 6, 5


def picture(i):
    """The i-th picture, [SIDE, SIDE, 3], uint8."""
    y, x, c = np.mgrid[0:SIDE, 0:SIDE, 0:3]
    return ((37 * i + 11 * y + 23 * x + 71 * c) % 256).astype(np.uint8)


def png(i):
    out = io.BytesIO()
    Pillow.fromarray(picture(i)).save(out, "PNG")
    return out.getvalue()


def main(folder):
    folder.mkdir(parents=True)
    labels = [i % 3 for i in range(COUNT)]
    names = ["cat", "dog", "eel"]

    # As a data set comes from the Hugging Face Hub: two shards written by its library.
    features = Features({"img": Image(), "label": ClassLabel(names=names), "note": Value("string")})
    hub = Dataset.from_dict(
        {
            "img": [{"bytes": png(i), "path": f"{i}.png"} for i in range(COUNT)],
            "label": labels,
            "note": [f"number {i}" for i in range(COUNT)],
        },
        features=features,
    )
    (folder / "hub" / "data").mkdir(parents=True)
    for shard in range(2):
        part = hub.select(range(3 * shard, 3 * shard + 3))
        part.to_parquet(folder / "hub" / "data" / f"train-{shard:05d}-of-00002.parquet")
    hub.select(range(1)).to_parquet(folder / "hub" / "data" / "test-00000-of-00001.parquet")

    # Plain pyarrow, no notes: bytes and whole numbers, in every way of storing them.
    plain = pa.table({"picture": [png(i) for i in range(COUNT)], "label": pa.array(labels)})
    ways = {
        "none": dict(compression="none", use_dictionary=False),
        "snappy": dict(compression="snappy"),
        "gzip": dict(compression="gzip", row_group_size=2),
        "zstd-v2": dict(compression="zstd", data_page_version="2.0", row_group_size=4),
        "lz4": dict(compression="lz4", data_page_size=1, write_batch_size=1, use_dictionary=False),
        "delta": dict(
            use_dictionary=False,
            column_encoding={"picture": "DELTA_LENGTH_BYTE_ARRAY", "label": "DELTA_BINARY_PACKED"},
        ),
        "brotli": dict(compression="brotli"),
    }
    (folder / "plain").mkdir()
    for name, options in ways.items():
        pq.write_table(plain, folder / "plain" / f"{name}.parquet", **options)

    # Classes in words, one missing; a picture that is not there; two columns of bytes.
    words = pa.table(
        {"image": [png(0), png(1), png(2)], "label": pa.array(["owl", None, "ant"], pa.string())}
    )
    pq.write_table(words, folder / "words.parquet")
    # Columns of numbers, some of them missing.
    numbers = pa.table(
        {
            "image": [png(0), png(1), png(2)],
            "year": pa.array([1990, None, -3], pa.int32()),
            "share": pa.array([0.5, 1e300, None], pa.float64()),
            "weight": pa.array([0.25, 0.25, 4.0], pa.float32()),
            "free": pa.array([True, None, False], pa.bool_()),
        }
    )
    pq.write_table(numbers, folder / "numbers.parquet", compression="gzip")
    gap = pa.table({"image": pa.array([png(0), None], pa.binary())})
    pq.write_table(gap, folder / "gap.parquet")
    two = pa.table({"image": [png(0), png(1)], "mask": [png(2), png(3)], "label": [0, 1]})
    pq.write_table(two, folder / "two.parquet")
    pq.write_table(pa.table({"text": ["a", "b"], "n": [1, 2]}), folder / "no-images.parquet")
    # No rows: in a group of its own, and in no group at all.
    with pq.ParquetWriter(folder / "no-rows.parquet", two.schema) as writer:
        writer.write_table(two.slice(0, 0))
    with pq.ParquetWriter(folder / "no-groups.parquet", two.schema):
        pass

    # WebP as Pillow writes it.
    Pillow.fromarray(picture(1)).save(folder / "lossless.webp", lossless=True, exact=True)
    Pillow.new("RGB", (16, 16), (200, 100, 50)).save(folder / "lossy.webp", quality=95)

    pixels = [picture(i).transpose(2, 0, 1).reshape(-1).tolist() for i in range(COUNT)]
    (folder / "pixels.json").write_text(json.dumps({"pixels": pixels, "labels": labels}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
