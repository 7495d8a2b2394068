#!/bin/sh
# Runs tests on the device of pretended.cpp: what would meet a tensor of another device on a GPU fails.
#
#   tools/cuda/pretended.sh MODULES TESTS     such as: diffusion,attribution 'Lora*Test,EncodingTest'
#
# Needs g++ and a Python with torch 2.10 or 2.11 (PYTHON, default python3), whose libtorch computes.
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
torch=$("${PYTHON:-python3}" -c 'import os, torch; print(os.path.dirname(os.path.realpath(torch.__file__)))')
work=$home/.cuda/pretended
library=$work/libpretended.so
mkdir -p "$work/cache"
if [ ! "$library" -nt "$home/tools/cuda/pretended.cpp" ]; then
  g++ -std=c++20 -O1 -fPIC -shared -w -I"$torch/include" -I"$torch/include/torch/csrc/api/include" \
    "$home/tools/cuda/pretended.cpp" -o "$library" -L"$torch/lib" -ltorch_cpu -lc10 "-Wl,-rpath,$torch/lib"
fi
cd "$home"
options="-Dorg.bytedeco.javacpp.pathsFirst=true -Djava.library.path=$torch/lib -Djourney.torch=$torch/lib"
exec ./mvnw -q ${MAVEN_OPTIONS:--o} -Dspotless.check.skip=true -pl "$1" -am "-Dtest=$2" \
  -Dsurefire.failIfNoSpecifiedTests=false "-Dtest.device=pretended:$library" \
  "-Dtest.java.options=$options -Dorg.bytedeco.javacpp.cachedir=$work/cache" test
