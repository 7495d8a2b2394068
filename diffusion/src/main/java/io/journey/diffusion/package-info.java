/** The noise schedule, q(x_t given x_0), and the losses of the method. */
package io.journey.diffusion;
