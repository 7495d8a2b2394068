"""Opens an autoencoder that Journey wrote with diffusers, and compares its numbers.

    python check_autoencoder.py FOLDER GOLDEN

FOLDER is what Autoencoder.writeTo wrote of the model in GOLDEN, a folder such as latent/kl.
"""

import json
import sys
from pathlib import Path

import diffusers
import torch
from safetensors.torch import load_file


@torch.no_grad()
def main(folder, golden):
    name = json.loads((folder / "config.json").read_text())["_class_name"]
    model, info = getattr(diffusers, name).from_pretrained(
        folder, output_loading_info=True
    )
    assert not any(info.values()), info
    model = model.double().eval()
    expected = load_file(golden / "golden.safetensors")
    scaling, shift = model.config.scaling_factor, model.config.shift_factor or 0
    encoded = model.encode(expected["image"])
    mean = encoded.latents if name == "AutoencoderTiny" else encoded.latent_dist.mean
    found = {
        "latent": (mean - shift) * scaling,
        "decoded": model.decode(expected["given"] / scaling + shift).sample,
    }
    for key, numbers in found.items():
        error = (numbers - expected[key]).abs().max() / expected[key].abs().max()
        print(f"{name} {key}: largest difference {error:.1e}")
        assert error < 1e-12


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
