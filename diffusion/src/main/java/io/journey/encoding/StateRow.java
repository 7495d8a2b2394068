package io.journey.encoding;

/**
 * A line of the table beside a file of states.
 *
 * @param index of the caption
 * @param sha256 the fingerprint of its states, in hexadecimal
 */
record StateRow(int index, String sha256) {}
