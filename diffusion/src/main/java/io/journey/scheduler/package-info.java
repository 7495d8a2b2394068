/**
 * Schedulers: at which timesteps a model is asked, and how its output becomes the next latents. One
 * file each, found by {@code _class_name}.
 */
package io.journey.scheduler;
