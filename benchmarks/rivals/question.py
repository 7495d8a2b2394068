"""What influence_kronfluence.py and influence_traker.py ask, the same for both.

A training image's loss is the mean over draws of (t, ε) of the mean squared error of the predicted
noise, a question's that of x̂0^(t) of a drawing, noised to exactly step t. Draws of training images
are shared by all images and have t in the middle of equal strata; those of a question are shared by
all drawings. Of draws that are given as 20+- half are the other half with −ε. They are not Journey's
draws: random numbers are others, and no step is drawn by importance.
"""

import numpy as np
import torch
from diffusers import DDPMScheduler
from safetensors import safe_open

STEPS = 1000
ALPHAS = DDPMScheduler(num_train_timesteps=STEPS).alphas_cumprod


def noised(images, t, noise):
    a = ALPHAS[t].view(-1, 1, 1, 1)
    return a.sqrt() * images + (1 - a).sqrt() * noise


def counted(draws):
    """20 and 20+- as a number and whether in pairs."""
    pairs = draws.endswith("+-")
    return int(draws.removesuffix("+-")), pairs


def training(file, draws, seed):
    """Images [N, C, H, W], steps [N, draws] and noise [N, draws, C, H, W]."""
    images = torch.from_numpy(np.load(file))
    count, pairs = counted(draws)
    strata = count // 2 if pairs else count
    t = ((torch.arange(strata) + 0.5) * STEPS / strata).long()
    return with_draws(images, (t.repeat(2) if pairs else t).expand(len(images), count), draws, seed)


def questions(file, steps, draws, seed):
    """The same of x̂0, step by step and in a step drawing by drawing: [steps * targets, ...]."""
    with safe_open(file, "pt") as trajectories:
        known = trajectories.get_tensor("timesteps").tolist()
        x0 = trajectories.get_tensor("x0")
    images = torch.cat([x0[:, known.index(t)] for t in steps])
    t = torch.tensor(steps).repeat_interleave(len(x0))
    return with_draws(images, t[:, None].expand(len(images), counted(draws)[0]), draws, seed + 1)


def with_draws(images, t, draws, seed):
    generator = torch.Generator().manual_seed(seed)
    count, pairs = counted(draws)
    noise = torch.randn(count // 2 if pairs else count, *images.shape[1:], generator=generator)
    noise = torch.cat([noise, -noise]) if pairs else noise
    return images, t, noise.expand(len(images), *noise.shape)
