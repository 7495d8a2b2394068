"""Writes reference ("golden") data for the UNet and the DDPM scheduler.

Usage: python make_golden.py OUTPUT_FOLDER

Everything runs on one CPU thread from fixed seeds, so that the same versions
(requirements.txt) on the same kind of machine give the same bytes. The folder
README.md beside this file describes the contents.
"""

import argparse
import hashlib
import json
import math
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from diffusers import DDPMScheduler, UNet2DModel
from diffusers.schedulers import scheduling_ddpm
from make_schedulers import make_schedulers
from safetensors.torch import save_file

F64 = torch.float64

# name -> (seed, the two timesteps, UNet2DModel options)
UNETS = {
    "small": (
        101,
        (3, 640),
        dict(
            sample_size=16,
            in_channels=1,
            out_channels=1,
            layers_per_block=1,
            block_out_channels=(8, 16),
            down_block_types=("DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D"),
            norm_num_groups=4,
            attention_head_dim=8,
        ),
    ),
    "three": (
        202,
        (17, 981),
        dict(
            sample_size=12,
            in_channels=3,
            out_channels=3,
            layers_per_block=2,
            block_out_channels=(4, 8, 8),
            down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
            norm_num_groups=2,
            attention_head_dim=4,
        ),
    ),
    "cifar-like": (
        303,
        (0, 999),
        dict(
            sample_size=16,
            in_channels=3,
            out_channels=3,
            center_input_sample=False,
            time_embedding_type="positional",
            freq_shift=1,
            flip_sin_to_cos=False,
            down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
            block_out_channels=(4, 6, 6, 6),
            layers_per_block=2,
            mid_block_scale_factor=1,
            downsample_padding=0,
            act_fn="silu",
            attention_head_dim=None,
            norm_num_groups=2,
            norm_eps=1e-6,
            resnet_time_scale_shift="default",
        ),
    ),
}


def randomise(model, generator):
    """Gives every parameter a value of its own; none stays at an initial 0 or 1."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape, generator=generator)
            if name.endswith(".bias"):
                values = 0.2 * values
            elif parameter.dim() == 1:  # scale of a group norm
                values = 1.1 + 0.25 * values
            else:
                fan_in = parameter[0].numel()
                values = values * (1.3 / math.sqrt(fan_in))
            parameter.copy_(values)
            assert not ((parameter == 0) | (parameter == 1)).any(), name


def exact_time_features(steps, config):
    """The sinusoidal features without any single-precision rounding."""
    half = config.block_out_channels[0] // 2
    index = torch.arange(half, dtype=F64)
    frequency = torch.exp(index * (-math.log(10000.0) / (half - config.freq_shift)))
    angle = steps.to(F64)[:, None] * frequency
    parts = (angle.cos(), angle.sin()) if config.flip_sin_to_cos else (angle.sin(), angle.cos())
    return torch.cat(parts, dim=1)


def run_unet(model, sample, steps, noise):
    """Prediction, loss, gradients and time embeddings of one pass in float64."""
    seen = {}
    hooks = [
        model.time_proj.register_forward_hook(lambda m, i, o: seen.__setitem__("time_proj", o.detach().to(F64))),
        model.time_embedding.register_forward_hook(lambda m, i, o: seen.__setitem__("time_embedding", o.detach())),
    ]
    model.zero_grad()
    output = model(sample, steps).sample
    loss = (noise - output).square().mean()
    loss.backward()
    for hook in hooks:
        hook.remove()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters()}
    return output.detach(), loss.detach().reshape(1), gradients, seen


def make_unet(folder, seed, steps, options):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = UNet2DModel(**options).eval()
    randomise(model, generator)
    model.save_pretrained(str(folder), safe_serialization=True)

    # From here on float64 with exactly the stored float32 weights.
    model = model.double()
    shape = (2, options["in_channels"], options["sample_size"], options["sample_size"])
    sample = torch.randn(shape, generator=generator).to(F64)
    noise = torch.randn(shape, generator=generator).to(F64)
    steps = torch.tensor(steps, dtype=torch.int64)

    output, loss, gradients, seen = run_unet(model, sample, steps, noise)
    data = {
        "sample": sample,
        "timestep": steps,
        "noise": noise,
        "output": output,
        "loss": loss,
        "time_proj": seen["time_proj"],
        "time_embedding": seen["time_embedding"],
    }
    data.update({"grad." + name: value for name, value in gradients.items()})

    # The library takes the sine and cosine in float32 even in a float64 model.
    # A second pass replaces just that by the exact features.
    exact = exact_time_features(steps, model.config)
    hook = model.time_proj.register_forward_hook(lambda m, i, o: exact)
    output, loss, _, seen = run_unet(model, sample, steps, noise)
    hook.remove()
    data["time_proj.exact"] = exact
    data["time_embedding.exact"] = seen["time_embedding"]
    data["output.exact"] = output
    data["loss.exact"] = loss
    write_tensors(data, folder / "golden.safetensors")


class GivenNoise:
    """Stands in for the scheduler's noise source and hands out prepared noise."""

    def __init__(self, noise):
        self.noise = noise
        self.used = 0

    def __call__(self, shape, generator=None, device=None, dtype=None, layout=None):
        value = self.noise[self.used]
        assert tuple(shape) == tuple(value.shape) and dtype == value.dtype
        self.used += 1
        return value


