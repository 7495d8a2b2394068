"""The part of the golden data that is about schedulers: see README.md beside this file.

`make_golden.py` calls `make_schedulers`. Alone: python make_schedulers.py OUTPUT_FOLDER
"""

import contextlib
import math
import sys
from pathlib import Path

import torch
from diffusers import DDIMScheduler, DDPMScheduler, UNet2DModel
from diffusers.schedulers import scheduling_ddim, scheduling_ddpm
from safetensors.torch import save_file

F64 = torch.float64
STEPS = 50
COUNTS = (1, 2, 3, 7, 10, 25, 30, 50, 61, 77, 103, 250, 333, 999, 1000)
STABLE_DIFFUSION = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
BETAS = [0.002 + 0.03 * (t / 199) ** 2 for t in range(200)]

# name -> (scheduler, eta, whether the U-Net predicts or the closed formula, options)
RUNS = {
    "ddpm-default": (DDPMScheduler, 0, False, dict()),
    "ddpm-large-offset": (DDPMScheduler, 0, False, dict(variance_type="fixed_large", steps_offset=1)),
    "ddpm-scaled-v": (
        DDPMScheduler, 0, False,
        dict(STABLE_DIFFUSION, prediction_type="v_prediction", variance_type="fixed_small_log",
             clip_sample=False, steps_offset=1),
    ),
    "ddpm-cosine-sample": (
        DDPMScheduler, 0, False,
        dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample", variance_type="fixed_large",
             clip_sample_range=0.8, timestep_spacing="trailing"),
    ),
    "ddpm-cosine-epsilon": (
        DDPMScheduler, 0, False,
        dict(beta_schedule="squaredcos_cap_v2", variance_type="fixed_large", timestep_spacing="linspace"),
    ),
    "ddpm-zero-snr-v": (
        DDPMScheduler, 0, False,
        dict(rescale_betas_zero_snr=True, prediction_type="v_prediction", timestep_spacing="trailing"),
    ),
    "ddpm-zero-snr-sample": (
        DDPMScheduler, 0, False,
        dict(STABLE_DIFFUSION, rescale_betas_zero_snr=True, prediction_type="sample",
             variance_type="fixed_small_log", clip_sample=False, timestep_spacing="linspace"),
    ),
    "ddpm-sigmoid-epsilon": (DDPMScheduler, 0, False, dict(beta_schedule="sigmoid", clip_sample=False)),
    "ddpm-thresholding": (
        DDPMScheduler, 0, False,
        dict(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5),
    ),
    "ddpm-trained-betas": (
        DDPMScheduler, 0, False,
        dict(num_train_timesteps=200, trained_betas=BETAS, prediction_type="v_prediction",
             variance_type="fixed_large"),
    ),
    "ddpm-uneven": (
        DDPMScheduler, 0, False,
        dict(num_train_timesteps=333, prediction_type="v_prediction", timestep_spacing="trailing"),
    ),
    "ddim-default": (DDIMScheduler, 0, False, dict()),
    "ddim-scaled-v": (
        DDIMScheduler, 0, False,
        dict(STABLE_DIFFUSION, prediction_type="v_prediction", clip_sample=False, steps_offset=1,
             set_alpha_to_one=False),
    ),
    "ddim-alpha-of-zero": (DDIMScheduler, 0.2, False, dict(set_alpha_to_one=False)),
    "ddim-cosine-sample": (
        DDIMScheduler, 0.5, False,
        dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample", clip_sample_range=0.8,
             timestep_spacing="trailing"),
    ),
    "ddim-linspace-epsilon": (DDIMScheduler, 1, False, dict(timestep_spacing="linspace")),
    "ddim-zero-snr-v": (
        DDIMScheduler, 0, False,
        dict(rescale_betas_zero_snr=True, prediction_type="v_prediction", timestep_spacing="trailing"),
    ),
    "ddim-zero-snr-sample": (
        DDIMScheduler, 0.9, False,
        dict(rescale_betas_zero_snr=True, prediction_type="sample", timestep_spacing="trailing"),
    ),
    "ddim-noclip-epsilon": (DDIMScheduler, 0.3, False, dict(clip_sample=False)),
    "ddim-thresholding": (
        DDIMScheduler, 0, False,
        dict(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5),
    ),
    "ddim-trained-betas": (
        DDIMScheduler, 0.7, False,
        dict(num_train_timesteps=200, trained_betas=BETAS, prediction_type="v_prediction"),
    ),
    "ddim-uneven": (
        DDIMScheduler, 0, False,
        dict(num_train_timesteps=333, prediction_type="v_prediction", timestep_spacing="trailing"),
    ),
    "ddpm-unet-epsilon": (DDPMScheduler, 0, True, dict(variance_type="fixed_large")),
    "ddpm-unet-v": (
        DDPMScheduler, 0, True,
        dict(rescale_betas_zero_snr=True, prediction_type="v_prediction", timestep_spacing="trailing"),
    ),
    "ddim-unet-v": (
        DDIMScheduler, 0.5, True, dict(prediction_type="v_prediction", timestep_spacing="linspace"),
    ),
    "ddim-unet-sample": (
        DDIMScheduler, 0, True,
        dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample", steps_offset=1),
    ),
}


