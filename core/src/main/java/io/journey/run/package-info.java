/** Directories that stages leave behind: locking, resuming, manifests, progress. */
package io.journey.run;
