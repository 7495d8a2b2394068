"""Writes checkpoints in the many forms people have them, as PyTorch and diffusers write them.

Usage: python make_checkpoints.py OUTPUT_FOLDER

Same versions as make_golden.py (requirements.txt), one CPU thread, fixed seeds. The folder
README.md beside this file describes the contents.
"""

import argparse
import copy
import json
import math
import os
import sys
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy
import torch
from diffusers import DDPMScheduler, UNet2DModel
from safetensors.torch import load_file, save_file

from make_golden import F64, randomise, write_checksums, write_tensors

EARLY_NAMES = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def unet():
    options = dict(
        sample_size=8,
        in_channels=1,
        out_channels=1,
        layers_per_block=1,
        block_out_channels=(4, 4),
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=2,
        attention_head_dim=4,
    )
    torch.manual_seed(11)
    model = UNet2DModel(**options).eval()
    randomise(model, torch.Generator().manual_seed(11))
    return model


def make_forms(folder):
    """One U-Net in the forms of diffusers and of training scripts."""
    model = unet()
    weights = model.state_dict()
    model.save_pretrained(str(folder / "reference"))
    model.save_pretrained(str(folder / "sharded"), max_shard_size="8KB")
    model.save_pretrained(str(folder / "bin"), safe_serialization=False)
    model.save_pretrained(str(folder / "bin-sharded"), safe_serialization=False, max_shard_size="8KB")
    unet().to(torch.float16).save_pretrained(str(folder / "fp16"), variant="fp16")
    unet().to(torch.bfloat16).save_pretrained(str(folder / "bf16"))

    early = {}
    for name, value in weights.items():
        for now, then in EARLY_NAMES.items():
            name = name.replace(f".{now}.", f".{then}.")
        early[name] = value
    (folder / "early-names").mkdir()
    model.save_config(str(folder / "early-names"))
    save_file(early, str(folder / "early-names" / "diffusion_pytorch_model.safetensors"), {"format": "pt"})

    # Averaged weights are half the others, which is exact.
    half = {name: value / 2 for name, value in weights.items()}
    optimizer = torch.optim.AdamW(list(model.parameters())[:4])
    model(torch.zeros(1, 1, 8, 8), 5).sample.square().mean().backward()
    optimizer.step()
    model.load_state_dict({name: value.clone() for name, value in load_file(
        str(folder / "reference" / "diffusion_pytorch_model.safetensors")).items()})
    weights = model.state_dict()
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
    (folder / "training").mkdir()
    model.save_config(str(folder / "training"))
    torch.save(
        {
            "step": 7,
            "model": OrderedDict((f"module._orig_mod.{n}", v) for n, v in weights.items()),
            "ema": half,
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
            "losses": [0.5, 0.25, None, True],
            "rng": torch.get_rng_state(),
            "device": torch.device("cpu"),
            "seen": {1, 2},
            "large": 1 << 80,
        },
        str(folder / "training" / "model.pt"),
    )
    torch.save(
        {
            "epoch": 3,
            "global_step": 100,
            "pytorch-lightning_version": "2.5.0",
            "state_dict": OrderedDict(
                [(f"unet.{n}", v) for n, v in weights.items()] + [("betas", torch.zeros(3))]
            ),
            "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.5)}},
            "optimizer_states": [optimizer.state_dict()],
            "hyper_parameters": {"widths": (4, 4), "name": "tiny"},
        },
        str(folder / "training" / "last.ckpt"),
    )


def make_tensors(folder):
    """Tensors of every kind in one file, and what they are in a safetensors file."""
    folder.mkdir()
    generator = torch.Generator().manual_seed(12)
    base = torch.randn(6, 5, 4, generator=generator)
    shared = torch.randn(40, generator=generator)
    tensors = {
        "plain": base.clone(),
        "half": base.half(),
        "bfloat16": base.bfloat16(),
        "double": torch.randn(7, generator=generator, dtype=F64),
        "transposed": base.clone().permute(2, 0, 1),
        "channels_last": torch.randn(2, 3, 4, 5, generator=generator).to(memory_format=torch.channels_last),
        "column": base.clone()[:, 2, 1],
        "every_second": shared[3:31:2],
        "shared": shared[10:34].view(4, 6).t(),
        "expanded": torch.tensor([1.5, -2.5])[:, None].expand(2, 3),
        "scalar": torch.tensor(3.25),
        "empty": torch.zeros(0, 4),
        "one": torch.ones(1, 1, 1),
    }
    parameter = torch.nn.Parameter(base[0].clone())
    noted = torch.nn.Parameter(base[1].clone())
    noted.origin = "an attribute of its own"
    integers = {
        "long": torch.arange(3),
        "int": torch.arange(3, dtype=torch.int32),
        "bytes": torch.arange(3, dtype=torch.uint8),
        "flags": torch.tensor([True, False]),
    }
    whole = {**tensors, "parameter": parameter, "noted": noted, **integers}
    expected = {n: v.detach().float().contiguous().clone() for n, v in whole.items() if v.is_floating_point()}
    write_tensors(expected, folder / "expected.safetensors")
    torch.save(whole, str(folder / "dict.pt"))
    torch.save(OrderedDict(whole), str(folder / "ordered.pt"))
    torch.save(OrderedDict(whole), str(folder / "protocol5.pt"), pickle_protocol=5)
    torch.save({"deep": [{"er": whole}]}, str(folder / "nested.pt"))
    make_big_endian(folder / "dict.pt", folder / "big-endian.pt", whole)
    torch.save(whole, str(folder / "legacy.pt"), _use_new_zipfile_serialization=False)


