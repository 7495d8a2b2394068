/**
 * A campaign of damaged and prepared input against every reader: {@link
 * io.journey.benchmarks.Hostile} starts it.
 *
 * <p>An {@link io.journey.benchmarks.hostile.Original} is a small input that is read well, with the
 * commands that read it. A case changes it by a named seed ({@link
 * io.journey.benchmarks.hostile.Attack}), runs one command in a process of its own kind ({@link
 * io.journey.benchmarks.hostile.Worker}), and says how that went ({@link
 * io.journey.benchmarks.hostile.Verdict}).
 */
package io.journey.benchmarks.hostile;
