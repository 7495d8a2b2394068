/** Native memory: what passes between libtorch and Java. */
package io.journey.tensor;
