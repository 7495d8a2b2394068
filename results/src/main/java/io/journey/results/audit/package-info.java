/** Audits: what became of a picture when some training images were left out, and the verdict. */
package io.journey.results.audit;