def run_scheduler(start, noise, clip, exact_table):
    scheduler = DDPMScheduler(**scheduler_options(clip))
    if exact_table is not None:
        scheduler.alphas_cumprod = exact_table
        scheduler.one = torch.tensor(1.0, dtype=F64)
    scheduler.set_timesteps(len(noise))
    source = GivenNoise(noise)
    original = scheduling_ddpm.randn_tensor
    scheduling_ddpm.randn_tensor = source
    try:
        states, predicted, x = [start], [], start
        for t in scheduler.timesteps:
            eps = 0.3 * x + 0.1 * math.sin(int(t))
            result = scheduler.step(eps, t, x)
            x = result.prev_sample
            states.append(x)
            predicted.append(result.pred_original_sample)
    finally:
        scheduling_ddpm.randn_tensor = original
    assert source.used == len(noise) - 1  # the step at t=0 adds no noise
    return torch.stack(states), torch.stack(predicted)


def scheduler_options(clip):
    return dict(
        num_train_timesteps=1000,
        beta_start=1e-4,
        beta_end=0.02,
        beta_schedule="linear",
        variance_type="fixed_small",
        clip_sample=clip,
        prediction_type="epsilon",
        timestep_spacing="leading",
    )


def make_ddpm(folder):
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(404)

    def randn(*shape):
        return torch.randn(shape, generator=generator).to(F64)

    scheduler = DDPMScheduler(**scheduler_options(True))
    scheduler.save_pretrained(str(folder))
    table = torch.cumprod(1.0 - torch.linspace(1e-4, 0.02, 1000, dtype=F64), dim=0)
    data = {
        "alphas_cumprod": scheduler.alphas_cumprod.to(F64),
        "alphas_cumprod_float64": table,
    }
    for count in (10, 50):
        scheduler.set_timesteps(count)
        data[f"timesteps_{count}"] = scheduler.timesteps.clone()

    start, noise = randn(2, 1, 4, 4), randn(10, 2, 1, 4, 4)
    data.update(start=start, noise=noise)
    for clip in (True, False):
        for exact in (False, True):
            suffix = ("" if clip else "_noclip") + ("_float64" if exact else "")
            x, predicted = run_scheduler(start, noise, clip, table if exact else None)
            data["x" + suffix] = x
            data["pred_original" + suffix] = predicted

    x0, eps = randn(4, 1, 4, 4).clamp(-1, 1), randn(4, 1, 4, 4)
    steps = torch.tensor([0, 1, 500, 999], dtype=torch.int64)
    data["add_noise.x0"] = x0
    data["add_noise.noise"] = eps
    data["add_noise.timesteps"] = steps
    data["add_noise.result"] = scheduler.add_noise(x0, eps, steps)
    scheduler.alphas_cumprod = table
    data["add_noise.result_float64"] = scheduler.add_noise(x0, eps, steps)
    write_tensors(data, folder / "golden.safetensors")


def write_tensors(data, path):
    save_file({name: value.contiguous() for name, value in data.items()}, str(path))


def write_checksums(folder):
    lines = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{digest}  {path.relative_to(folder).as_posix()}\n")
    (folder / "SHA256SUMS").write_text("".join(lines))


def main():
    parser = argparse.ArgumentParser(description="Write the golden test data.")
    parser.add_argument("output", type=Path)
    output = parser.parse_args().output
    if output.exists() and any(output.iterdir()):
        sys.exit("the output folder is not empty")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    output.mkdir(parents=True, exist_ok=True)
    for name, (seed, steps, options) in UNETS.items():
        make_unet(output / f"unet-{name}", seed, steps, options)
    make_ddpm(output / "ddpm")
    make_schedulers(output, exact_time_features)
    for path in output.rglob("*.json"):
        json.loads(path.read_text())
    write_checksums(output)


if __name__ == "__main__":
    main()