class Float64Torch:
    """torch with float64 in place of float32: the library then computes its tables in float64."""

    float32 = torch.float64

    def __getattr__(self, name):
        return getattr(torch, name)


@contextlib.contextmanager
def tables_in_float64():
    default = torch.get_default_dtype()
    modules = (scheduling_ddpm, scheduling_ddim)
    torch.set_default_dtype(F64)
    for module in modules:
        module.torch = Float64Torch()
    try:
        yield
    finally:
        torch.set_default_dtype(default)
        for module in modules:
            module.torch = torch


def closed_formula(x, t):
    return 0.3 * x + 0.1 * math.sin(t)


def run(scheduler, eta, model, start, noise):
    """All states and predicted originals of a drawing, and the timesteps it visits."""
    scheduler.set_timesteps(STEPS)
    states, originals, x = [start], [], start
    for step, t in enumerate(scheduler.timesteps):
        output = model(x, int(t))
        if isinstance(scheduler, DDIMScheduler):
            result = scheduler.step(output, t, x, eta=eta, variance_noise=noise[step])
        else:
            given = noise[step]
            original = scheduling_ddpm.randn_tensor
            scheduling_ddpm.randn_tensor = lambda *a, **k: given
            try:
                result = scheduler.step(output, t, x)
            finally:
                scheduling_ddpm.randn_tensor = original
        x = result.prev_sample
        states.append(x)
        originals.append(result.pred_original_sample)
    return torch.stack(states), torch.stack(originals)


def make_unet(folder):
    """A U-Net as it starts training: with large random weights 50 steps would be chaotic."""
    torch.manual_seed(506)
    model = UNet2DModel(
        sample_size=8, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(4, 8),
        down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=2, attention_head_dim=4,
    )
    model.save_pretrained(str(folder), safe_serialization=True)


def exact_time_features(steps, config):
    """The sinusoidal features without any single-precision rounding."""
    half = config.block_out_channels[0] // 2
    frequency = torch.exp(torch.arange(half, dtype=F64) * (-math.log(10000.0) / (half - config.freq_shift)))
    angle = steps.to(F64)[:, None] * frequency
    return torch.cat((angle.cos(), angle.sin()) if config.flip_sin_to_cos else (angle.sin(), angle.cos()), dim=1)


def unet(folder, dtype):
    model = UNet2DModel.from_pretrained(str(folder), low_cpu_mem_usage=False).eval().to(dtype)
    if dtype == F64:  # the library takes sine and cosine in float32: exact ones instead
        model.time_proj.register_forward_hook(
            lambda module, args, output: exact_time_features(args[0], model.config)
        )

    def predict(x, t):
        with torch.no_grad():
            return model(x, t).sample

    return predict


