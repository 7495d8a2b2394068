/** What makers of training images said of training on them, as their files carry it. */
package io.journey.results.consent;