def make_big_endian(source, target, tensors):
    """The file a machine of the other byte order would write: every storage swapped."""
    sizes = {}
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(target, "w") as write:
        key = 0
        for tensor in tensors.values():  # torch numbers storages in the order it meets them
            place = tensor.untyped_storage().data_ptr(), tensor.untyped_storage().nbytes()
            if place not in sizes:
                sizes[place] = (key, tensor.element_size())
                key += 1
        element = {f"dict/data/{key}": size for key, size in sizes.values()}
        for name in read.namelist():
            data = read.read(name)
            if name in element:
                data = numpy.frombuffer(data, f"u{element[name]}").byteswap().tobytes()
            if name.endswith("byteorder"):
                data = b"big"
            write.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)


class Evil:
    """What a pickle may do when it is loaded by Python."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def make_evil(folder):
    folder.mkdir()
    for name, value in {
        "system.pt": {"conv_in.weight": Evil(os.system, "touch /tmp/journey-evil")},
        "eval.pt": Evil(eval, "1 + 1"),
        "partial.pt": Evil(getattr, "text", "upper"),
        "namespace.pt": {"args": argparse.Namespace(lr=1), "conv_in.weight": torch.ones(1)},
    }.items():
        torch.save(value, str(folder / name))


class Conditional(torch.nn.Module):
    """A denoiser with classes, a batch norm and dropout: wrong in training mode."""

    def __init__(self):
        super().__init__()
        self.time = torch.nn.Linear(2, 6)
        self.classes = torch.nn.Embedding(3, 6)
        self.first = torch.nn.Conv2d(2, 6, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(6)
        self.drop = torch.nn.Dropout(0.5)
        self.last = torch.nn.Conv2d(6, 2, 3, padding=1)

    def forward(self, x: torch.Tensor, t: torch.Tensor, y: torch.Tensor):
        angle = t.to(x.dtype)[:, None] / 1000.0
        when = self.time(torch.cat([angle.sin(), angle.cos()], dim=1)) + self.classes(y)
        h = torch.nn.functional.silu(self.norm(self.first(x)) + when[:, :, None, None])
        return self.last(self.drop(h)), h


class Positional(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.unet = model

    def forward(self, x, t):
        return self.unet(x, t, return_dict=False)[0]


def make_torchscript(folder):
    folder.mkdir()
    torch.manual_seed(13)
    model = Conditional()
    generator = torch.Generator().manual_seed(13)
    with torch.no_grad():
        for value in list(model.parameters()) + [model.norm.running_mean]:
            value.copy_(torch.randn(value.shape, generator=generator) * 0.4)
    model.norm.running_var.fill_(0.7)
    save_program(torch.jit.script(model.train()), folder / "model.pt")
    describe(folder, in_channels=2, num_class_embeds=3)

    model = model.double().eval()
    sample = torch.randn(3, 2, 8, 8, generator=generator).to(F64)
    noise = torch.randn(3, 2, 8, 8, generator=generator).to(F64)
    steps, labels = torch.tensor([0, 400, 999]), torch.tensor([2, 0, 1])
    output = model(sample, steps, labels)[0]
    loss = (noise - output).square().mean()
    loss.backward()
    data = dict(sample=sample, noise=noise, timestep=steps, labels=labels, output=output.detach())
    data["loss"] = loss.detach().reshape(1)
    data.update({f"grad.{n}": p.grad for n, p in model.named_parameters()})
    write_tensors(data, folder / "golden.safetensors")


def make_traced_unet(folder):
    folder.mkdir()
    inputs = (torch.zeros(2, 1, 8, 8), torch.tensor([3, 640]))
    save_program(torch.jit.trace(Positional(unet()), inputs), folder / "model.pt")
    describe(folder, in_channels=1)


class Sinusoids(torch.nn.Module):
    """A denoiser with numbers of Python in many places of its arithmetic: a trace keeps each as a
    float64 tensor without dimensions, which must not make products of integers float64."""

    def __init__(self):
        super().__init__()
        self.time = torch.nn.Linear(10, 4)
        self.first = torch.nn.Conv2d(1, 4, 3, padding=1)
        self.query = torch.nn.Linear(4, 12)
        self.last = torch.nn.Conv2d(4, 1, 3, padding=1)

    def forward(self, x, t):
        rate = math.log(10000) / 3
        angle = t[:, None] * torch.exp(torch.arange(4, device=x.device) * -rate)[None, :]
        when = torch.cat([angle.sin(), angle.cos(), t[:, None] / 1000, (t[:, None] + 0.5) * 0.001], dim=1)
        when = self.time(when - torch.arange(10) / 7.0)
        h = self.first(x) * 0.7 + when[:, :, None, None] - x.new_tensor(0.1)
        b, c, height, width = h.shape
        tokens = self.query(h.reshape(b, c, height * width).transpose(1, 2))
        q, k, v = tokens.chunk(3, dim=-1)
        mixed = torch.nn.functional.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])
        h = h + mixed[:, 0].transpose(1, 2).reshape(b, c, height, width)
        return self.last(torch.nn.functional.silu(h)) / math.sqrt(2)


def make_traced_sinusoids(folder):
    folder.mkdir()
    torch.manual_seed(17)
    model = Sinusoids().eval()
    generator = torch.Generator().manual_seed(17)
    sample = torch.randn(3, 1, 8, 8, generator=generator)
    noise = torch.randn(3, 1, 8, 8, generator=generator)
    steps = torch.tensor([0, 400, 999])
    save_program(torch.jit.trace(model, (sample[:2], steps[1:])), folder / "model.pt")
    describe(folder, in_channels=1)
    # Angles of up to 999 radians lose digits in float32, and every version rounds sines and
    # exponentials its own way: the truth is computed in float64, and float32_error is how far
    # PyTorch's own float32 is from it, as a part of a tensor's largest number.
    data = dict(sample=sample, noise=noise, timestep=steps)
    single = results(model, sample, noise, steps)
    torch.set_default_dtype(torch.float64)
    double = results(copy.deepcopy(model).double(), sample.double(), noise.double(), steps)
    torch.set_default_dtype(torch.float32)
    errors = [(single[n].double() - value).abs().max() / value.abs().max() for n, value in double.items()]
    data.update(double, float32_error=max(errors).view(1))
    write_tensors(data, folder / "golden.safetensors")


def results(model, sample, noise, steps):
    """Each image's output, and the gradient of its loss."""
    found = {}
    for n in range(len(steps)):
        model.zero_grad()
        output = model(sample[n : n + 1], steps[n : n + 1])
        (noise[n : n + 1] - output).square().mean().backward()
        found[f"output.{n}"] = output.detach()
        found.update({f"grad.{n}.{name}": p.grad.clone() for name, p in model.named_parameters()})
    return found


def describe(folder, **fields):
    config = {"_class_name": "TorchScript", "sample_size": 8, **fields}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    DDPMScheduler().save_pretrained(str(folder))


def save_program(program, path):
    """Saves without the source positions, which are most of the file."""
    whole = path.with_suffix(".whole")
    program.save(str(whole))
    with zipfile.ZipFile(whole) as read, zipfile.ZipFile(path, "w") as write:
        for name in read.namelist():
            if not name.endswith(".debug_pkl"):
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED if "/code/" in name else zipfile.ZIP_STORED
                write.writestr(entry, read.read(name))
    whole.unlink()


def main():
    parser = argparse.ArgumentParser(description="Write checkpoints of many forms.")
    parser.add_argument("output", type=Path)
    output = parser.parse_args().output
    if output.exists() and any(output.iterdir()):
        sys.exit("the output folder is not empty")
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    output.mkdir(parents=True, exist_ok=True)
    make_forms(output)
    make_tensors(output / "tensors")
    make_evil(output / "evil")
    make_torchscript(output / "torchscript")
    make_traced_unet(output / "torchscript-unet")
    make_traced_sinusoids(output / "torchscript-sinusoids")
    write_checksums(output)


if __name__ == "__main__":
    main()
