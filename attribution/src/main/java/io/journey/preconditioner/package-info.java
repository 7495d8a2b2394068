/** Linear maps that gradients pass before their projection: approximate inverse curvature. */
package io.journey.preconditioner;
