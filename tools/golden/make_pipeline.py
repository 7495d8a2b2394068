"""Writes a small Stable Diffusion pipeline and the latents that diffusers samples with it.

    python make_pipeline.py NEW_FOLDER WORDS_FOLDER

WORDS_FOLDER is golden/text/words: the tokenizer and the text encoder. The U-Net and the autoencoder
have random weights. Everything is computed in float64 on one CPU thread, with fixed seeds.

Versions: requirements-text.txt. README.md beside this file describes the contents.
"""

import json
import os
import shutil
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from transformers import CLIPTextModel, CLIPTokenizer

from make_golden import F64, randomise, write_checksums

PROMPT = "a cat and a dog, flat"
NEGATIVE = "glossy"
GUIDANCE = 7.5
STEPS = 5

# Within ±1 latents would be cut if the pipeline did not turn clip_sample off; diffusers also
# raises steps_offset to 1.
SCHEDULE = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")


def make_pipeline(folder, words):
    generator = torch.Generator().manual_seed(77)
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(4, 8),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        norm_num_groups=2,
        cross_attention_dim=8,
        attention_head_dim=2,
    ).eval()
    vae = AutoencoderKL(block_out_channels=(4,), norm_num_groups=2, latent_channels=4).eval()
    randomise(unet, generator)
    randomise(vae, generator)
    text = CLIPTextModel.from_pretrained(str(words / "text_encoder")).eval()
    tokenizer = CLIPTokenizer.from_pretrained(str(words / "tokenizer"))
    pipeline = StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler(clip_sample=True, steps_offset=0, set_alpha_to_one=False, **SCHEDULE),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(str(folder))
    # Text and tokenizer as they were written, and the scheduler's file as it was before the
    # pipeline changed its settings.
    for part in ("text_encoder", "tokenizer"):
        shutil.rmtree(folder / part)
        shutil.copytree(words / part, folder / part)
    file = folder / "scheduler" / "scheduler_config.json"
    settings = json.loads(file.read_text())
    settings.update(clip_sample=True, steps_offset=0)
    file.write_text(json.dumps(settings, indent=2) + "\n")
    return pipeline, generator


def sample(pipeline, start):
    latents = [start]
    pipeline(
        PROMPT,
        negative_prompt=NEGATIVE,
        guidance_scale=GUIDANCE,
        num_inference_steps=STEPS,
        latents=start.clone(),
        output_type="latent",
        callback_on_step_end=lambda p, i, t, kept: latents.append(kept["latents"].clone()) or kept,
        callback_on_step_end_tensor_inputs=["latents"],
    )
    return latents, pipeline.scheduler.timesteps.to(torch.int64)


def main():
    folder, words = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    pipeline, generator = make_pipeline(folder, words)
    pipeline.set_progress_bar_config(disable=True)
    pipeline = pipeline.to(F64)
    start = torch.randn((1, 4, 8, 8), generator=generator).to(F64)
    latents, timesteps = sample(pipeline, start)
    data = {"timesteps": timesteps}
    for i, x in enumerate(latents):
        data[f"latents.{i}"] = x.contiguous()
    largest = max(x.abs().max().item() for x in latents)
    assert largest > 1.5, "the latents are within ±1: nothing would tell that they are not clipped"
    decoded = pipeline.vae.decode(latents[-1] / pipeline.vae.config.scaling_factor).sample
    data["decoded"] = decoded.detach().contiguous()
    save_file(data, str(folder / "golden.safetensors"))
    write_checksums(folder)


if __name__ == "__main__":
    with torch.no_grad():
        main()
