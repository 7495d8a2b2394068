"""Writes a small CLIP with both of its models and what transformers makes of images and texts by it.

Usage: python make_clip.py OUTPUT_FOLDER TOKENIZER_FOLDER

TOKENIZER_FOLDER is text/words/tokenizer of what make_text.py wrote; it is copied.

Versions: requirements-text.txt; one CPU thread, fixed seeds. README-embeddings.md beside this file
describes the contents.
"""

import hashlib
import json
import math
import os
import shutil
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

SIDE = 16
MEAN = [0.48145466, 0.4578275, 0.40821073]
DEVIATION = [0.26862954, 0.26130258, 0.27577711]

TEXTS = [
    "a cat, flat",
    "A DOG and a cat, glossy",
    "",
    "white",  # spelled in letters
    "a dark blouse that is longer than there is room for",
    "a <|endoftext|> cat",  # the first end counts
]


def random_model():
    text = dict(
        vocab_size=528,
        hidden_size=8,
        intermediate_size=20,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=9,
        bos_token_id=526,
        eos_token_id=527,
        pad_token_id=527,
    )
    vision = dict(
        hidden_size=12,
        intermediate_size=20,
        num_hidden_layers=2,
        num_attention_heads=3,
        image_size=SIDE,
        patch_size=8,
    )
    torch.manual_seed(1)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=6)).eval()
    draw = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=draw) * 0.2)
        model.logit_scale.fill_(math.log(20))
    return model


def main(folder, tokenizer_folder):
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    model = random_model()
    model.save_pretrained(folder)
    for file in sorted(tokenizer_folder.iterdir()):
        shutil.copy(file, folder / file.name)
    preprocessor = {
        "crop_size": {"height": SIDE, "width": SIDE},
        "do_center_crop": True,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": MEAN,
        "image_std": DEVIATION,
        "resample": 3,
        "rescale_factor": 1 / 255,
        "size": {"shortest_edge": SIDE},
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2) + "\n")
    tokenizer = CLIPTokenizer.from_pretrained(tokenizer_folder)
    ids = tokenizer(TEXTS, padding="max_length", truncation=True, return_tensors="pt")["input_ids"]
    draw = torch.Generator().manual_seed(3)
    images = torch.rand(5, 3, SIDE, SIDE, generator=draw)
    images[:, :, : SIDE // 2, SIDE // 3 :] *= torch.rand(5, 3, 1, 1, generator=draw)
    images = (images * 2 - 1).float()
    unit = (images.double() + 1) / 2
    pixels = (unit - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)
    model = model.double()
    with torch.no_grad():
        out = model(input_ids=ids, pixel_values=pixels)
        # Files before transformers 4.31 say 2, and the highest id is pooled: the same token.
        model.text_model.eos_token_id = 2
        assert torch.equal(model(input_ids=ids, pixel_values=pixels).text_embeds, out.text_embeds)
    (folder / "texts.json").write_text(json.dumps({"texts": TEXTS}, indent=2) + "\n")
    save_file(
        {
            "images": images,
            "text_embeds": out.text_embeds.contiguous(),
            "image_embeds": out.image_embeds.contiguous(),
            "logits_per_image": out.logits_per_image.contiguous(),
            "probabilities": out.logits_per_image.softmax(dim=1).contiguous(),
        },
        str(folder / "golden.safetensors"),
    )
    lines = []
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        lines.append(f"{digest}  {file.relative_to(folder).as_posix()}\n")
    (folder / "SHA256SUMS").write_text("".join(lines))


main(Path(sys.argv[1]), Path(sys.argv[2]))
