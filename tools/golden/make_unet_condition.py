"""Writes reference ("golden") data for text-conditional U-Nets and their transformers.

    python make_unet_condition.py NEW_FOLDER

diffusers' UNet2DConditionModel with random weights, on one CPU thread in float64 from float16
weights and float32 inputs: the output for two rows with different captions, and the gradient of the
loss by every parameter. Then Transformer2DModel alone, on inputs so small that the epsilon of its norm
counts. README.md beside this file describes the contents.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from make_golden import (
    F64,
    flat_gradient,
    randomise,
    relative_error,
    save_as_float16,
    write_checksums,
    write_tensors,
)

TOKENS = 5

# Norms of two and four channels may amplify rounding a hundredfold, in PyTorch as in Journey. The
# seeds are of models in which they do not.
# name -> (seed, the two timesteps, UNet2DConditionModel options)
UNETS = {
    # The paper's model of MS COCO, narrow: three levels with captions, one without.
    "coco-like": (
        2101,
        (3, 640),
        dict(
            sample_size=8,
            block_out_channels=(8, 8, 8, 8),
            layers_per_block=2,
            norm_num_groups=2,
            cross_attention_dim=6,
            attention_head_dim=2,
            down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        ),
    ),
    # Stable Diffusion 1: projections by convolutions, two heads, two transformer blocks.
    "sd1-like": (
        2207,
        (17, 981),
        dict(
            sample_size=8,
            block_out_channels=(8, 12),
            layers_per_block=1,
            norm_num_groups=2,
            cross_attention_dim=6,
            attention_head_dim=2,
            transformer_layers_per_block=2,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        ),
    ),
    # Stable Diffusion 2: linear projections, heads by level; lists wherever there may be one.
    "sd2-like": (
        2303,
        (250, 999),
        dict(
            sample_size=8,
            block_out_channels=(8, 8, 12),
            layers_per_block=(1, 2, 1),
            norm_num_groups=2,
            cross_attention_dim=(7, 7, 7),
            attention_head_dim=(1, 2, 3),
            transformer_layers_per_block=(1, 2, 1),
            use_linear_projection=True,
            upcast_attention=True,
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        ),
    ),
    # Everything else: oblong, another activation, scale and shift, no transformer in the middle.
    "other-options": (
        2404,
        (42, 871),
        dict(
            sample_size=(4, 6),
            in_channels=3,
            out_channels=3,
            center_input_sample=True,
            flip_sin_to_cos=False,
            freq_shift=1,
            block_out_channels=(4, 6),
            layers_per_block=1,
            downsample_padding=0,
            mid_block_scale_factor=1.5,
            mid_block_type="UNetMidBlock2D",
            act_fn="gelu",
            norm_num_groups=2,
            norm_eps=1e-4,
            dropout=0.25,
            cross_attention_dim=3,
            attention_head_dim=2,
            resnet_time_scale_shift="scale_shift",
            time_embedding_dim=10,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
    ),
    # No block in the middle.
    "no-mid": (
        2506,
        (1, 500),
        dict(
            sample_size=4,
            in_channels=2,
            out_channels=2,
            block_out_channels=(6, 8),
            layers_per_block=1,
            mid_block_type=None,
            norm_num_groups=2,
            cross_attention_dim=5,
            attention_head_dim=2,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        ),
    ),
}


def run(model, sample, steps, noise, states):
    """Prediction and gradients; the time's features in the model's type."""
    hook = model.time_proj.register_forward_hook(lambda m, i, o: o.to(model.dtype))
    model.zero_grad()
    output = model(sample, steps, encoder_hidden_states=states).sample
    (noise - output).square().mean().backward()
    hook.remove()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters()}
    return output.detach(), gradients


def make_unet(folder, seed, steps, options):
    generator = torch.Generator().manual_seed(seed)
    model = UNet2DConditionModel(**options).eval()
    randomise(model, generator)
    save_as_float16(model, folder)
    size = options["sample_size"]
    height, width = size if isinstance(size, tuple) else (size, size)
    channels = options.get("in_channels", 4)
    context = options["cross_attention_dim"]
    context = context[0] if isinstance(context, tuple) else context
    sample = torch.randn((2, channels, height, width), generator=generator)
    noise = torch.randn((2, channels, height, width), generator=generator)
    states = torch.randn((2, TOKENS, context), generator=generator)
    steps = torch.tensor(steps, dtype=torch.int64)
    single, single_gradients = run(model, sample, steps, noise, states)

    # Float64 with exactly the stored weights and inputs.
    output, gradients = run(model.double(), sample.to(F64), steps, noise.to(F64), states.to(F64))
    data = {
        "sample": sample,
        "timestep": steps,
        "noise": noise,
        "states": states,
        "output": output,
        **flat_gradient(gradients),
    }
    write_tensors(data, folder / "golden.safetensors")
    return {
        "output": relative_error([single], [output]),
        "gradient": relative_error(single_gradients.values(), gradients.values()),
    }


def make_transformer(file, linear):
    """A transformer alone; its inputs have a variance of about the norm's epsilon, 1e-6."""
    generator = torch.Generator().manual_seed(2606)
    module = Transformer2DModel(
        2,
        3,
        in_channels=6,
        num_layers=2,
        cross_attention_dim=5,
        norm_num_groups=3,
        use_linear_projection=linear,
    ).eval()
    randomise(module, generator)
    module = module.double()
    inputs = [
        (1e-3 * torch.randn((2, 6, 3, 5), generator=generator)).to(F64).requires_grad_(),
        torch.randn((2, 4, 5), generator=generator).to(F64).requires_grad_(),
    ]
    output = module(inputs[0], encoder_hidden_states=inputs[1]).sample
    factor = torch.randn(output.shape, generator=generator).to(F64)
    weights = dict(module.named_parameters())
    found = torch.autograd.grad((factor * output).sum(), list(weights.values()) + inputs)
    data = {"output": output.detach(), "factor": factor}
    for i, x in enumerate(inputs):
        data[f"input.{i}"] = x.detach()
        data[f"grad_input.{i}"] = found[len(weights) + i]
    for name, gradient in zip(weights, found):
        data[f"weight.{name}"] = weights[name].detach()
        data[f"grad.{name}"] = gradient
    write_tensors(data, file)


def main(folder):
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    errors = {name: make_unet(folder / name, *made) for name, made in UNETS.items()}
    (folder / "pytorch-float32-errors.json").write_text(json.dumps(errors, indent=2) + "\n")
    make_transformer(folder / "transformer-conv.safetensors", False)
    make_transformer(folder / "transformer-linear.safetensors", True)
    write_checksums(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
