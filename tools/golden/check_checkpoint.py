"""Opens a checkpoint of Journey's in diffusers and compares what both predict.

Usage: python check_checkpoint.py CHECKPOINT [TRAJECTORIES]

CHECKPOINT is a pipeline folder that `journey train` or `journey export` wrote, TRAJECTORIES a file
of `journey sample` from it. At every step of every image the model of diffusers is given Journey's
x_t; what it predicts is compared with what Journey's x̂0 says Journey predicted. Ends with status 1
if a number differs by more than float32 rounding explains.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from diffusers import DiffusionPipeline, UNet2DModel
from safetensors import safe_open

# Of a prediction, whose numbers are about 1: a U-Net in float32 with its sums in another order.
TOLERANCE = 2e-5
# Of the same where x̂0 itself is rounded to float32 on disk.
ROUNDING = 2.0**-23


def open_checkpoint(folder):
    unet, info = UNet2DModel.from_pretrained(folder, subfolder="unet", output_loading_info=True)
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
        if info[problem]:
            sys.exit(f"{problem}: {info[problem]}")
    pipeline = DiffusionPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    pipeline(batch_size=1, num_inference_steps=2, output_type="np")
    print(f"{type(pipeline).__name__}, {sum(p.numel() for p in unet.parameters())} parameters, opens and draws")
    return unet.float().eval(), pipeline.scheduler


def prediction_of(x0, xt, alpha_bar, kind):
    """What the model must have predicted for x̂0 to come out, and how much a change of x̂0 changes it."""
    signal, sigma = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    noise = (xt - signal * x0) / sigma
    if kind == "epsilon":
        return noise, signal / sigma
    if kind == "sample":
        return x0, 1.0
    return signal * noise - sigma * x0, 1 / sigma  # v_prediction


def compare(unet, scheduler, file):
    kind = scheduler.config.prediction_type
    # The scheduler's own table is float32, where 1 - alpha_bar of the first step has four digits.
    table = torch.cumprod(1 - scheduler.betas.double(), dim=0)
    worst = 0.0
    with safe_open(file, "pt") as tensors:
        steps = tensors.get_tensor("timesteps")
        xt, x0 = tensors.get_tensor("xt"), tensors.get_tensor("x0")
    for s, t in enumerate(steps):
        with torch.no_grad():
            predicted = unet(xt[:, s], t).sample.double()
        alpha_bar = table[t]
        found, change = prediction_of(x0[:, s].double(), xt[:, s].double(), alpha_bar, kind)
        slack = ROUNDING * x0[:, s].abs().double() * change
        worst = max(worst, float(((found - predicted).abs() - slack).max()))
    print(f"{len(steps)} steps of {xt.shape[0]} images, {kind}: largest difference {worst:.1e} (at most {TOLERANCE:.0e})")
    if not worst <= TOLERANCE:
        sys.exit("the predictions differ")


def main():
    parser = argparse.ArgumentParser(description="Compare a checkpoint of Journey's with diffusers.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("trajectories", type=Path, nargs="?")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    unet, scheduler = open_checkpoint(arguments.checkpoint)
    if arguments.trajectories:
        compare(unet, scheduler, arguments.trajectories)


if __name__ == "__main__":
    main()
