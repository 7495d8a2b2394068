"""Example-draws a second of others, on the draws that FeatureCost wrote.

Arguments: folder of a diffusers UNet2DModel, folder of FeatureCost, k, threads, batch of a training
step, images a batch of per-sample gradients, engines (pytorch,traker,dattri).

  pytorch  forward and backward pass of batches, no optimizer
  traker   TRAKer.featurize with its CPU projector (BasicProjector, normal)
  dattri   AttributionTask's gradients and random_project, as TRAKAttributor.cache has them

A sample of traker and dattri is an image whose loss is the mean over its draws. Prints a line of
JSON for each, and one that compares inner products of everybody's features with the exact ones.
"""

import json
import resource
import shutil
import sys
import tempfile
import time

import numpy as np
import torch
from diffusers import DDPMScheduler, UNet2DModel

model_folder, folder, k, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
batch, group, engines = int(sys.argv[5]), int(sys.argv[6]), sys.argv[7].split(",")
torch.set_num_threads(threads)
model = UNet2DModel.from_pretrained(model_folder)
model.eval()
images = torch.from_numpy(np.load(folder + "/images.npy"))
timesteps = torch.from_numpy(np.load(folder + "/timesteps.npy")).long()
noise = torch.from_numpy(np.load(folder + "/noise.npy"))
count, draws = timesteps.shape
alphas = DDPMScheduler(num_train_timesteps=1000).alphas_cumprod
parameters = sum(p.numel() for p in model.parameters())


def noised(image, t, eps):
    a = alphas[t].view(-1, 1, 1, 1)
    return a.sqrt() * image + (1 - a).sqrt() * eps


def loss_of(weights, buffers, image, t, eps):
    """The mean loss of one image over its draws."""
    out = torch.func.functional_call(model, (weights, buffers), (noised(image[None], t, eps), t))
    return torch.nn.functional.mse_loss(out.sample, eps)


def report(engine, what, items, seconds, **more):
    line = {
        "engine": engine,
        "what": what,
        "parameters": parameters,
        "draws": draws,
        "k": k,
        "threads": threads,
        "per_second": round(items / seconds, 3),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }
    print(json.dumps({**line, **more}), flush=True)


def groups():
    for at in range(0, count, group):
        yield images[at : at + group], timesteps[at : at + group], noise[at : at + group]


def forward_backward():
    flat_t = timesteps.T.reshape(-1)
    flat_eps = noise.transpose(0, 1).reshape(-1, *images.shape[1:])
    repeated = images.repeat(draws, 1, 1, 1)
    times = []
    for at in range(0, len(flat_t) - batch + 1, batch):
        rows = slice(at, at + batch)
        start = time.perf_counter()
        x = noised(repeated[rows], flat_t[rows], flat_eps[rows])
        loss = torch.nn.functional.mse_loss(model(x, flat_t[rows]).sample, flat_eps[rows])
        loss.backward()
        model.zero_grad()
        times.append(time.perf_counter() - start)
    times = sorted(times[1:] or times)
    report("pytorch", "forward and backward", batch, times[len(times) // 2])


def exact():
    """Whole gradients, for inner products."""
    weights = {n: p.detach() for n, p in model.named_parameters()}
    rows = []
    for i in range(count):
        for p in weights.values():
            p.requires_grad_(True)
        loss = loss_of(weights, {}, images[i], timesteps[i], noise[i])
        rows.append(
            torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, list(weights.values()))])
        )
    return torch.stack(rows)


def with_traker():
    from trak import TRAKer
    from trak.modelout_functions import AbstractModelOutput

    class Output(AbstractModelOutput):
        def __init__(self):
            super().__init__()

        @staticmethod
        def get_output(network, weights, buffers, image, t, eps):
            return loss_of(weights, buffers, image, t, eps)

        def get_out_to_loss_grad(self, network, weights, buffers, rows):
            return torch.ones(rows[0].shape[0], 1)

    scratch = tempfile.mkdtemp()
    traker = TRAKer(
        model=model,
        task=Output(),
        train_set_size=count,
        save_dir=scratch,
        device="cpu",
        proj_dim=k,
        use_half_precision=False,
        logging_level=50,
    )
    traker.load_checkpoint(model.state_dict(), model_id=0)
    start = time.perf_counter()
    for rows in groups():
        traker.featurize(batch=rows, num_samples=len(rows[0]))
    seconds = time.perf_counter() - start
    features = torch.from_numpy(np.array(traker.saver.current_store["grads"]))
    shutil.rmtree(scratch)
    report("traker", "TRAKer.featurize", count * draws, seconds)
    return features * (parameters / k) ** 0.5


def with_dattri():
    from dattri.func.projection import random_project
    from dattri.task import AttributionTask

    def loss_func(weights, rows):
        image, t, eps = rows
        return loss_of(weights, {}, image, t, eps)

    task = AttributionTask(
        loss_func=loss_func, model=model, checkpoints=model.state_dict(), target_func=loss_func
    )
    weights, _ = task.get_param(ckpt_idx=0)
    gradient = task.get_grad_loss_func(in_dims=(None, 0))
    features = []
    start = time.perf_counter()
    for rows in groups():
        grads = gradient(weights, rows)
        features.append(
            random_project(
                grads, len(rows[0]), proj_dim=k, proj_max_batch_size=32, proj_seed=0, device="cpu"
            )(grads, ensemble_id=0)
        )
    seconds = time.perf_counter() - start
    report("dattri", "gradients and random_project", count * draws, seconds)
    return torch.cat(features)


def compare(truth, features):
    norms = truth.norm(dim=1)
    scale = norms[:, None] * norms[None, :]
    products = truth @ truth.T
    off = ~torch.eye(count, dtype=torch.bool)
    for name, rows in features.items():
        rows = rows.float()
        found = rows @ rows.T
        ratio = ((found * products).sum() / (products * products).sum()).item()
        error = ((found - products) / scale)[off].pow(2).mean().sqrt().item()
        print(
            json.dumps(
                {
                    "engine": name,
                    "what": "inner products beside exact ones",
                    "k": rows.shape[1],
                    "slope": round(ratio, 4),
                    "error_of_cosines": round(error, 5),
                    "cosines": round((products / scale)[off].pow(2).mean().sqrt().item(), 5),
                }
            ),
            flush=True,
        )


features = {}
if "pytorch" in engines:
    forward_backward()
if "traker" in engines:
    features["traker"] = with_traker()
if "dattri" in engines:
    features["dattri"] = with_dattri()
for kind in ("sparse", "factored"):
    features["journey " + kind] = torch.from_numpy(np.load(f"{folder}/features-{kind}.npy"))
compare(exact(), features)
