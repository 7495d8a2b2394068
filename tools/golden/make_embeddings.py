"""Writes small networks that embed images, and what PyTorch, transformers and Pillow make of them.

Usage: python make_embeddings.py OUTPUT_FOLDER

Versions: requirements-embeddings.txt; one CPU thread, fixed seeds. README-embeddings.md beside this
file describes the contents.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy
import onnx
import torch
from PIL import Image
from safetensors.torch import save_file
from make_checkpoints import save_program
from transformers import CLIPVisionConfig, CLIPVisionModel, CLIPVisionModelWithProjection

KERNELS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def image(draw, channels, height, width):
    """Eight-bit numbers 0..255 with edges, so that cubic interpolation overshoots."""
    smooth = torch.rand(channels, height, width, generator=draw) * 255
    smooth[:, : height // 2, width // 3 :] = 255
    return smooth.round()


def resized(plane, width, height, kernel):
    """Pillow on float32 numbers, which are not rounded."""
    picture = Image.fromarray(plane.numpy().astype(numpy.float32), mode="F")
    return torch.tensor(numpy.array(picture.resize((width, height), KERNELS[kernel])))


def make_resizes(folder):
    draw = torch.Generator().manual_seed(1)
    tensors = {}
    for kernel in KERNELS:
        for (h, w), (to_h, to_w) in [((7, 7), (16, 16)), ((40, 30), (9, 11)), ((5, 8), (5, 3))]:
            plane = image(draw, 1, h, w)[0]
            name = f"{kernel}.{h}x{w}.{to_h}x{to_w}"
            tensors[name + ".in"] = plane.float()
            tensors[name + ".out"] = resized(plane, to_w, to_h, kernel).float()
    save_file(tensors, str(folder / "resize.safetensors"))


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3 * 6 * 6, 5)

    def forward(self, x):
        return torch.relu(self.linear(x.flatten(1)))


def make_tiny(folder):
    torch.manual_seed(2)
    model = Tiny().eval()
    draw = torch.Generator().manual_seed(3)
    images = torch.stack([image(draw, 3, 6, 6) for _ in range(4)])
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    with torch.no_grad():
        tensors = {
            "images": images / 127.5 - 1,
            "unit": model(images / 255),
            "byte": model(images),
            "normalised": model((images / 255 - mean) / std),
        }
    save_file({k: v.contiguous() for k, v in tensors.items()}, str(folder / "tiny.safetensors"))
    save_program(torch.jit.script(model), folder / "tiny.pt")
    weights = model.state_dict()
    write_onnx(weights, folder / "tiny.onnx")


def write_onnx(weights, path, batch="batch", side=6):
    """The same network with the operators that torch.onnx exports it to."""
    h = onnx.helper
    graph = h.make_graph(
        [
            h.make_node("Flatten", ["x"], ["flat"], axis=1),
            h.make_node("Gemm", ["flat", "weight", "bias"], ["linear"], transB=1),
            h.make_node("Relu", ["linear"], ["y"]),
        ],
        "tiny",
        [h.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [batch, 3, side, side])],
        [h.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [batch, 5])],
        [
            onnx.numpy_helper.from_array(weights["linear.weight"].numpy(), "weight"),
            onnx.numpy_helper.from_array(weights["linear.bias"].numpy(), "bias"),
        ],
    )
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_external(path, branch):
    """A network whose numbers are in another file; in a branch of an If, where it is asked."""
    h = onnx.helper
    weight = onnx.TensorProto(name="w", data_type=onnx.TensorProto.FLOAT, dims=[12, 2])
    weight.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (("location", "../outside.bin"), ("offset", "0"), ("length", "96")):
        weight.external_data.add(key=key, value=value)
    x = h.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 3, 2, 2])
    y = h.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 2])
    flat = h.make_node("Flatten", ["x"], ["flat"], axis=1)
    if branch:
        inner = h.make_graph([h.make_node("MatMul", ["flat", "w"], ["z"])], "inner", [],
                             [h.make_tensor_value_info("z", 1, [1, 2])], [weight])
        yes = h.make_node("Constant", [], ["yes"], value=h.make_tensor("t", 9, [], [True]))
        choice = h.make_node("If", ["yes"], ["y"], then_branch=inner, else_branch=inner)
        graph = h.make_graph([flat, yes, choice], "branch", [x], [y])
    else:
        graph = h.make_graph([flat, h.make_node("MatMul", ["flat", "w"], ["y"])], "plain",
                             [x], [y], [weight])
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())


def make_clip(folder, name, activation, projected):
    torch.manual_seed(5)
    config = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=32,
        patch_size=8,
        projection_dim=16,
        hidden_act=activation,
    )
    kind = CLIPVisionModelWithProjection if projected else CLIPVisionModel
    model = kind(config).eval()
    draw = torch.Generator().manual_seed(6)
    for parameter in model.parameters():
        parameter.data.add_(torch.randn(parameter.shape, generator=draw) * 0.1)
    target = folder / name
    model.save_pretrained(str(target))
    preprocessor = {
        "do_resize": True,
        "size": {"shortest_edge": 32},
        "resample": 3,
        "do_center_crop": True,
        "crop_size": {"height": 32, "width": 32},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }
    (target / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2) + "\n")
    mean = torch.tensor(preprocessor["image_mean"]).view(3, 1, 1)
    std = torch.tensor(preprocessor["image_std"]).view(3, 1, 1)

    def embed(pixels):
        with torch.no_grad():
            out = model.double()(((pixels.double() / 255) - mean) / std)
        return out.image_embeds if projected else out.pooler_output

    whole = torch.stack([image(draw, 3, 32, 32) for _ in range(2)])
    grey = torch.stack([image(draw, 1, 12, 12) for _ in range(2)])
    wide = image(draw, 3, 20, 30)
    scaled = torch.stack([resized(g[0], 32, 32, "bicubic") for g in grey]).clamp(0, 255)
    cut = torch.stack([resized(p, 48, 32, "bicubic") for p in wide]).clamp(0, 255)[:, :, 8:40]
    eight_bit = torch.stack(
        [
            torch.tensor(
                numpy.array(
                    Image.fromarray(g[0].numpy().astype(numpy.uint8)).resize(
                        (32, 32), KERNELS["bicubic"]
                    )
                )
            )
            for g in grey
        ]
    )
    save_file(
        {
            "whole": (whole / 127.5 - 1).float(),
            "whole.vectors": embed(whole).contiguous(),
            "grey": (grey / 127.5 - 1).float(),
            "grey.vectors": embed(scaled[:, None].expand(-1, 3, -1, -1)).contiguous(),
            "grey.vectors.eight_bit": embed(eight_bit[:, None].expand(-1, 3, -1, -1)).contiguous(),
            "wide": (wide[None] / 127.5 - 1).float(),
            "wide.vectors": embed(cut[None]).contiguous(),
        },
        str(target / "golden.safetensors"),
    )


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    make_resizes(folder)
    make_tiny(folder)
    write_external(folder / "external.onnx", False)
    write_external(folder / "external-in-branch.onnx", True)
    make_clip(folder, "clip", "quick_gelu", True)
    make_clip(folder, "clip-pooled", "gelu", False)
    lines = []
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS"):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        lines.append(f"{digest}  {file.relative_to(folder).as_posix()}\n")
    (folder / "SHA256SUMS").write_text("".join(lines))


main(Path(sys.argv[1]))
