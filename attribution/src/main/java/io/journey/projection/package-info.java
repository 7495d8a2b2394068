/** Random maps from R^p to R^k. */
package io.journey.projection;
