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
from make_solvers import make_solvers
from safetensors.torch import save_file

F64 = torch.float64

# Scale and shift may amplify rounding a hundredfold, in PyTorch as in Journey: its seed is of a model in
# which it does not.
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
    "resnet-blocks": (
        505,
        (1, 433),
        dict(
            sample_size=8,
            in_channels=3,
            out_channels=3,
            layers_per_block=1,
            block_out_channels=(4, 8),
            down_block_types=("ResnetDownsampleBlock2D", "ResnetDownsampleBlock2D"),
            up_block_types=("ResnetUpsampleBlock2D", "ResnetUpsampleBlock2D"),
            norm_num_groups=2,
            attention_head_dim=4,
            act_fn="swish",
            mid_block_scale_factor=math.sqrt(2),
        ),
    ),
    "scale-shift": (
        607,
        (250, 999),
        dict(
            sample_size=8,
            in_channels=1,
            out_channels=1,
            layers_per_block=2,
            block_out_channels=(4, 6),
            down_block_types=("AttnDownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "AttnUpBlock2D"),
            norm_num_groups=2,
            attention_head_dim=2,
            resnet_time_scale_shift="scale_shift",
            downsample_type="resnet",
            upsample_type="resnet",
            act_fn="mish",
            flip_sin_to_cos=False,
            freq_shift=0,
        ),
    ),
    "oblong": (
        707,
        (5, 77),
        dict(
            sample_size=(4, 12),
            in_channels=2,
            out_channels=4,
            layers_per_block=1,
            block_out_channels=(4, 8),
            down_block_types=("DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D"),
            norm_num_groups=4,
            attn_norm_num_groups=2,
            attention_head_dim=None,
            resnet_time_scale_shift="scale_shift",
            time_embedding_dim=12,
            act_fn="gelu",
        ),
    ),
    "fourier": (
        808,
        (2, 800),
        dict(
            sample_size=8,
            in_channels=3,
            out_channels=3,
            layers_per_block=1,
            block_out_channels=(4, 8),
            down_block_types=("AttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "AttnUpBlock2D"),
            norm_num_groups=2,
            attention_head_dim=4,
            time_embedding_type="fourier",
            center_input_sample=True,
            act_fn="relu",
        ),
    ),
    "learned": (
        909,
        (0, 39),
        dict(
            sample_size=8,
            in_channels=1,
            out_channels=1,
            layers_per_block=1,
            block_out_channels=(4, 8),
            down_block_types=("DownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "UpBlock2D"),
            norm_num_groups=2,
            attention_head_dim=8,
            time_embedding_type="learned",
            num_train_timesteps=40,
            mid_block_type=None,
        ),
    ),
    "classes": (
        1010,
        (600, 31),
        dict(
            sample_size=8,
            in_channels=3,
            out_channels=3,
            layers_per_block=1,
            block_out_channels=(4, 8),
            down_block_types=("DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D"),
            norm_num_groups=2,
            attention_head_dim=4,
            num_class_embeds=5,
            add_attention=False,
            act_fn="silu",
        ),
    ),
    "classes-as-timesteps": (
        1111,
        (12, 3),
        dict(
            sample_size=8,
            in_channels=1,
            out_channels=1,
            layers_per_block=1,
            block_out_channels=(4, 8),
            down_block_types=("DownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "UpBlock2D"),
            norm_num_groups=2,
            attention_head_dim=4,
            time_embedding_type="learned",
            num_train_timesteps=20,
            class_embed_type="timestep",
        ),
    ),
    "classes-timestep": (
        1212,
        (42, 871),
        dict(
            sample_size=8,
            in_channels=1,
            out_channels=1,
            layers_per_block=1,
            block_out_channels=(6, 6),
            down_block_types=("DownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "UpBlock2D"),
            norm_num_groups=3,
            attention_head_dim=3,
            class_embed_type="timestep",
            freq_shift=1,
        ),
    ),
    "classes-identity": (
        1313,
        (9, 500),
        dict(
            sample_size=None,
            in_channels=1,
            out_channels=1,
            layers_per_block=1,
            block_out_channels=(5, 10),
            down_block_types=("DownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "UpBlock2D"),
            norm_num_groups=5,
            attention_head_dim=5,
            class_embed_type="identity",
        ),
    ),
    "mixed": (
        1414,
        (111, 222),
        dict(
            sample_size=16,
            in_channels=3,
            out_channels=3,
            layers_per_block=1,
            block_out_channels=(4, 6, 8, 8),
            down_block_types=("DownBlock2D", "ResnetDownsampleBlock2D", "AttnDownBlock2D", "DownBlock2D"),
            up_block_types=("ResnetUpsampleBlock2D", "UpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D"),
            norm_num_groups=2,
            norm_eps=1e-4,
            attention_head_dim=3,
            downsample_padding=0,
            downsample_type="resnet",
            upsample_type="conv",
            dropout=0.25,
        ),
    ),
}

# Classes of the two rows, for the models that have them.
LABELS = {"classes": (4, 0), "classes-as-timesteps": (3, 7), "classes-timestep": (2, 9), "classes-identity": (1, 3)}


def randomise(model, generator):
    """Gives every parameter a value of its own; none stays at an initial 0 or 1."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape, generator=generator)
            if not parameter.requires_grad:  # the frequencies of a Fourier embedding
                values = 16 * values
            elif name.endswith(".bias"):
                values = 0.2 * values
            elif parameter.dim() == 1:  # scale of a group norm
                values = 1.1 + 0.25 * values
            else:
                fan_in = parameter[0].numel()
                values = values * (1.3 / math.sqrt(fan_in))
            parameter.copy_(values)
            assert not ((parameter == 0) | (parameter == 1)).any(), name


def save_as_float16(model, folder):
    """Rounds the weights to float16, writes them as such, and leaves the model in float32."""
    model.half().save_pretrained(str(folder), safe_serialization=True)
    model.float()


def flat_gradient(gradients):
    """Every third number of all gradients in the order of their names, and how many these have.

    They are compared to 1e-6: float32 keeps as much.
    """
    whole = torch.cat([gradients[name].reshape(-1) for name in sorted(gradients)]).float()
    count = torch.tensor([whole.numel()], dtype=torch.int64)
    return {"gradient": whole[::3].contiguous(), "gradient_count": count}


def run_unet(model, sample, steps, noise, labels):
    """Prediction and gradients of one pass."""
    # The features of a class that passes through time_proj after the timestep are not cast.
    hook = model.time_proj.register_forward_hook(lambda m, i, o: o.to(model.dtype))
    model.zero_grad()
    output = model(sample, steps, class_labels=labels).sample
    (noise - output).square().mean().backward()
    hook.remove()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters() if p.requires_grad}
    return output.detach(), gradients


def make_unet(folder, seed, steps, options, labels):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = UNet2DModel(**options).eval()
    randomise(model, generator)
    save_as_float16(model, folder)
    size = options["sample_size"] or 6
    height, width = size if isinstance(size, tuple) else (size, size)
    sample = torch.randn((2, options["in_channels"], height, width), generator=generator)
    noise = torch.randn((2, options["out_channels"], height, width), generator=generator)
    steps = torch.tensor(steps, dtype=torch.int64)
    if labels is not None:
        labels = torch.tensor(labels, dtype=torch.int64)
        if options.get("class_embed_type") == "identity":
            labels = labels[:, None]
    single, single_gradients = run_unet(model, sample, steps, noise, labels)

    # Float64 with exactly the stored weights and inputs.
    output, gradients = run_unet(model.double(), sample.to(F64), steps, noise.to(F64), labels)
    data = {
        "sample": sample,
        "timestep": steps,
        "noise": noise,
        "output": output,
        **flat_gradient(gradients),
    }
    if labels is not None:
        data["class_labels"] = labels
    write_tensors(data, folder / "golden.safetensors")
    return {
        "output": relative_error([single], [output]),
        "gradient": relative_error(single_gradients.values(), gradients.values()),
    }


def relative_error(found, exact):
    """The largest difference, relative to the largest number."""
    found, exact = list(found), list(exact)
    difference = max((a.to(F64) - b).abs().max().item() for a, b in zip(found, exact))
    return difference / max(b.abs().max().item() for b in exact)


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


def run_scheduler(start, noise, table):
    """The states of a run with a table in float64."""
    scheduler = DDPMScheduler(**DDPM)
    scheduler.alphas_cumprod = table
    scheduler.one = torch.tensor(1.0, dtype=F64)
    scheduler.set_timesteps(len(noise))
    source = GivenNoise(noise)
    original = scheduling_ddpm.randn_tensor
    scheduling_ddpm.randn_tensor = source
    try:
        states, x = [start], start
        for t in scheduler.timesteps:
            eps = 0.3 * x + 0.1 * math.sin(int(t))
            x = scheduler.step(eps, t, x).prev_sample
            states.append(x)
    finally:
        scheduling_ddpm.randn_tensor = original
    assert source.used == len(noise) - 1  # the step at t=0 adds no noise
    return torch.stack(states)


DDPM = dict(
    num_train_timesteps=1000,
    beta_start=1e-4,
    beta_end=0.02,
    beta_schedule="linear",
    variance_type="fixed_small",
    clip_sample=True,
    prediction_type="epsilon",
    timestep_spacing="leading",
)


def make_ddpm(folder):
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(404)

    def randn(*shape):
        return torch.randn(shape, generator=generator).to(F64)

    scheduler = DDPMScheduler(**DDPM)
    scheduler.save_pretrained(str(folder))
    table = torch.cumprod(1.0 - torch.linspace(1e-4, 0.02, 1000, dtype=F64), dim=0)
    data = {"alphas_cumprod_float64": table}
    for count in (10, 50):
        scheduler.set_timesteps(count)
        data[f"timesteps_{count}"] = scheduler.timesteps.clone()
    start, noise = randn(2, 1, 4, 4), randn(10, 2, 1, 4, 4)
    data.update(start=start, noise=noise, x_float64=run_scheduler(start, noise, table))
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
    errors = {
        f"unet-{name}": make_unet(output / f"unet-{name}", seed, steps, options, LABELS.get(name))
        for name, (seed, steps, options) in UNETS.items()
    }
    (output / "pytorch-float32-errors.json").write_text(json.dumps(errors, indent=2) + "\n")
    make_ddpm(output / "ddpm")
    make_schedulers(output)
    make_solvers(output)
    for path in output.rglob("*.json"):
        json.loads(path.read_text())
    write_checksums(output)


if __name__ == "__main__":
    main()
