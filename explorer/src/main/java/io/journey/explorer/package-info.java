/**
 * A page on this machine on which a person points at a part of a generated picture and sees which
 * training images pushed it. {@link io.journey.explorer.Explorer} serves it; what it asks is
 * answered by {@link io.journey.score.OpenCheckpoints}, a few draws at first and then more. {@code
 * ExploredRun} is the run, {@code RunTargets} what can be asked about, {@code Pages} and {@code
 * Posts} what a browser asks for.
 */
package io.journey.explorer;
