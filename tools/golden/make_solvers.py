"""Golden drawings of the schedulers of Stable Diffusion: see README.md beside this file.

python make_solvers.py OUTPUT_FOLDER, which has schedulers/inputs.safetensors.
"""

import contextlib
import sys
from pathlib import Path

import numpy
import torch
from diffusers import (
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
)
from diffusers.schedulers import (
    scheduling_dpmsolver_multistep,
    scheduling_euler_ancestral_discrete,
    scheduling_euler_discrete,
    scheduling_pndm,
)
from safetensors.torch import load_file

from make_schedulers import F64, STABLE_DIFFUSION, Float64Torch, closed_formula, write

MODULES = (
    scheduling_dpmsolver_multistep,
    scheduling_euler_ancestral_discrete,
    scheduling_euler_discrete,
    scheduling_pndm,
)
V = dict(prediction_type="v_prediction")
ZERO_SNR = dict(V, rescale_betas_zero_snr=True, timestep_spacing="trailing")
LEADING = dict(timestep_spacing="leading", steps_offset=1)
PLMS = dict(skip_prk_steps=True)

# name -> (scheduler, inference steps, options)
RUNS = {
    "euler-default": (EulerDiscreteScheduler, 10, dict()),
    "euler-stable-diffusion": (EulerDiscreteScheduler, 20, dict(STABLE_DIFFUSION, **LEADING)),
    "euler-rounded": (EulerDiscreteScheduler, 23, dict(STABLE_DIFFUSION)),
    "euler-trailing-v": (EulerDiscreteScheduler, 15, dict(STABLE_DIFFUSION, **V, timestep_spacing="trailing")),
    "euler-zero-snr": (EulerDiscreteScheduler, 12, ZERO_SNR),
    "euler-sigma-min": (EulerDiscreteScheduler, 28, dict(final_sigmas_type="sigma_min")),
    "euler-sample": (
        EulerDiscreteScheduler, 7,
        dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample", timestep_spacing="leading"),
    ),
    "euler-one": (EulerDiscreteScheduler, 1, dict(timestep_spacing="trailing")),
    "euler-ancestral-default": (EulerAncestralDiscreteScheduler, 10, dict()),
    "euler-ancestral-stable-diffusion": (
        EulerAncestralDiscreteScheduler, 20, dict(STABLE_DIFFUSION, **LEADING),
    ),
    "euler-ancestral-v": (EulerAncestralDiscreteScheduler, 15, dict(V, timestep_spacing="trailing")),
    "euler-ancestral-zero-snr": (EulerAncestralDiscreteScheduler, 8, ZERO_SNR),
    "pndm-stable-diffusion": (
        PNDMScheduler, 20, dict(STABLE_DIFFUSION, **PLMS, set_alpha_to_one=False, steps_offset=1),
    ),
    "pndm-stable-diffusion-50": (
        PNDMScheduler, 50, dict(STABLE_DIFFUSION, **PLMS, set_alpha_to_one=False, steps_offset=1),
    ),
    "pndm-v": (PNDMScheduler, 10, dict(STABLE_DIFFUSION, **PLMS, **V, steps_offset=1)),
    "pndm-linspace": (PNDMScheduler, 13, dict(PLMS, timestep_spacing="linspace", set_alpha_to_one=True)),
    "pndm-trailing": (PNDMScheduler, 7, dict(PLMS, timestep_spacing="trailing")),
    "pndm-two": (PNDMScheduler, 2, dict(PLMS)),
    "pndm-one": (PNDMScheduler, 1, dict(PLMS)),
    "dpm-default": (DPMSolverMultistepScheduler, 20, dict()),
    "dpm-stable-diffusion": (DPMSolverMultistepScheduler, 25, dict(STABLE_DIFFUSION, **LEADING)),
    "dpm-few": (DPMSolverMultistepScheduler, 10, dict(STABLE_DIFFUSION)),
    "dpm-trailing-v": (
        DPMSolverMultistepScheduler, 12, dict(STABLE_DIFFUSION, **V, timestep_spacing="trailing"),
    ),
    "dpm-sigma-min": (DPMSolverMultistepScheduler, 20, dict(final_sigmas_type="sigma_min")),
    "dpm-sigma-min-few": (DPMSolverMultistepScheduler, 14, dict(final_sigmas_type="sigma_min")),
    "dpm-second-order-to-the-end": (
        DPMSolverMultistepScheduler, 8, dict(final_sigmas_type="sigma_min", lower_order_final=False),
    ),
    "dpm-euler-at-final": (
        DPMSolverMultistepScheduler, 20, dict(final_sigmas_type="sigma_min", euler_at_final=True),
    ),
    "dpm-thresholding": (
        DPMSolverMultistepScheduler, 16,
        dict(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5),
    ),
    "dpm-zero-snr": (DPMSolverMultistepScheduler, 10, ZERO_SNR),
    "dpm-cosine-sample": (
        DPMSolverMultistepScheduler, 18, dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample"),
    ),
    "dpm-one": (DPMSolverMultistepScheduler, 1, dict()),
}


