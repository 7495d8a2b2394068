/** Training examples with stable ids, from files people really have, and subsets of them. */
package io.journey.dataset;
