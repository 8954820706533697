#!/bin/sh
# Tests and benchmarks of agop's CUDA backend on a machine with an NVIDIA driver and CUDA's libraries. Needs nothing else: no
# network, no Node.
#
#   ./run.sh                    conformance suite, device tests, fixture parity
#   ./run.sh info | conformance | fixtures
#   ./run.sh bench [--sizes 4000,16000] [--dtypes float32,float64] [--repeats 5]
#
# Results also go to $AGOP_RESULTS (default: the folder `results` here), as JSON. Exit code 2: there is no device.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
node="$here/node"
if [ ! -x "$node" ]; then
  # The folder may be on a medium that cannot be written to.
  [ -w "$here" ] || node="${TMPDIR:-/tmp}/agop-node-$(id -u)"
  if [ ! -x "$node" ]; then
    if [ -f "$here/node.xz" ]; then
      if command -v xz > /dev/null; then xz -dc "$here/node.xz" > "$node.partial"
      else python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' \
        "$here/node.xz" "$node.partial"
      fi
    else gzip -dc "$here/node.gz" > "$node.partial"
    fi
    chmod +x "$node.partial"
    mv "$node.partial" "$node"
  fi
fi
export AGOP_FIXTURES="${AGOP_FIXTURES:-$here/fixtures}"
export AGOP_RESULTS="${AGOP_RESULTS:-$here/results}"
exec "$node" "$here/agop-gpu.mjs" "$@"
