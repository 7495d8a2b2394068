/**
 * Conditions that images are drawn under, of one image and of a batch.
 *
 * <p>A text comes in two forms. A {@link io.journey.condition.Condition.Prompt} is the text alone:
 * what data sets and people give, and what files keep. A {@link
 * io.journey.condition.Condition.Caption} is the text with its encoder's states, by reference: what
 * a model is asked with. {@link io.journey.condition.Condition#resolve} makes the second of the
 * first, by whoever has the {@link io.journey.condition.CaptionEncoder}; {@link
 * io.journey.condition.Condition#stored} goes back. So a file of trajectories has no states, which
 * are a hundred thousand times as large as the text, and whoever reads one resolves its conditions
 * before anything is asked of a model.
 *
 * <p>The text "" is the null condition of models of captions: what guidance asks beside the
 * caption, and what training puts in the place of a caption that it drops.
 */
package io.journey.condition;
