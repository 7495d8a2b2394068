"""Layers of PyTorch and diffusers alone, in float64: inputs, weights, outputs, gradients.

    python make_layers.py NEW_FOLDER
"""

import hashlib
import sys
from pathlib import Path

import torch
from diffusers.models.attention import FeedForward
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from safetensors.torch import save_file


class QuickGelu(torch.nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


def layers():
    """Name, module, shapes of its inputs."""
    yield "layer-norm", torch.nn.LayerNorm(7, eps=1e-5), [(3, 5, 7)]
    yield "linear", torch.nn.Linear(7, 11, bias=False), [(2, 5, 7)]
    yield "conv", torch.nn.Conv2d(3, 5, 3, 2, 1, bias=False), [(2, 3, 9, 7)]
    yield "self-attention", Attention(12, heads=3, dim_head=5, bias=False), [(2, 7, 12)]
    yield "self-attention-bias", Attention(9, heads=3, dim_head=3, bias=True), [(2, 6, 9)]
    yield (
        "cross-attention",
        Attention(12, cross_attention_dim=10, heads=3, dim_head=5, bias=False),
        [(2, 7, 12), (2, 4, 10)],
    )
    yield "geglu", FeedForward(6, mult=3, activation_fn="geglu"), [(2, 5, 6)]
    yield "quick-gelu", QuickGelu(), [(3, 7)]
    yield (
        "resnet-without-time",
        ResnetBlock2D(
            in_channels=4,
            out_channels=6,
            temb_channels=None,
            groups=2,
            eps=1e-6,
            non_linearity="swish",
        ),
        [(2, 4, 5, 7)],
    )
    yield (
        "resnet-up",
        ResnetBlock2D(
            in_channels=4,
            temb_channels=9,
            groups=2,
            eps=1e-5,
            non_linearity="gelu",
            time_embedding_norm="scale_shift",  # the block activates the embedding itself
            output_scale_factor=1.5,
            up=True,
        ),
        [(2, 4, 3, 5), (2, 9)],
    )


def main(folder):
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    for name, module, shapes in layers():
        generator = torch.Generator().manual_seed(23)

        def numbers(shape):
            # They fit float32 exactly.
            return torch.randn(shape, generator=generator).double()

        module = module.double().eval()
        with torch.no_grad():
            for weight in module.parameters():
                weight.copy_(0.4 * numbers(weight.shape).float().double())
        inputs = [numbers(shape).requires_grad_() for shape in shapes]
        given = inputs
        if name == "resnet-without-time":
            given = [inputs[0], None]
        output = module(*given)
        factor = numbers(output.shape)
        loss = (factor * output).sum()
        weights = dict(module.named_parameters())
        gradients = torch.autograd.grad(loss, list(weights.values()) + inputs)
        tensors = {"output": output, "factor": factor}
        for i, x in enumerate(inputs):
            tensors[f"input.{i}"] = x
            tensors[f"grad_input.{i}"] = gradients[len(weights) + i]
        for weight, gradient in zip(weights, gradients):
            tensors[f"weight.{weight}"] = weights[weight]
            tensors[f"grad.{weight}"] = gradient
        save_file(
            {k: v.detach().clone().contiguous() for k, v in tensors.items()},
            folder / f"{name}.safetensors",
        )
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted(folder.glob("*.safetensors"))
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
