/**
 * Stages killed while they write, started again, and compared byte by byte with runs that nobody
 * disturbed: {@link io.journey.benchmarks.Kills} starts it.
 */
package io.journey.benchmarks.kills;
