"""Images a second of the usual PyTorch training loop of a diffusers UNet2DModel.

Arguments: config.json, batch size, steps, threads[, channels_last]. The images are random.
Prints one line of JSON. The loop is the one of diffusers' training example: noise, forward,
mean squared error, backward, Adam.
"""

import json
import resource
import sys
import time

import torch
from diffusers import DDPMScheduler, UNet2DModel

config, batch, steps, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
memory_format = torch.channels_last if "channels_last" in sys.argv else torch.contiguous_format
torch.set_num_threads(threads)
torch.manual_seed(0)
fields = {k: v for k, v in json.load(open(config)).items() if not k.startswith("_")}
model = UNet2DModel(**fields).to(memory_format=memory_format)
model.train()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
scheduler = DDPMScheduler(num_train_timesteps=1000)
side, channels = fields["sample_size"], fields["in_channels"]
images = torch.rand(1000, channels, side, side) * 2 - 1

begin = 0.0
for step in range(steps + 2):
    if step == 2:
        begin = time.perf_counter()
    clean = images[torch.randint(0, len(images), (batch,))].to(memory_format=memory_format)
    noise = torch.randn_like(clean)
    timesteps = torch.randint(0, 1000, (batch,))
    noisy = scheduler.add_noise(clean, noise, timesteps)
    loss = torch.nn.functional.mse_loss(model(noisy, timesteps).sample, noise)
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
