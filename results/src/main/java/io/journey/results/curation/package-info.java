/** Which training images a person should look at, and why. */
package io.journey.results.curation;
