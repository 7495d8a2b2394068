"""TRAK scores by traker, on a model of ours: what a training image did to each x̂0^(t).

Arguments: folder of a diffusers UNet2DModel, images (NPY, of idx_images.py), trajectories of
`journey sample`, steps (100,200), draws, k, damping C, scratch folder (new), output file. Writes NPY
float32 [steps, targets, images], positive where training on the image lowers the loss of x̂0^(t).

A sample of traker is an image whose loss is the mean over its draws, as in features_pytorch.py; its
projector is BasicProjector, that for the CPU. The output is the loss and its weight 1, so the score
is g_tᵀ (ΦᵀΦ + λI)⁻¹ φ_i. Its λ (lambda_reg, 0 by default, with which ΦᵀΦ has no inverse where there
are fewer images than k) is C·trace(ΦᵀΦ)/min(N, k), as Journey's.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
from diffusers import UNet2DModel
from trak import TRAKer
from trak.modelout_functions import AbstractModelOutput
from trak.projectors import BasicProjector, ProjectionType

import question

model_folder, images, trajectories = sys.argv[1:4]
steps, draws, k = [int(t) for t in sys.argv[4].split(",")], sys.argv[5], int(sys.argv[6])
damping, scratch, out = float(sys.argv[7]), *sys.argv[8:10]
torch.set_num_threads(1)
BATCH = 40


class Loss(AbstractModelOutput):
    def __init__(self):
        super().__init__()

    @staticmethod
    def get_output(network, weights, buffers, image, t, noise):
        noised = question.noised(image[None], t, noise)
        predicted = torch.func.functional_call(network, (weights, buffers), (noised, t)).sample
        return torch.nn.functional.mse_loss(predicted, noise)

    def get_out_to_loss_grad(self, network, weights, buffers, batch):
        return torch.ones(batch[0].shape[0], 1)


def batches(tensors):
    return zip(*(tensor.split(BATCH) for tensor in tensors))


train = question.training(images, draws, 0)
asked = question.questions(trajectories, steps, draws, 0)
model = UNet2DModel.from_pretrained(model_folder).eval()
projector = BasicProjector(
    grad_dim=sum(p.numel() for p in model.parameters()),
    proj_dim=k,
    seed=0,
    proj_type=ProjectionType.normal,
    device="cpu",
    block_size=64,
    dtype=torch.float32,
)
traker = TRAKer(
    model=model,
    task=Loss(),
    train_set_size=len(train[0]),
    save_dir=scratch,
    device="cpu",
    projector=projector,
    proj_dim=k,
    use_half_precision=False,
    logging_level=30,
)
start = time.perf_counter()
traker.load_checkpoint(model.state_dict(), model_id=0)
for batch in batches(train):
    traker.featurize(batch=batch, num_samples=len(batch[0]))
features = torch.from_numpy(np.array(traker.saver.current_store["grads"]))
traker.score_computer.lambda_reg = damping * features.square().sum().item() / min(features.shape)
traker.finalize_features()
fitted = time.perf_counter()
traker.start_scoring_checkpoint("scores", model.state_dict(), 0, num_targets=len(asked[0]))
for batch in batches(asked):
    traker.score(batch=batch, num_samples=len(batch[0]))
scores = np.array(traker.finalize_scores("scores"))  # [images, questions]
done = time.perf_counter()
np.save(out, scores.T.astype(np.float32).reshape(len(steps), -1, len(train[0])))
print(
    json.dumps(
        {
            "engine": "traker",
            "k": k,
            "lambda_reg": traker.score_computer.lambda_reg,
            "draws": draws,
            "features_s": round(fitted - start, 1),
            "scores_s": round(done - fitted, 1),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        }
    )
)
