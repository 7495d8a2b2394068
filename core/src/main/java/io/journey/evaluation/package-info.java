/** Checks of what scores claim: what they share; each check is a package below. */
package io.journey.evaluation;
