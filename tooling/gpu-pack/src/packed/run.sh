#!/bin/sh
# Tests and benchmarks of agop's CUDA backend on a machine with an NVIDIA driver and CUDA's libraries. Needs nothing else: no
# network, no Node.
#
#   ./run.sh check              device and libraries, conformance suite, out of memory, agreement with the CPU, 1,000 fits, parity,
#                               races (compute-sanitizer, where it is installed): under five minutes
#   ./run.sh measure            speed, beside PyTorch where python3 has it, and of each step: under five minutes
#   ./run.sh                    both, as far as five minutes go (AGOP_SECONDS=580 for all of it)
#   ./run.sh info | conformance | memory | agreement | fits | fixtures | sanitizer
#   ./run.sh bench [--sizes 4000,16000] [--dtypes float32,float64] [--repeats 5] [--no-torch] [--no-variants]
#
# A part that fails or takes too long does not stop the others. Results are in $AGOP_RESULTS (default: the folder `results` here):
# report.html to read, report.json for programs. Exit code 0: all good; 1: something failed; 2: there is no device.
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
