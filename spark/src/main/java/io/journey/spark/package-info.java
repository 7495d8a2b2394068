/** Tasks of stages done on a cluster by Apache Spark. */
package io.journey.spark;