class Float64Numpy:
    """numpy with float64 in place of float32."""

    float32 = numpy.float64

    def __getattr__(self, name):
        return getattr(numpy, name)


@contextlib.contextmanager
def in_float64():
    default = torch.get_default_dtype()
    torch.set_default_dtype(F64)
    for module in MODULES:
        module.torch, module.np = Float64Torch(), Float64Numpy()
    try:
        yield
    finally:
        torch.set_default_dtype(default)
        for module in MODULES:
            module.torch, module.np = torch, numpy


def set_timesteps(scheduler, count, rounded=True):
    scheduler.set_timesteps(count)
    # Trailing spacing sometimes ends in a step too many by rounding; none of these runs has it.
    whole = scheduler.timesteps.round()
    if rounded and not torch.equal(whole.to(F64), scheduler.timesteps.to(F64)):
        scheduler.set_timesteps(timesteps=whole.tolist())


def run(scheduler, start, noise):
    """What the model is given at each call, and the picture at the end."""
    inputs, x = [], start * scheduler.init_noise_sigma
    original = scheduling_euler_ancestral_discrete.randn_tensor
    try:
        for call, t in enumerate(scheduler.timesteps):
            given = scheduler.scale_model_input(x, t)
            inputs.append(given)
            scheduling_euler_ancestral_discrete.randn_tensor = lambda *a, **k: noise[call]
            x = scheduler.step(closed_formula(given, float(t)), t, x).prev_sample
    finally:
        scheduling_euler_ancestral_discrete.randn_tensor = original
    return torch.stack(inputs), x


def make_solvers(output):
    inputs = load_file(str(output / "schedulers" / "inputs.safetensors"))
    start, noise = inputs["start"].to(F64), inputs["noise"].to(F64)
    for name, (kind, count, options) in RUNS.items():
        folder = output / "solvers" / name
        folder.mkdir(parents=True, exist_ok=True)
        kind(**options).save_pretrained(str(folder))
        with in_float64():
            scheduler = kind(**options)
            set_timesteps(scheduler, count)
            xt, image = run(scheduler, start, noise)
        data = dict(
            inference_steps=torch.tensor([count]), timesteps=scheduler.timesteps.to(torch.int64), xt=xt, image=image
        )
        for key, value in data.items():
            assert torch.isfinite(value).all(), (name, key)
            assert value.dtype in (F64, torch.int64), (name, key, value.dtype)
        write(data, folder / "golden.safetensors")


def print_effect_of_rounding(output):
    """How far Euler's pictures are with whole timesteps from those with diffusers' own."""
    inputs = load_file(str(output / "schedulers" / "inputs.safetensors"))
    start, noise = inputs["start"].to(F64), inputs["noise"].to(F64)
    for count in (20, 30, 50):
        with in_float64():
            pictures = []
            for rounded in (True, False):
                scheduler = EulerDiscreteScheduler(**STABLE_DIFFUSION)
                set_timesteps(scheduler, count, rounded)
                pictures.append(run(scheduler, start, noise)[1])
        difference = (pictures[0] - pictures[1]).abs().max() / pictures[1].abs().max()
        print(f"{count} steps: {difference:.1e} of the largest number")


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_solvers(Path(sys.argv[1]))
    print_effect_of_rounding(Path(sys.argv[1]))
