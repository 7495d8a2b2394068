"""Writes a data set with Croissant as mlcroissant's own classes write it.

    python tools/golden/make_croissant.py dataset/src/test/resources/croissant

Needs mlcroissant 1.1.1, pandas, pyarrow and pillow.
"""
import hashlib
import json
import pathlib
import sys

import mlcroissant as mlc
from PIL import Image

folder = pathlib.Path(sys.argv[1])
(folder / "photos").mkdir(parents=True, exist_ok=True)
rows = ["file,artist,licence,kind"]
for i, (name, artist) in enumerate((("a.png", "Ann"), ("b.png", "Bo, jr"), ("c.png", "Ann"))):
    Image.new("RGB", (4, 4), (60 * i, 100, 255 - 60 * i)).save(folder / "photos" / name)
    rows.append(f'{name},"{artist}",CC-BY-4.0,{"cat" if i else "dog"}')
(folder / "table.csv").write_text("\n".join(rows) + "\n")
digest = hashlib.sha256((folder / "table.csv").read_bytes()).hexdigest()


def column(name, **more):
    return mlc.Field(
        id="photos/" + name, name=name, data_types=mlc.DataType.TEXT,
        source=mlc.Source(file_object="table", extract=mlc.Extract(column=name)), **more)


metadata = mlc.Metadata(
    name="photos", description="Three photographs.", license=["CC-BY-4.0"], url="https://example.org",
    creators=[mlc.Person(name="A collector")],
    distribution=[
        mlc.FileObject(
            id="table", name="table", content_url="table.csv", encoding_formats=["text/csv"],
            sha256=digest),
        mlc.FileSet(id="files", name="files", encoding_formats=["image/png"], includes=["photos/*.png"]),
    ],
    record_sets=[mlc.RecordSet(
        id="photos", name="photos", key="photos/file",
        fields=[
            column("file", references=mlc.Source(
                file_set="files", extract=mlc.Extract(file_property=mlc.FileProperty.filename))),
            column("artist"), column("licence"),
            mlc.Field(
                id="photos/kind", name="kind", data_types=[mlc.DataType.TEXT, "cr:Label"],
                source=mlc.Source(file_object="table", extract=mlc.Extract(column="kind"))),
            mlc.Field(
                id="photos/image", name="image", data_types=mlc.DataType.IMAGE_OBJECT,
                source=mlc.Source(
                    file_set="files", extract=mlc.Extract(file_property=mlc.FileProperty.content))),
        ])])
(folder / "croissant.json").write_text(json.dumps(metadata.to_json()) + "\n")
