/** Native memory, and the files that hold arrays: safetensors, NPY, and PyTorch read as data. */
package io.journey.tensor;
