/** Hidden-source retrieval: do scores know which training images a picture comes from? */
package io.journey.evaluation.retrieval;
