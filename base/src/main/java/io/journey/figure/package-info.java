/** Charts and grids of pictures as PNG and SVG. */
package io.journey.figure;
