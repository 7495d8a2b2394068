/**
 * What an attribution found, in the forms other tools read: one class a format, found by {@link
 * java.util.ServiceLoader}. The formats are described in {@code docs/formats/exports.md}.
 */
package io.journey.results.exchange;
