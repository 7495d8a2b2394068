#!/bin/sh
# Packs a Journey that runs where there is neither Java nor Maven, on the libtorch of Python's torch
# 2.10 or 2.11: a small Java runtime, the jars, the tests that a GPU is checked with. Without libtorch.
#
#   tools/cuda/pack.sh [FOLDER]     default .cuda, which git ignores; about two minutes
#
# Needs a JDK 17 or later with jlink, and xz. Leaves journey.tar.xz, check.sh and what that runs.
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
out=${1:-$home/.cuda}
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$work/journey
mkdir -p "$top/app" "$top/tests"

cd "$home"
./mvnw -q -B ${MAVEN_OPTIONS:--o} -DskipTests -Dspotless.check.skip=true -pl cli,benchmarks,core -am package
jlink --add-modules java.base,java.desktop,java.logging,java.management,java.sql,jdk.unsupported,jdk.zipfs \
  --strip-java-debug-attributes --no-man-pages --no-header-files --compress=0 --output "$top/jre"

# A jar as it is but stored, without what other systems or a libtorch of its own would need:
# xz finds more in it.
repack() {
  rm -rf "$work/jar"
  mkdir "$work/jar"
  (cd "$work/jar" && jar -xf "$1")
  (
    cd "$work/jar"
    rm -rf org/bytedeco/pytorch/linux-*/libtorch*.so org/bytedeco/pytorch/linux-*/libc10*.so \
      org/bytedeco/pytorch/linux-*/*gloo* org/bytedeco/openblas/linux-*/libjniopenblas_full.so \
      org/bytedeco/openblas/linux-*/include META-INF/native-image \
      native/Windows native/Mac native/Linux/ppc64 native/Linux/x86 native/Linux/a*
  )
  (cd "$work/jar" && jar -c0Mf "$2" .)
}
for jar in cli/target/lib/*.jar cli/target/journey-cli-*.jar benchmarks/target/journey-benchmarks-*.jar; do
  case $jar in *-tests.jar) continue ;; esac
  repack "$home/$jar" "$top/app/$(basename "$jar")"
done

# The tests, JUnit, and what runs it without Maven.
junit() {
  find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}" -name "$1.jar" | sort | tail -n 1
}
for name in 'junit-jupiter-api-5.14.*' 'junit-jupiter-engine-5.14.*' 'junit-jupiter-params-5.14.*' \
  'junit-platform-commons-1.14.*' 'junit-platform-engine-1.14.*' 'junit-platform-launcher-1.14.*' \
  'opentest4j-*' 'assertj-core-3.27.*' 'apiguardian-api-*' 'ejml-simple-*'; do
  jar=$(junit "$name")
  [ -n "$jar" ] || continue
  repack "$jar" "$top/tests/$(basename "$jar")"
done
for module in base dataset results diffusion attribution; do
  mkdir -p "$top/tests/$module"
  (cd "$module/target/test-classes" && find . -name '*.class' -o -path './META-INF/*' -type f) |
    tar -C "$module/target/test-classes" -cf - -T - | tar -C "$top/tests/$module" -xf -
done
javac -d "$top/tests/base" -cp "$top/tests/*" tools/cuda/RunTests.java
cp benchmarks/configs/cifar10-ddpm.json "$top"

tar -C "$work" --sort=name --owner=0 --group=0 -cf "$work/journey.tar" journey
xz -T1 -f --x86 --lzma2=preset=6,dict=64MiB "$work/journey.tar"
mv "$work/journey.tar.xz" "$out/journey.tar.xz"
cp tools/cuda/check.sh tools/cuda/check.py tools/cuda/plain.py "$out"
ls -l "$out"
