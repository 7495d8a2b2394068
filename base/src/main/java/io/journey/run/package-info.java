/**
 * Shared by every stage: directories that stages leave behind with their manifests, progress,
 * workers, text and JSON as Journey and diffusers write them, what is registered on the class path.
 */
package io.journey.run;
