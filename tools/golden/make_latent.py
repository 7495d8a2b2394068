"""Autoencoders of diffusers and of taesd's own code, in float64: what they encode and decode.

    python make_latent.py NEW_FOLDER TAESD COCO

TAESD is a checkout of github.com/madebyollin/taesd at commit 5cccb12dc72074a4be35680c3b108548a7c69978,
COCO a folder with the picture of MS COCO named in PICTURE. Nothing is fetched.
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import numpy
import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from PIL import Image
from safetensors.torch import save_file

# CC BY 2.0: http://farm5.staticflickr.com/4047/4579654810_c23b2afc36_z.jpg
PICTURE = "train2017/000000107438.jpg"

# Name, options, sides of images.
KL = [
    (
        "kl",
        dict(
            block_out_channels=(4, 8),
            layers_per_block=1,
            latent_channels=3,
            norm_num_groups=2,
        ),
        (12, 20),
    ),
    (  # as Stable Diffusion, but for widths; the latents have odd sides
        "kl-four-levels",
        dict(
            block_out_channels=(4, 4, 8, 8),
            layers_per_block=2,
            latent_channels=4,
            norm_num_groups=4,
            scaling_factor=0.13025,
            force_upcast=False,
            sample_size=512,
        ),
        (24, 40),
    ),
    (  # as FLUX
        "kl-without-quant",
        dict(
            block_out_channels=(4, 6, 6),
            layers_per_block=1,
            latent_channels=5,
            norm_num_groups=2,
            scaling_factor=0.3611,
            shift_factor=0.1159,
            use_quant_conv=False,
            use_post_quant_conv=False,
        ),
        (12, 12),
    ),
    (
        "kl-without-attention",
        dict(
            in_channels=1,
            out_channels=1,
            block_out_channels=(4, 4),
            layers_per_block=1,
            latent_channels=2,
            norm_num_groups=1,
            act_fn="gelu",
            mid_block_add_attention=False,
            use_quant_conv=False,
        ),
        (6, 10),
    ),
]
TINY = [
    (
        "tiny",
        dict(
            encoder_block_out_channels=(6, 6, 6),
            decoder_block_out_channels=(4, 4, 4),
            num_encoder_blocks=(1, 0, 2),
            num_decoder_blocks=(2, 1, 1),
            latent_channels=5,
            scaling_factor=0.8,
            shift_factor=0.25,
        ),
        (12, 20),
    ),
    (
        "tiny-mish",
        dict(
            encoder_block_out_channels=(4, 4),
            decoder_block_out_channels=(4, 4),
            num_encoder_blocks=(1, 1),
            num_decoder_blocks=(1, 1),
            latent_channels=2,
            act_fn="mish",
        ),
        (6, 2),
    ),
]
DOWN, UP = "DownEncoderBlock2D", "UpDecoderBlock2D"
EARLY = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def exact(tensor):
    """Numbers that fit float32, as float64."""
    return tensor.float().double()


def randomise(model, generator):
    for name, weight in model.named_parameters():
        numbers = torch.randn(weight.shape, generator=generator)
        if weight.dim() > 1:
            numbers *= 1.2 / math.sqrt(weight[0].numel())
        elif "norm" in name and name.endswith("weight"):
            numbers = 1 + 0.2 * numbers
        else:
            numbers *= 0.1
        weight.data = exact(numbers)


def save(tensors, file):
    """Writes tensors; inputs, which fit float32, as such."""
    tensors = {k: v.float() if k in ("image", "given") else v for k, v in tensors.items()}
    save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, file)


def save_model(model, folder):
    model.float().save_pretrained(folder)
    model.double()


def inputs(options, sides, latent_sides, generator):
    images = torch.rand((2, options.get("in_channels", 3), *sides), generator=generator)
    latents = torch.randn(
        (2, options["latent_channels"], *latent_sides), generator=generator
    )
    return exact(2 * images - 1), exact(latents)


def kl(folder, name, options, sides):
    generator = torch.Generator().manual_seed(5)
    levels = len(options["block_out_channels"])
    options = dict(
        options, down_block_types=(DOWN,) * levels, up_block_types=(UP,) * levels
    )
    model = AutoencoderKL(**options).double().eval()
    randomise(model, generator)
    scale = 2 ** (levels - 1)
    image, latent = inputs(options, sides, [s // scale for s in sides], generator)
    posterior = model.encode(image).latent_dist
    scaling, shift = model.config.scaling_factor, model.config.shift_factor or 0
    tensors = {
        "image": image,
        "moments": posterior.parameters,
        "latent": (posterior.mean - shift) * scaling,
        "deviation": posterior.std * scaling,
        "given": latent,
        "decoded": model.decode(latent / scaling + shift).sample,
    }
    save_model(model, folder / name)
    save(tensors, folder / name / "golden.safetensors")
    return model


def early_attention(folder, model):
    """The weights of "kl" as they were called before, and as CompVis keeps attention."""
    early, convolved = {}, {}
    for name, weight in model.float().state_dict().items():
        old = name
        for now, before in EARLY.items():
            old = old.replace(f".{now}.", f".{before}.")
        early[old] = weight
        attention = ".attentions." in name and name.endswith("weight") and weight.dim() == 2
        convolved[old] = weight[:, :, None, None] if attention else weight
    for variant, weights in (("kl-early-names", early), ("kl-convolved", convolved)):
        (folder / variant).mkdir()
        config = (folder / "kl" / "config.json").read_text()
        (folder / variant / "config.json").write_text(config)
        if variant == "kl-convolved":
            save(weights, folder / variant / "diffusion_pytorch_model.safetensors")
        else:
            torch.save(weights, folder / variant / "diffusion_pytorch_model.bin")


def small_variance(folder):
    """Activations so small that the epsilon of the norms decides: 1e-6, not a U-Net's 1e-5."""
    generator = torch.Generator().manual_seed(6)
    options = dict(
        block_out_channels=(4,), layers_per_block=1, latent_channels=2, norm_num_groups=2
    )
    model = AutoencoderKL(**options).double().eval()
    randomise(model, generator)
    with torch.no_grad():
        model.encoder.conv_in.weight.copy_(exact(model.encoder.conv_in.weight * 2e-3))
        model.encoder.conv_in.bias.zero_()
    image, _ = inputs(options, (6, 6), (6, 6), generator)
    tensors = {"image": image, "moments": model.encode(image).latent_dist.parameters}
    save_model(model, folder / "kl-epsilon")
    for module in model.modules():
        if isinstance(module, torch.nn.GroupNorm):
            assert module.eps == 1e-6
            module.eps = 1e-5
    tensors["moments.other"] = model.encode(image).latent_dist.parameters
    save(tensors, folder / "kl-epsilon" / "golden.safetensors")


