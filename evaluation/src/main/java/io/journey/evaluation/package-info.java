/**
 * Checks of what scores claim that train models or draw: what they share; each check is a package
 * below.
 */
package io.journey.evaluation;
