#!/usr/bin/env bash
# Set up everything CoLearn needs on Debian: QGIS from the system's packages, and the engine's own Python environment
# in .venv. Nothing is installed into QGIS's own Python. Safe to run twice.
set -euo pipefail
cd "$(dirname "$0")/.."

system_packages=(qgis python3-qgis python3-gdal gdal-bin python3-venv python3-matplotlib python3-jinja2 xvfb xauth fonts-dejavu-core)
system_python=/usr/bin/python3 # QGIS's own, not another one on PATH

install_system_packages() {
    local missing=()
    for package in "${system_packages[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "Installing from Debian: ${missing[*]}"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

make_environment() {
    # An environment that was moved or made by another Python is made anew; one that works is kept.
    .venv/bin/python -c "import sys, osgeo; assert sys.prefix == '$PWD/.venv'" 2>/dev/null ||
        "$system_python" -m venv --clear --system-site-packages .venv
    # numpy must stay the version GDAL's bindings were built with.
    local numpy_version
    numpy_version=$("$system_python" -c 'import numpy; print(numpy.__version__)')
    .venv/bin/python -m pip install -q --disable-pip-version-check \
        "numpy==$numpy_version" -r engine-requirements.txt -r dev-requirements.txt
}

install_system_packages
make_environment
.venv/bin/python -c "from osgeo import gdal, gdal_array; import numpy, onnxruntime, torch; print('engine ready: GDAL', gdal.__version__, 'torch', torch.__version__, 'onnxruntime', onnxruntime.__version__)"
