/** The noise schedule, q(x_t given x_0), scheduler settings, and the losses of the method. */
package io.journey.diffusion;
