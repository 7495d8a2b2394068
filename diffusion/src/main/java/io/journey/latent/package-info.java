/**
 * Autoencoders: images to the latents that a denoiser of latents takes, and back.
 *
 * <p>Symbols: B images of C channels, H×W pixels; latents of L channels, H/s × W/s, where s is the
 * scale of compression (8 for Stable Diffusion). A latent is z = (m − shift) · scaling, where m is
 * what the encoder gives: the mean of its posterior for {@code AutoencoderKL}, which is a Gaussian
 * (Kingma and Welling 2014, Rombach et al. 2022), the number itself for {@code AutoencoderTiny}.
 *
 * <p>Start reading at {@link io.journey.latent.LatentCodec}, then {@link
 * io.journey.latent.Autoencoders}. What is read: {@code docs/methods/latent.md}.
 */
package io.journey.latent;
