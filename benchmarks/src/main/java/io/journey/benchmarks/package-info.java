/** Side-by-side measurements; each class is one command that prints JSON. */
package io.journey.benchmarks;
