"""Writes reference ("golden") data for LoRA on a text-conditional U-Net.

    python make_lora.py NEW_FOLDER
    python make_lora.py check FOLDER FILE

diffusers' UNet2DConditionModel with random weights and peft's LoRA on linear maps of attention and
feed-forward, on projections and on 3x3 convolutions, on one CPU thread in float64 from float32
inputs and float16 weights: the output, and the gradient of the loss by every A and B. The adapter is
written in each scheme of names. README.md beside this file describes the contents. `check` loads a
LoRA with diffusers and prints how far its output is from the golden one.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from make_golden import F64, randomise, write_checksums, write_tensors
from make_unet_condition import TOKENS, run
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file

OPTIONS = dict(
    sample_size=4,
    block_out_channels=(4, 4),
    time_embedding_dim=8,
    layers_per_block=1,
    norm_num_groups=2,
    cross_attention_dim=5,
    attention_head_dim=2,
    down_block_types=("DownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "UpBlock2D"),
)
RANK, ALPHA = 2, 3
# Stable Diffusion's usual layers, 1x1 and 3x3 convolutions, one with a stride of 2.
TARGETS = ["to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]
TARGETS += ["down_blocks.0.resnets.0.conv1", "down_blocks.0.downsamplers.0.conv", "conv_out"]
RANKS = {"ff.net.2": 3}
ALPHAS = {"conv_out": 1}


def config():
    return LoraConfig(
        r=RANK,
        lora_alpha=ALPHA,
        target_modules=TARGETS,
        rank_pattern=dict(RANKS),
        alpha_pattern=dict(ALPHAS),
        init_lora_weights=False,
    )


def alpha_of(layer):
    return next((a for key, a in ALPHAS.items() if layer.endswith(key)), ALPHA)


def write_schemes(folder, model, adapter):
    """The same adapter under every scheme's names, with every scheme's scale."""
    settings = {
        key: sorted(value) if isinstance(value, set) else value
        for key, value in config().to_dict().items()
    }
    StableDiffusionPipeline.save_lora_weights(
        folder / "peft-names",
        unet_lora_layers=adapter,
        unet_lora_adapter_metadata={
            key: settings[key]
            for key in ("r", "lora_alpha", "target_modules", "rank_pattern", "alpha_pattern")
        },
    )
    model.peft_config["default"].save_pretrained(str(folder / "peft-folder"))
    save = {"base_model.model." + name: value for name, value in adapter.items()}
    save_file(save, folder / "peft-folder" / "adapter_model.safetensors")

    kohya, now, early = {}, {}, {}
    for name, value in adapter.items():
        layer, half = name.removesuffix(".weight").rsplit(".", 1)
        way = {"lora_A": "down", "lora_B": "up"}[half]
        flat = "lora_unet_" + layer.replace(".", "_")
        kohya[f"{flat}.lora_{way}.weight"] = value
        kohya[f"{flat}.alpha"] = torch.tensor(float(alpha_of(layer)))
        rank = value.shape[0 if way == "down" else 1]
        # These two have no scale: it is part of B.
        scaled = value if way == "down" else value * (alpha_of(layer) / rank)
        now[f"unet.{layer}.lora.{way}.weight"] = scaled
        block, last = layer.rsplit(".attn", 1) if ".attn" in layer else (layer, None)
        if last:
            which, linear = last.split(".", 1)
            linear = linear.removesuffix(".0")
            early[f"{block}.attn{which}.processor.{linear}_lora.{way}.weight"] = scaled
        else:
            early[f"{layer}.lora.{way}.weight"] = scaled
    save_file(kohya, folder / "kohya.safetensors")
    save_file(now, folder / "diffusers.safetensors")
    torch.save(early, folder / "early.bin")


def inputs(generator):
    sample = torch.randn((2, 4, 4, 4), generator=generator)
    noise = torch.randn((2, 4, 4, 4), generator=generator)
    states = torch.randn((2, TOKENS, 5), generator=generator)
    return sample, noise, states, torch.tensor((31, 702), dtype=torch.int64)


def main(folder):
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(2701)
    model = UNet2DConditionModel(**OPTIONS).eval()
    randomise(model, generator)
    model.half().save_pretrained(str(folder / "base"), safe_serialization=True)
    sample, noise, states, steps = inputs(generator)
    base = run(model.double(), sample.to(F64), steps, noise.to(F64), states.to(F64))[0]
    model.float()
    model.add_adapter(config())
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                fan_in = parameter[0].numel()
                values = torch.randn(parameter.shape, generator=generator) * fan_in**-0.5
                # So few bits that scales of B change no number.
                parameter.copy_((values * 256).round() / 256)
    write_schemes(folder, model, get_peft_model_state_dict(model))
    model.double()
    model.requires_grad_(False)
    pairs = {n: p for n, p in model.named_parameters() if "lora_" in n}
    for parameter in pairs.values():
        parameter.requires_grad_(True)
    hook = model.time_proj.register_forward_hook(lambda m, i, o: o.to(model.dtype))
    output = model(sample.to(F64), steps, encoder_hidden_states=states.to(F64)).sample
    loss = (noise.to(F64) - output).square().mean()
    found = torch.autograd.grad(loss, list(pairs.values()))
    hook.remove()
    data = {"sample": sample.to(F64), "timestep": steps, "noise": noise.to(F64)}
    data |= {"states": states.to(F64), "output": output.detach(), "base_output": base}
    for name, gradient in zip(pairs, found):
        data["grad." + name.replace(".default", "")] = gradient.float()
    write_tensors(data, folder / "golden.safetensors")
    write_checksums(folder)


def check(folder, file):
    golden = load_file(folder / "golden.safetensors")
    model = UNet2DConditionModel.from_pretrained(str(folder / "base")).eval()
    state, alphas, metadata = StableDiffusionPipeline.lora_state_dict(
        file, return_lora_metadata=True, unet_config=model.config
    )
    StableDiffusionPipeline.load_lora_into_unet(state, alphas, model, metadata=metadata)
    with torch.no_grad():
        output = model(
            golden["sample"].float(),
            golden["timestep"],
            encoder_hidden_states=golden["states"].float(),
        ).sample
    error = (output - golden["output"]).abs().max() / golden["output"].abs().max()
    print(json.dumps({"relative_error": error.item()}))


if __name__ == "__main__":
    if sys.argv[1] == "check":
        check(Path(sys.argv[2]), sys.argv[3])
    else:
        main(Path(sys.argv[1]))
