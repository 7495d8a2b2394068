/** Agreement over steps, baselines, and checks of what scores claim. */
package io.journey.evaluation;
