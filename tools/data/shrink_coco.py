"""Takes the freely licensed images of an MS COCO folder and makes small ones of them.

Usage: python shrink_coco.py COCO_FOLDER OUTPUT_FOLDER

COCO_FOLDER has train2017/, val2017/ and annotations/captions_*2017.json, whole or in part. Taken are the
images that are there under CC BY or CC BY-SA, with all their captions, word for word. Each image is brought to 128
pixels at its shorter side and saved as JPEG. Needs pillow.
"""

import json
import sys
from pathlib import Path

from PIL import Image

FREE = {4, 5}  # "Attribution License", "Attribution-ShareAlike License"
SIDE, QUALITY = 128, 62


def main(source, target):
    for split in ("train2017", "val2017"):
        name = f"annotations/captions_{split}.json"
        coco = json.loads((source / name).read_text())
        images = [
            i for i in coco["images"] if i["license"] in FREE and (source / split / i["file_name"]).exists()
        ]
        kept = {i["id"] for i in images}
        coco["images"] = images
        coco["annotations"] = [a for a in coco["annotations"] if a["image_id"] in kept]
        coco["licenses"] = [x for x in coco["licenses"] if x["id"] in FREE]
        (target / split).mkdir(parents=True, exist_ok=True)
        (target / "annotations").mkdir(exist_ok=True)
        (target / name).write_text(json.dumps(coco))
        for image in images:
            picture = Image.open(source / split / image["file_name"]).convert("RGB")
            scale = SIDE / min(picture.size)
            size = (round(picture.width * scale), round(picture.height * scale))
            small = picture.resize(size, Image.BICUBIC)
            small.save(target / split / image["file_name"], quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
