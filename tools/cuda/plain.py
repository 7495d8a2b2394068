"""Training of a U-Net in plain PyTorch, to compare Journey's speed with.

The U-Net is google/ddpm-cifar10-32 with the names of its weights in diffusers; diffusers is not
needed. Prints a line of JSON for each precision.

    python3 plain.py DEVICE CONFIG.json BATCH STEPS PRECISION...

PRECISION is f32, tf32 or bf16 (autocast), with a + behind it for deterministic algorithms.
"""
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Resnet(nn.Module):
    def __init__(self, i, o, temb, groups, eps):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, i, eps)
        self.conv1 = nn.Conv2d(i, o, 3, padding=1)
        self.time_emb_proj = nn.Linear(temb, o)
        self.norm2 = nn.GroupNorm(groups, o, eps)
        self.conv2 = nn.Conv2d(o, o, 3, padding=1)
        if i != o:
            self.conv_shortcut = nn.Conv2d(i, o, 1)

    def forward(self, x, temb):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time_emb_proj(F.silu(temb))[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h)))
        return (self.conv_shortcut(x) if hasattr(self, "conv_shortcut") else x) + h


class Attention(nn.Module):
    def __init__(self, c, head, groups, eps):
        super().__init__()
        self.heads = 1 if head is None else c // head
        self.group_norm = nn.GroupNorm(groups, c, eps)
        self.to_q, self.to_k, self.to_v = (nn.Linear(c, c) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(c, c)])

    def forward(self, x):
        b, c, h, w = x.shape
        t = self.group_norm(x).flatten(2).transpose(1, 2)
        q, k, v = (
            f(t).view(b, h * w, self.heads, -1).transpose(1, 2)
            for f in (self.to_q, self.to_k, self.to_v)
        )
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, h * w, c)
        return x + self.to_out[0](y).transpose(1, 2).reshape(b, c, h, w)


class Down(nn.Module):
    def __init__(self, c, padding):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, stride=2, padding=padding)
        self.padding = padding

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)) if self.padding == 0 else x)


