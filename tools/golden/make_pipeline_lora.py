"""Writes a LoRA of the U-Net and the text encoder of a small Stable Diffusion pipeline, and the latents
that diffusers samples with it.

    python make_pipeline_lora.py NEW_FOLDER PIPELINE_FOLDER

PIPELINE_FOLDER is golden/pipeline, by make_pipeline.py. peft's pairs are put on the attention of both
networks and saved by `save_lora_weights`; the pipeline samples with them, and at half their strength. Float64 on one CPU thread, fixed seeds.

Versions: requirements-lora.txt. README.md beside this file describes the contents.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from diffusers import StableDiffusionPipeline
from make_golden import F64, write_checksums
from make_pipeline import sample
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import save_file

UNET = ["to_q", "to_k", "to_v", "to_out.0"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj"]


def config(targets, rank, alpha):
    return LoraConfig(r=rank, lora_alpha=alpha, target_modules=targets, init_lora_weights=False)


def fields(lora):
    known = lora.to_dict()
    known["target_modules"] = sorted(known["target_modules"])
    return {key: known[key] for key in ("r", "lora_alpha", "target_modules")}


def adapted(model, lora, generator):
    """Puts random pairs on a model, and returns them under the names that they are saved by."""
    inject_adapter_in_model(lora, model)
    pairs = {}
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            values = torch.randn(parameter.shape, generator=generator) * 0.6 * parameter[0].numel() ** -0.5
            parameter.copy_((values * 256).round() / 256)
            pairs[name.replace(".default", "")] = parameter.clone()
    return pairs


def strengthen(model, factor):
    for module in model.modules():
        if hasattr(module, "scaling"):
            module.scaling["default"] *= factor


def main():
    folder, pipeline_folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(78)
    pipeline = StableDiffusionPipeline.from_pretrained(str(pipeline_folder), safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    # transformers' own add_adapter asks for a peft that is not there yet; peft's does the same.
    unet, text = config(UNET, 2, 3), config(TEXT, 2, 1)
    StableDiffusionPipeline.save_lora_weights(
        folder,
        unet_lora_layers=adapted(pipeline.unet, unet, generator),
        text_encoder_lora_layers=adapted(pipeline.text_encoder, text, generator),
        unet_lora_adapter_metadata=fields(unet),
        text_encoder_lora_adapter_metadata=fields(text),
    )
    start = torch.randn((1, 4, 8, 8), generator=generator).to(F64)
    data = {}
    for name, factor in (("", 1.0), ("half.", 0.5)):
        strengthen(pipeline.unet, factor)
        strengthen(pipeline.text_encoder, factor)
        latents, timesteps = sample(pipeline.to(F64), start)
        data["timesteps"] = timesteps
        for i, x in enumerate(latents):
            data[f"{name}latents.{i}"] = x.clone()
    save_file(data, str(folder / "golden.safetensors"))
    write_checksums(folder)


if __name__ == "__main__":
    with torch.no_grad():
        main()