def make_run(folder, name, inputs, models):
    kind, eta, by_unet, options = RUNS[name]
    folder = folder / name
    folder.mkdir(parents=True)
    prefix = "unet_" if by_unet else ""
    start, noise = inputs[prefix + "start"], inputs[prefix + "noise"]
    with tables_in_float64():
        exact = kind(**options)
        x, originals = run(exact, eta, models[by_unet, F64], start.to(F64), noise.to(F64))
    single = kind(**options)
    x_single, _ = run(single, eta, models[by_unet, torch.float32], start, noise)
    single.save_pretrained(str(folder))
    steps = torch.tensor([0, 1, exact.config.num_train_timesteps // 2, exact.config.num_train_timesteps - 1])
    image, fresh = inputs["image"].to(F64), inputs["fresh"].to(F64)
    data = {
        "timesteps": exact.timesteps.clone(),
        "eta": torch.tensor([eta], dtype=F64),
        # Compared to 1e-5 of the largest: float32 keeps as much.
        "x": x.float(),
        "pred_original": originals.float(),
        "float32_error": (x_single.to(F64) - x).abs().max().reshape(1),
        "add_noise.timesteps": steps,
        "add_noise": exact.add_noise(image, fresh, steps),
        "velocity": exact.get_velocity(image, fresh, steps),
    }
    for key, value in data.items():
        assert torch.isfinite(value).all(), (name, key)
        assert value.dtype in (F64, torch.int64) or key in ("x", "pred_original"), (name, key, value.dtype)
    write(data, folder / "golden.safetensors")
    return exact.alphas_cumprod


def make_timesteps(folder):
    data = {}
    for spacing in ("leading", "trailing", "linspace"):
        for offset in (0, 1):
            for total in (1000, 333):
                for count in COUNTS:
                    last = (count - 1) * (total // count) + offset
                    if count > total or (spacing == "leading" and last >= total):
                        continue
                    found = []
                    for kind in (DDPMScheduler, DDIMScheduler):
                        scheduler = kind(num_train_timesteps=total, timestep_spacing=spacing, steps_offset=offset)
                        scheduler.set_timesteps(count)
                        # Trailing spacing sometimes ends in a step too many, -1, by rounding.
                        assert len(scheduler.timesteps) == count or (
                            len(scheduler.timesteps) == count + 1 and scheduler.timesteps[-1] == -1)
                        found.append(scheduler.timesteps[:count].clone())
                    assert torch.equal(*found)
                    data[f"{spacing}.{total}.{count}.{offset}"] = found[0].short()
    write(data, folder / "timesteps.safetensors")


def make_schedulers(output):
    folder = output / "schedulers"
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(505)

    def randn(*shape):
        return torch.randn(shape, generator=generator)

    inputs = {
        "start": randn(2, 1, 4, 4),
        "noise": randn(STEPS, 2, 1, 4, 4),
        "unet_start": randn(1, 1, 8, 8),
        "unet_noise": randn(STEPS, 1, 1, 8, 8),
        "image": randn(4, 1, 4, 4).clamp(-1, 1),
        "fresh": randn(4, 1, 4, 4),
    }
    write(inputs, folder / "inputs.safetensors")
    make_unet(folder / "unet")
    models = {
        (by_unet, dtype): unet(folder / "unet", dtype) if by_unet else closed_formula
        for by_unet in (False, True)
        for dtype in (F64, torch.float32)
    }
    make_timesteps(folder)
    tables = []  # the names of runs with the same table, and the table
    for name in RUNS:
        table = make_run(folder, name, inputs, models)
        assert table.dtype == F64
        same = [names for names, other in tables if torch.equal(table, other)]
        if same:
            same[0].append(name)
        else:
            tables.append(([name], table))
    write({" ".join(names): table for names, table in tables}, folder / "tables.safetensors")


def write(data, path):
    save_file({name: value.contiguous() for name, value in data.items()}, str(path))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    make_schedulers(Path(sys.argv[1]))
