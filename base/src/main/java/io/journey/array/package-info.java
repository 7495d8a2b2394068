/** Files that hold arrays: safetensors, NPY, and PyTorch's, read as data. */
package io.journey.array;
