#!/usr/bin/env bash
# What `make bench` needs beside the engine: its rivals' packages, into .venv, and Orfeo ToolBox from Debian. A rival that
# cannot be had is told and left out of the benchmark. Safe to run twice.
set -euo pipefail
cd "$(dirname "$0")/.."

install_packages() {
    # In one call with the engine's own pins, numpy's included: pip then changes none of them, or says that it must.
    local numpy_version
    numpy_version=$(.venv/bin/python -c 'import numpy; print(numpy.__version__)')
    .venv/bin/python -m pip install -q --disable-pip-version-check \
        "numpy==$numpy_version" -r engine-requirements.txt -r bench-requirements.txt ||
        echo "The packages in bench-requirements.txt could not be installed: what needs them is not measured."
}

install_orfeo() {
    command -v otbcli_ImageClassifier >/dev/null && return
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "Installing Orfeo ToolBox from Debian (otb-bin)"
    { "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends otb-bin; } \
        >build/bench-setup.log 2>&1 ||
        echo "Orfeo ToolBox could not be installed (build/bench-setup.log): it is not measured."
}

mkdir -p build
install_packages
install_orfeo
