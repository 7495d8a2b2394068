"""EK-FAC influence by kronfluence, on a model of ours: what a training image did to each x̂0^(t).

Arguments: folder of a diffusers UNet2DModel, images (NPY, of idx_images.py), trajectories of
`journey sample`, steps (100,200), draws, Fisher matrix (empirical or true), damping (a number;
heuristic: kronfluence's, a tenth of each module's mean eigenvalue; relative:C: C times the mean
eigenvalue of all modules), scratch folder, output file. Writes NPY float32 [steps, targets, images],
positive where training on the image lowers the loss of x̂0^(t).

An example of kronfluence is an image whose loss is the mean over its draws: the model is called once
a draw, which kronfluence has as shared parameters. Factors in the scratch folder are used again.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
from diffusers import UNet2DModel
from kronfluence.analyzer import Analyzer, prepare_model
from kronfluence.arguments import FactorArguments, ScoreArguments
from kronfluence.task import Task
from torch.utils.data import TensorDataset

import question

model_folder, images, trajectories = sys.argv[1:4]
steps, draws = [int(t) for t in sys.argv[4].split(",")], sys.argv[5]
fisher, damping, scratch, out = sys.argv[6:10]
torch.set_num_threads(1)
torch.manual_seed(0)


class Denoising(Task):
    # With a process of its own kronfluence adds up the scores of a module that is called repeatedly.
    enable_post_process_per_sample_gradient = True

    def compute_train_loss(self, batch, model, sample=False):
        total = 0
        image, t, noise = batch
        for d in range(t.shape[1]):
            predicted = model(question.noised(image, t[:, d], noise[:, d]), t[:, d]).sample
            wanted = noise[:, d]
            if sample:
                wanted = predicted.detach() + torch.randn_like(predicted)
            total = total + (predicted - wanted).square().mean((1, 2, 3)).sum()
        return total / t.shape[1]

    def compute_measurement(self, batch, model):
        return self.compute_train_loss(batch, model)


train = TensorDataset(*question.training(images, draws, 0))
asked = TensorDataset(*question.questions(trajectories, steps, draws, 0))
task = Denoising()
model = prepare_model(UNet2DModel.from_pretrained(model_folder).eval(), task)
analyzer = Analyzer(
    "model", model, task, cpu=True, output_dir=scratch, disable_tqdm=True, disable_model_save=True
)
factor_args = FactorArguments(
    strategy="ekfac", use_empirical_fisher=fisher == "empirical", has_shared_parameters=True
)
start = time.perf_counter()
analyzer.fit_all_factors(
    fisher, train, per_device_batch_size=25, factor_args=factor_args, overwrite_output_dir=False
)
fitted = time.perf_counter()
factor = None
if damping.startswith("relative:"):
    values = analyzer.load_lambda_matrices(fisher)
    count = values["num_lambda_processed"]
    means = [(m.double() / count[name]).flatten() for name, m in values["lambda_matrix"].items()]
    factor = float(damping.split(":")[1]) * torch.cat(means).mean().item()
elif damping != "heuristic":
    factor = float(damping)
name = f"{fisher}-{damping.replace(':', '-')}-{draws}"
analyzer.compute_pairwise_scores(
    name,
    fisher,
    asked,
    train,
    per_device_query_batch_size=24,
    per_device_train_batch_size=25,
    score_args=ScoreArguments(damping_factor=factor, query_gradient_accumulation_steps=len(asked)),
    overwrite_output_dir=True,
)
scores = analyzer.load_pairwise_scores(name)["all_modules"]
done = time.perf_counter()
np.save(out, scores.float().numpy().reshape(len(steps), -1, len(train)))
print(
    json.dumps(
        {
            "engine": "kronfluence",
            "fisher": fisher,
            "damping": damping,
            "damping_factor": factor,
            "draws": draws,
            "fit_s": round(fitted - start, 1),
            "scores_s": round(done - fitted, 1),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        }
    )
)
