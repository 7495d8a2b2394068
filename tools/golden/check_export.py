"""Draws by diffusers with a pipeline that `journey export` wrote, and compares with Journey's trajectory.

    journey export --checkpoint ENSEMBLE/member-000 --out PIPELINE
    journey sample --checkpoint PIPELINE --prompt 'a cat' --guidance 3 --negative-prompt dog \\
        --count 1 --inference-steps 5 --out trajectory.safetensors
    python check_export.py PIPELINE trajectory.safetensors 'a cat' dog 3

A further argument is a LoRA that diffusers puts on the pipeline: what `journey train --lora` left, such
as TUNED/member-000, or what `journey export` wrote of it; the trajectory is that of the checkpoint with it.

Needs the packages of requirements-text.txt and diffusers.
"""

import sys

from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file

folder, file, prompt, negative, guidance, *lora = sys.argv[1:]
drawn = load_file(file)
pipeline = StableDiffusionPipeline.from_pretrained(folder)
if lora:
    pipeline.load_lora_weights(lora[0])
latents = []


def keep(_, index, step, values):
    latents.append(values["latents"].clone())
    return values


height, width = drawn["picture"].shape[-2:]
output = pipeline(
    prompt,
    negative_prompt=negative,
    guidance_scale=float(guidance),
    num_inference_steps=len(drawn["timesteps"]),
    latents=drawn["xt"][0, :1].clone(),
    height=height,
    width=width,
    output_type="pt",
    callback_on_step_end=keep,
)
steps = pipeline.scheduler.timesteps.tolist()
assert steps == drawn["timesteps"].tolist(), steps
expected = [drawn["xt"][0, s : s + 1] for s in range(1, len(steps))] + [drawn["image"][:1]]
for step, ours, theirs in zip(steps, expected, latents):
    print(f"after t = {step}: largest difference {(ours - theirs).abs().max():.1e}")
picture = output.images * 2 - 1 - drawn["picture"][:1].clamp(-1, 1)
print(f"picture: largest difference {picture.abs().max():.1e}")
