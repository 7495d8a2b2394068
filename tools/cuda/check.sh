#!/bin/sh
# Unpacks Journey beside this script and runs the whole check of a GPU, on the libtorch of python3's
# torch. Results: check.json and check.log in the folder named.
#
#   check.sh OUT [--device cuda] [--quick]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
out=$1
shift
mkdir -p "$out"
place=${JOURNEY_CHECK:-/tmp/journey-check}
mkdir -p "$place"
python=${PYTHON:-python3}
"$python" -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' \
  "$here/journey.tar.xz" "$place"
exec "$python" "$here/check.py" --journey "$place/journey" --out "$out" "$@"
