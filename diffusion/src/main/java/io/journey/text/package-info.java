/**
 * Captions as a text-conditional model sees them: CLIP's tokenizer and its text model, which turn a
 * caption into one vector a token. Start reading at {@link io.journey.text.TextEncoder}.
 */
package io.journey.text;
