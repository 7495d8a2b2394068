"""Opens what `journey export` wrote with the tools it is for, and prints what they saw.

    python tools/exports/open.py FOLDER [FORMAT …]

FOLDER holds a directory a format, called like it: scores, fiftyone, arrays, card, croissant, c2pa.
Each format needs its tools (tools/exports/requirements.txt); where one is missing, its line says so.
FiftyOne needs a MongoDB: FIFTYONE_DATABASE_URI names one where its own does not run. Nothing is fetched
or sent.
"""
import importlib.metadata
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).parent


def version(package):
    return package + " " + importlib.metadata.version(package)


def said(tool, what):
    print(f"| {tool} | {what} |", flush=True)


def scores(folder):
    import numpy
    import pandas
    table = pandas.read_parquet(folder / "scores.parquet")
    tall = pandas.read_parquet(folder / "scores-long.parquet")
    names = [name for name in table.columns if "_t" in name and name.startswith("score_")]
    same = all(
        numpy.array_equal(
            table[name].to_numpy(),
            tall[(tall["target"] == int(name.split("_")[1]))
                 & (tall["timestep"] == int(name.split("_t")[1]))]["score"].to_numpy())
        for name in names)
    vectors = numpy.stack(table["embedding"].to_numpy())
    said(version("pandas") + ", " + version("pyarrow"),
         f"{len(table)} images, {len(names)} columns of scores, vectors {vectors.shape};"
         f" {len(tall)} rows of the long table, the same numbers: {same}")
    spotlight(folder, table)


def spotlight(folder, table):
    from renumics import spotlight as tool
    import requests
    os.chdir(folder)
    view = tool.show(
        "scores.parquet", dtype={"image": tool.Image, "embedding": tool.Embedding}, port=5005,
        no_browser=True, wait=False, analyze=False)
    try:
        address = "http://127.0.0.1:5005/api/table/"
        seen = requests.get(address, timeout=60).json()
        kinds = {column["name"]: column["dtype"]["name"] for column in seen["columns"]}
        image = requests.get(
            address + "image/0", params={"generation_id": seen["generation_id"]}, timeout=60)
        said(version("renumics-spotlight"),
             f"{len(kinds)} columns, image as {kinds['image']}, embedding as {kinds['embedding']};"
             f" its server gives image 0, {len(image.content)} bytes: {image.content[1:4].decode()}")
    finally:
        view.close()


def fiftyone(folder):
    import fiftyone as tool
    name = "journey-" + folder.resolve().parent.name + "-" + str(os.getpid())
    data = tool.Dataset.from_dir(
        str(folder), dataset_type=tool.types.FiftyOneDataset, name=name, progress=False)
    first = data.first()
    best = data.sort_by("score_0", reverse=True).first()
    said(version("fiftyone"),
         f"{len(data)} samples of {data.media_type}, {len(data.get_field_schema())} fields; the first"
         f" file is there: {os.path.exists(first.filepath)}; the strongest of target 0 is"
         f" {best.journey_id}, rank {best.rank_0}")


def arrays(folder):
    import numpy
    index = json.loads((folder / "index.json").read_text())
    overall = numpy.load(folder / "scores.npy")
    steps = [numpy.load(folder / file["file"]) for file in index["files"][1:]]
    said(version("numpy"),
         f"{overall.shape} {overall.dtype} over all steps and {len(steps)} of single steps;"
         f" {len(index['train'])} ids")
    try:
        quanda(overall, index)
    except ImportError as missing:
        said("quanda", f"not here: {missing}")


def quanda(overall, index):
    import torch
    from quanda.metrics.downstream_eval import ClassDetectionMetric
    from quanda.metrics.heuristics import TopKCardinalityMetric
    explanations = torch.from_numpy(overall)
    labels = [image["class"] or image["id"].split("-")[1] for image in index["train"]]
    numbers = {name: i for i, name in enumerate(sorted(set(labels)))}
    train = [(torch.zeros(1), numbers[label]) for label in labels]
    model = torch.nn.Identity()
    distinct = TopKCardinalityMetric(model=model, train_dataset=train, top_k=10)
    distinct.update(explanations)
    titles = [target["title"].split(", part")[0] for target in index["targets"]]
    words = [next((word for word in title.split() if word in numbers), labels[0]) for title in titles]
    detection = ClassDetectionMetric(model=model, train_dataset=train)
    detection.update(explanations, test_targets=torch.tensor([numbers[word] for word in words]))
    said(version("quanda"),
         f"TopKCardinalityMetric {distinct.compute()}, ClassDetectionMetric {detection.compute()}")


def card(folder):
    import huggingface_hub
    text = huggingface_hub.ModelCard.load(str(folder / "README.md"))
    said(version("huggingface_hub"),
         f"ModelCard with {json.dumps(text.data.to_dict())}, {len(text.text.splitlines())} lines below")


def croissant(folder):
    import mlcroissant
    data = mlcroissant.Dataset(str(folder / "croissant.json"))
    issues = data.metadata.ctx.issues
    records = list(data.records("images"))
    seen = sum(1 for record in records if record["images/image"] is not None)
    said(version("mlcroissant"),
         f"{len(issues.errors)} errors, {len(records)} records with {len(records[0])} fields, images of"
         f" {seen} opened; recommended and missing:"
         f" {', '.join(sorted(str(w).split(chr(34))[1].rsplit('/', 1)[1] for w in issues.warnings))}")


def c2pa(folder):
    sys.path.insert(0, str(HERE))
    import signing
    picture = sorted(folder.glob("*.png"))[0]
    manifest = json.loads((folder / (picture.name + ".c2pa.json")).read_text())
    signed = signing.sign(manifest, "image/png", picture.read_bytes())
    found = signing.read("image/png", signed)
    active = found["manifests"][found["active_manifest"]]
    made = active["assertions"][0]["data"]["actions"][0]
    said(version("c2pa-python"),
         f"signs {picture.name} with the sidecar as its manifest (a test certificate) and reads it:"
         f" {found['validation_state']}, {made['action']} as"
         f" {made.get('digitalSourceType', '').rsplit('/', 1)[-1]}, {len(active['ingredients'])}"
         f" ingredients, assertions {', '.join(one['label'] for one in active['assertions'])}")


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1]).resolve()
    formats = {one.__name__: one for one in (scores, fiftyone, arrays, card, croissant, c2pa)}
    for name in sys.argv[2:] or formats:
        try:
            formats[name](root / name)
        except ImportError as missing:
            said(name, f"not here: {missing}")