class Up(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Block(nn.Module):
    pass


class UNet(nn.Module):
    def __init__(self, config):
        super().__init__()
        widths = config["block_out_channels"]
        groups = config.get("norm_num_groups", 32)
        eps = config.get("norm_eps", 1e-5)
        head = config.get("attention_head_dim", 8)
        layers = config.get("layers_per_block", 2)
        channels = config.get("in_channels", 3)
        temb = 4 * widths[0]
        self.width = widths[0]
        self.flip = config.get("flip_sin_to_cos", True)
        self.shift = config.get("freq_shift", 0)
        self.conv_in = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.time_embedding = Block()
        self.time_embedding.linear_1 = nn.Linear(widths[0], temb)
        self.time_embedding.linear_2 = nn.Linear(temb, temb)
        self.down_blocks = nn.ModuleList()
        before = widths[0]
        skips = [before]
        for i, (kind, width) in enumerate(zip(config["down_block_types"], widths)):
            block = Block()
            block.resnets = nn.ModuleList()
            block.attentions = nn.ModuleList()
            for j in range(layers):
                block.resnets.append(Resnet(before if j == 0 else width, width, temb, groups, eps))
                if kind == "AttnDownBlock2D":
                    block.attentions.append(Attention(width, head, groups, eps))
                skips.append(width)
            if i + 1 < len(widths):
                padding = config.get("downsample_padding", 1)
                block.downsamplers = nn.ModuleList([Down(width, padding)])
                skips.append(width)
            self.down_blocks.append(block)
            before = width
        self.mid_block = Block()
        self.mid_block.attentions = nn.ModuleList([Attention(before, head, groups, eps)])
        self.mid_block.resnets = nn.ModuleList(
            Resnet(before, before, temb, groups, eps) for _ in range(2)
        )
        self.up_blocks = nn.ModuleList()
        for i, (kind, width) in enumerate(zip(config["up_block_types"], reversed(widths))):
            block = Block()
            block.resnets = nn.ModuleList()
            block.attentions = nn.ModuleList()
            for j in range(layers + 1):
                inside = (before if j == 0 else width) + skips.pop()
                block.resnets.append(Resnet(inside, width, temb, groups, eps))
                if kind == "AttnUpBlock2D":
                    block.attentions.append(Attention(width, head, groups, eps))
            if i + 1 < len(widths):
                block.upsamplers = nn.ModuleList([Up(width)])
            self.up_blocks.append(block)
            before = width
        self.conv_norm_out = nn.GroupNorm(groups, before, eps)
        self.conv_out = nn.Conv2d(before, config.get("out_channels", channels), 3, padding=1)

    def embed(self, t):
        half = self.width // 2
        exponent = -math.log(10000) * torch.arange(half, dtype=torch.float32, device=t.device)
        angles = t.float()[:, None] * torch.exp(exponent / (half - self.shift))[None]
        parts = [angles.cos(), angles.sin()] if self.flip else [angles.sin(), angles.cos()]
        return torch.cat(parts, 1)

    def forward(self, x, t):
        e = self.time_embedding
        temb = e.linear_2(F.silu(e.linear_1(self.embed(t).to(self.conv_in.weight.dtype))))
        h = self.conv_in(x)
        skips = [h]
        for block in self.down_blocks:
            for j, resnet in enumerate(block.resnets):
                h = resnet(h, temb)
                if len(block.attentions):
                    h = block.attentions[j](h)
                skips.append(h)
            if hasattr(block, "downsamplers"):
                h = block.downsamplers[0](h)
                skips.append(h)
        h = self.mid_block.resnets[0](h, temb)
        h = self.mid_block.resnets[1](self.mid_block.attentions[0](h), temb)
        for block in self.up_blocks:
            for j, resnet in enumerate(block.resnets):
                h = resnet(torch.cat([h, skips.pop()], 1), temb)
                if len(block.attentions):
                    h = block.attentions[j](h)
            if hasattr(block, "upsamplers"):
                h = block.upsamplers[0](h)
        return self.conv_out(F.silu(self.conv_norm_out(h)))


def settings(precision, deterministic):
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    torch.use_deterministic_algorithms(deterministic)
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.benchmark = not deterministic
    torch.backends.cudnn.deterministic = deterministic


def measure(device, config, batch, steps, precision, deterministic):
    settings(precision, deterministic)
    torch.manual_seed(0)
    model = UNet(config).to(device)
    adam = torch.optim.Adam(model.parameters(), lr=1e-4)
    side = config.get("sample_size", 32)
    x = torch.randn(batch, config.get("in_channels", 3), side, side)
    noise = torch.randn_like(x)
    t = torch.randint(0, 1000, (batch,))
    on = device.startswith("cuda")
    if on:
        torch.cuda.reset_peak_memory_stats()

    def step():
        # From the machine's memory at each step, as data are.
        a, b, c = (v.to(device) for v in (x, noise, t))
        with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=precision == "bf16"):
            predicted = model(a, c)
        loss = F.mse_loss(predicted.float(), b)
        adam.zero_grad()
        loss.backward()
        adam.step()
        return loss.item()

    for _ in range(5 if on else 1):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    seconds = time.perf_counter() - start
    return {
        "engine": "pytorch " + torch.__version__,
        "what": "training",
        "precision": precision,
        "deterministic": deterministic,
        "batch": batch,
        "parameters": sum(p.numel() for p in model.parameters()),
        "per_second": batch * steps / seconds,
        "peak_bytes": torch.cuda.max_memory_allocated() if on else 0,
    }


def main():
    device, path, batch, steps, *precisions = sys.argv[1:]
    with open(path) as file:
        config = json.load(file)
    config = config.get("model", config)
    for each in precisions:
        result = measure(
            device, config, int(batch), int(steps), each.rstrip("+"), each.endswith("+")
        )
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
