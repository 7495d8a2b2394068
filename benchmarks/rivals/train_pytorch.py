"""Images a second of the usual PyTorch training loop of a diffusers UNet2DModel or UNet2DConditionModel.

Arguments: config.json, batch size, steps, threads[, channels_last]. The images are random, and so are the states of
captions, of TOKENS tokens (an environment variable, 77 without it).
Prints one line of JSON. The loop is the one of diffusers' training example: noise, forward,
mean squared error, backward, Adam.
"""

import json
import os
import resource
import sys
import time

import torch
import diffusers
from diffusers import DDPMScheduler

config, batch, steps, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
memory_format = torch.channels_last if "channels_last" in sys.argv else torch.contiguous_format
torch.set_num_threads(threads)
torch.manual_seed(0)
whole = json.load(open(config))
fields = {k: v for k, v in whole.items() if not k.startswith("_")}
model = getattr(diffusers, whole.get("_class_name", "UNet2DModel"))(**fields).to(memory_format=memory_format)
model.train()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
scheduler = DDPMScheduler(num_train_timesteps=1000)
side, channels = fields["sample_size"], fields["in_channels"]
height, width = side if isinstance(side, list) else (side, side)
images = torch.rand(1000, channels, height, width) * 2 - 1
captioned = "cross_attention_dim" in fields
states = torch.randn(64, int(os.environ.get("TOKENS", 77)), fields["cross_attention_dim"]) if captioned else None

begin = 0.0
for step in range(steps + 2):
    if step == 2:
        begin = time.perf_counter()
    clean = images[torch.randint(0, len(images), (batch,))].to(memory_format=memory_format)
    noise = torch.randn_like(clean)
    timesteps = torch.randint(0, 1000, (batch,))
    noisy = scheduler.add_noise(clean, noise, timesteps)
    told = (states[torch.randint(0, len(states), (batch,))],) if captioned else ()
    loss = torch.nn.functional.mse_loss(model(noisy, timesteps, *told).sample, noise)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
seconds = time.perf_counter() - begin
print(
    json.dumps(
        {
            "engine": "pytorch " + torch.__version__,
            "format": str(memory_format).split(".")[-1],
            "batch": batch,
            "threads": threads,
            "images_per_second": round(steps * batch / seconds, 2),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        }
    )
)