def tiny(folder, name, options, sides):
    generator = torch.Generator().manual_seed(7)
    model = AutoencoderTiny(**options).double().eval()
    randomise(model, generator)
    scale = 2 ** (len(options["num_encoder_blocks"]) - 1)
    image, latent = inputs(options, sides, [s // scale for s in sides], generator)
    scaling, shift = model.config.scaling_factor, model.config.shift_factor
    tensors = {
        "image": image,
        "latent": (model.encode(image).latents - shift) * scaling,
        "given": latent,
        "decoded": model.decode(latent / scaling + shift).sample,
    }
    save_model(model, folder / name)
    save(tensors, folder / name / "golden.safetensors")


def same_as_taesd(taesd):
    """diffusers' class is taesd's architecture: layers renumbered, images in [-1, 1]."""
    generator = torch.Generator().manual_seed(8)
    encoder, decoder = taesd.Encoder(4).double(), taesd.Decoder(4).double()
    model = AutoencoderTiny().double().eval()
    renamed = {f"encoder.layers.{n}": w for n, w in encoder.state_dict().items()}
    for name, weight in decoder.state_dict().items():
        layer, rest = name.split(".", 1)
        renamed[f"decoder.layers.{int(layer) - 1}.{rest}"] = weight
    model.load_state_dict(renamed)
    image = torch.rand((1, 3, 16, 24), generator=generator).double()
    latent = encoder(image)
    assert torch.allclose(model.encode(2 * image - 1).latents, latent, atol=1e-12)
    decoded = 2 * decoder(latent) - 1
    assert torch.allclose(model.decode(latent).sample, decoded, atol=1e-12)


def taef2(folder, taesd, weights, coco):
    model = taesd.TAESD(weights / "taef2_encoder.pth", weights / "taef2_decoder.pth")
    model = model.double().eval()
    picture = Image.open(coco / PICTURE).convert("RGB")
    (folder / "taef2").mkdir()
    for name, box, sides in (
        ("square", (107, 0, 533, 426), (64, 64)),
        ("oblong", (150, 60, 486, 300), (56, 40)),
    ):
        pixels = numpy.asarray(picture.resize(sides, Image.Resampling.BICUBIC, box))
        image = exact(torch.from_numpy(pixels.copy()) / 127.5 - 1).permute(2, 0, 1)[None]
        latent = model.encoder((image + 1) / 2)
        decoded = 2 * model.decoder(latent) - 1
        error = (decoded.clamp(-1, 1) - image).square().mean().item()
        print(name, "PSNR", 10 * math.log10(4 / error))
        tensors = {"image": image.float(), "latent": latent, "decoded": decoded.float()}
        save(tensors, folder / "taef2" / f"{name}.safetensors")


@torch.no_grad()
def main(folder, checkout, coco):
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    sys.path.insert(0, str(checkout))
    import taesd

    models = {name: kl(folder, name, options, sides) for name, options, sides in KL}
    early_attention(folder, models["kl"])
    small_variance(folder)
    for name, options, sides in TINY:
        tiny(folder, name, options, sides)
    same_as_taesd(taesd)
    taef2(folder, taesd, checkout, coco)
    for file in folder.rglob("config.json"):
        assert json.loads(file.read_text())["_class_name"].startswith("Autoencoder")
    files = sorted(f for f in folder.rglob("*") if f.is_file())
    for file in files:
        file.chmod(0o644)
    lines = [
        f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder).as_posix()}\n"
        for f in files
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
