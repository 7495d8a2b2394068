/** Native memory, and the safetensors and NPY files that hold arrays. */
package io.journey.tensor;
