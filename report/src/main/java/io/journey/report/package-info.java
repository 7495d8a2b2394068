/** Pictures, tables, pages. */
package io.journey.report;
