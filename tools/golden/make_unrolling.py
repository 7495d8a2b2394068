"""Writes what dattri-llm's AdamW-influence says of a small training, step by step.

Usage: python make_unrolling.py OUTPUT_FILE

torch 2.15.0, safetensors 0.8.0, dattri-llm 0.1.0 and transformers (which its trainer asks for seeds
and learning rates), CPU, one thread, fixed seeds. All is dattri-llm's own work: it trains three
linear layers with AdamW, records gradients of each example and moments, and goes back through the
steps (AdamWInfluenceAttributor, float32). Tensors, for S steps of B examples, Q questions, p weights:

  gradients [S, B, p]  of each example's loss, divided by B: its share of the batch's
  examples [S, B]      which example of the set a row is
  mean, square [S, p]  Adam's moments before each step
  rates [S]            learning rates
  questions [Q, p]     gradients of the questions' losses at the end
  scores [S, B, Q]     AdamW-influence: what the question's loss falls without the example
"""

import sys
import tempfile

import torch
from dattri_llm.attribution.algorithm.adamw_influence import AdamWInfluenceAttributor
from dattri_llm.attribution.arguments import AttributionArguments
from dattri_llm.gradient import ops
from dattri_llm.task import AttributionTask
from safetensors.torch import save_file

STEPS, BATCH, EXAMPLES, QUESTIONS = 8, 5, 20, 3


class Examples(torch.utils.data.Dataset):
    """Examples, some times over: the trainer makes one pass, and knows an example by its numbers."""

    def __init__(self, count, times, generator):
        self.inputs = torch.randn(count, 5, generator=generator)
        self.wanted = torch.randn(count, 3, generator=generator)
        self.times = times

    def __len__(self):
        return len(self.inputs) * self.times

    def __getitem__(self, index):
        index %= len(self.inputs)
        return {"inputs": self.inputs[index], "wanted": self.wanted[index]}


def loss(model, batch):
    return (model(batch["inputs"]) - batch["wanted"]).square().sum(1).mean()


def rows(block, layers):
    return torch.cat(
        [ops.materialize(block.data[n], block.layer_types[n]).flatten(1) for n in layers], 1
    )


def main(path):
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(2018)
    torch.manual_seed(2018)
    model = torch.nn.Sequential(
        torch.nn.Linear(5, 9),
        torch.nn.Tanh(),
        torch.nn.Linear(9, 8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 3),
    )
    train = Examples(EXAMPLES, STEPS * BATCH // EXAMPLES, generator)
    asked = Examples(QUESTIONS, 1, generator)
    with tempfile.TemporaryDirectory() as folder:
        args = AttributionArguments(
            output_dir=folder,
            per_device_train_batch_size=BATCH,
            per_device_eval_batch_size=QUESTIONS,
            learning_rate=0.02,
            lr_scheduler_type="cosine",
            weight_decay=0.0,
            adam_beta1=0.8,
            adam_beta2=0.95,
            adam_epsilon=1e-3,
            max_grad_norm=None,
            seed=7,
        )
        attributor = AdamWInfluenceAttributor(args, task=AttributionTask(loss, model))
        ((train_dir, test_dir),) = attributor.cache(train, asked)
        found = {
            side: attributor.attribute_from_cache(train_dir, test_dir, propagation=side)
            for side in ("train", "test")
        }
        source = attributor.open_train_source(train_dir)
        dynamics = attributor.load_dynamics(source, None)
        layers = sorted(next(iter(source))[1].data)
        gradients, before, rates, ids = [], [], [], []
        for step in sorted(dynamics):
            ((_, block, hashes),) = source.for_steps([step])
            gradients.append(rows(block, layers))
            ids.append(hashes)
            before.append(
                [torch.cat([dynamics[step]["pre"][n][i].flatten() for n in layers]) for i in (0, 1)]
            )
            rates.append(dynamics[step]["lr"])
        ((_, block, asked_ids),) = attributor.load_test_rep(test_dir)
        questions = rows(block, layers)
    scores = found["test"]
    # Their rows begin with the last step.
    assert scores.row_train_ids == [one for step in reversed(ids) for one in step]
    assert scores.test_ids == list(asked_ids)
    shape = (STEPS, BATCH, QUESTIONS)
    both = found["train"].scores
    print("sides of dattri-llm differ by", (both - scores.scores).norm() / both.norm())
    names = sorted({one for step in ids for one in step})
    save_file(
        {
            "gradients": torch.stack(gradients).float(),
            "examples": torch.tensor([[names.index(one) for one in step] for step in ids]),
            "mean": torch.stack([m for m, _ in before]).float(),
            "square": torch.stack([v for _, v in before]).float(),
            "rates": torch.tensor(rates, dtype=torch.float64),
            "questions": questions.float(),
            "scores": scores.scores.reshape(shape).flip(0).contiguous().float(),
        },
        path,
    )


main(sys.argv[1])
