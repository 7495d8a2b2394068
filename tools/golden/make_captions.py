"""Writes small data sets with captions, and the captions that the datasets library reads in them.

Usage: python make_captions.py OUTPUT_FOLDER

Texts are written by hand, pictures have one pixel. captions.json tells of each set the captions of every picture, by
its path or row, as the library gives them; lists stay lists, and what is missing is null. Needs datasets, pyarrow and
pillow (requirements-captions.txt); nothing is fetched.
"""

import io
import json
import os
import sys
import tarfile
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

TEXTS = [
    "A brown dog, asleep on a sofa.",
    'a sign that says "STOP"',
    " two blanks around \n",
    "two lines\nof text",
    "un café près de l'eau – 東京 🌊",
    "A brown dog, asleep on a sofa.",
]


def png(i):
    out = io.BytesIO()
    Image.new("RGB", (1, 1), (40 * i, 20, 10)).save(out, "PNG")
    return out.getvalue()


def save(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def folder(where, column, **options):
    """The captions of an image folder, by path."""
    with tempfile.TemporaryDirectory() as cache:
        found = datasets.load_dataset("imagefolder", data_dir=str(where), cache_dir=cache, **options)
        answer = {}
        for rows in found.values():
            for row in rows.cast_column("image", datasets.Image(decode=False)):
                answer[os.path.relpath(row["image"]["path"], where)] = row[column]
        return answer


def make_jsonl(root):
    for i, name in enumerate(["x/a.png", "x/b.png", "deep/c.png", "deep/d.png", "x/e.png"]):
        save(root / name, png(i))
    rows = [("deep/d.png", 3), ("x/a.png", 0), ("x/e.png", 4), ("x/b.png", 1), ("deep/c.png", 2)]
    save(root / "metadata.jsonl", lines({"file_name": name, "text": TEXTS[i], "n": i} for name, i in rows))
    return folder(root, "text")


def make_lists(root):
    for i in range(3):
        save(root / f"{i}.png", png(i))
    rows = [{"file_name": f"{i}.png", "captions": TEXTS[: i + 1]} for i in range(3)]
    save(root / "metadata.jsonl", lines(rows))
    return folder(root, "captions")


def make_parts(root):
    for part in ("train", "test"):
        for i in range(2):
            save(root / part / f"{i}.png", png(i))
        rows = [{"file_name": f"{i}.png", "caption": f"{part} {TEXTS[i]}"} for i in range(2)]
        save(root / part / "metadata.jsonl", lines(rows))
    return folder(root, "caption")


def make_csv(root):
    for i in range(5):
        save(root / f"{i}.png", png(i))
    quoted = [f'{i}.png,"{TEXTS[i].replace(chr(34), 2 * chr(34))}",{i}\n' for i in (4, 0, 3, 1, 2)]
    save(root / "metadata.csv", "file_name,caption,n\n" + "".join(quoted))
    return folder(root, "caption")


def make_tar(root):
    root.mkdir()
    shard = root / "shard-0000.tar"
    with tarfile.open(shard, "w", format=tarfile.USTAR_FORMAT) as tar:
        for i in range(5):
            caption = {"txt": TEXTS[i].encode(), "json": json.dumps({"caption": TEXTS[i], "n": i}).encode()}
            for ending, content in {"png": png(i), **caption}.items():
                entry = tarfile.TarInfo(f"{i:03}.{ending}")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    with tempfile.TemporaryDirectory() as cache:
        rows = datasets.load_dataset("webdataset", data_files=[str(shard)], cache_dir=cache, split="train")
        rows = rows.remove_columns("png")
        assert all(row["txt"] == row["json"]["caption"] for row in rows)
        return {row["__key__"] + ".png": row["txt"] for row in rows}


def table(file, column):
    """The captions of a Parquet file, by row."""
    with tempfile.TemporaryDirectory() as cache:
        rows = datasets.load_dataset("parquet", data_files=[str(file)], cache_dir=cache, split="train")
        return {f"{file.stem}/{i:05}": value for i, value in enumerate(rows[column])}


def make_text(root):
    features = datasets.Features({"image": datasets.Image(), "text": datasets.Value("string")})
    rows = {"image": [{"bytes": png(i), "path": None} for i in range(6)], "text": TEXTS[:5] + [None]}
    root.mkdir()
    datasets.Dataset.from_dict(rows, features=features).to_parquet(root / "text.parquet")
    return table(root / "text.parquet", "text")


LISTS = [TEXTS[:2], [], None, [TEXTS[4]], [TEXTS[0], None, TEXTS[1]], TEXTS, [TEXTS[3]] * 40, ["last"]]


def make_repeated(root):
    root.mkdir()
    rows = {"image": [png(i % 6) for i in range(len(LISTS))], "captions": LISTS}
    ways = {
        "plain": dict(compression="none", use_dictionary=False),
        "dictionary": dict(compression="snappy"),
        "v2": dict(compression="zstd", data_page_version="2.0"),
        "small-pages": dict(data_page_size=1, write_batch_size=2, use_dictionary=False),
        "small-pages-v2": dict(data_page_size=1, write_batch_size=2, data_page_version="2.0"),
        "groups": dict(row_group_size=3, use_compliant_nested_type=False),
    }
    answer = {}
    for name, options in ways.items():
        pq.write_table(pa.table(rows), root / f"{name}.parquet", **options)
        answer.update(table(root / f"{name}.parquet", "captions"))
    return answer


def make_sentences(root):
    """As some sets have them: a list of structures."""
    root.mkdir()
    said = [[{"raw": text, "sentid": i} for i, text in enumerate(TEXTS[: n + 1])] for n in range(3)]
    pq.write_table(pa.table({"image": [png(i) for i in range(3)], "sentences": said}), root / "sentences.parquet")
    answer = table(root / "sentences.parquet", "sentences")
    return {row: [sentence["raw"] for sentence in sentences] for row, sentences in answer.items()}


def main(root):
    root.mkdir(parents=True)
    sets = {
        "jsonl": make_jsonl,
        "lists": make_lists,
        "parts": make_parts,
        "csv": make_csv,
        "tar": make_tar,
        "text": make_text,
        "repeated": make_repeated,
        "sentences": make_sentences,
    }
    answers = {name: make(root / name) for name, make in sets.items()}
    text = json.dumps({"datasets": datasets.__version__, "sets": answers}, ensure_ascii=False, indent=1)
    (root / "captions.json").write_text(text + "\n")


if __name__ == "__main__":
    datasets.disable_progress_bars()
    main(Path(sys.argv[1]))
