#!/usr/bin/env bash
# Set up everything CoLearn needs on Debian: QGIS from the system's packages, and the engine's own Python environment
# in .venv. Nothing is installed into QGIS's own Python. Safe to run twice. Debian 12 and 13, the latter also with QGIS
# from backports.
set -euo pipefail
cd "$(dirname "$0")/.."

system_packages=(qgis python3-qgis python3-gdal gdal-bin python3-venv python3-matplotlib python3-jinja2 python3-cryptography xvfb xauth fonts-dejavu-core chromium bubblewrap)
system_python=/usr/bin/python3 # QGIS's own, not another one on PATH
oldest_torch=2.6              # that the engine runs on

install_from_debian() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing from Debian: ${missing[*]}"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# The version of a package that Debian has; nothing where it has none.
candidate() {
    apt-cache policy "$1" | sed -n 's/^ *Candidate: \([0-9.]*\).*/\1/p'
}

# Whether the pinned torch is to be had as a build for the CPU alone: the plain one brings gigabytes of CUDA along.
torch_for_cpu() {
    .venv/bin/python -m pip install -q --disable-pip-version-check --dry-run --no-deps --only-binary :all: \
        "$1+cpu" >/dev/null 2>&1
}

# Where it is not, and Debian has one that is new enough, that one is taken (and pip is not asked for another).
choose_torch() {
    local pinned debian
    pinned=$(grep '^torch==' engine-requirements.txt)
    debian=$(candidate python3-torch)
    if torch_for_cpu "$pinned" || [ -z "$debian" ] || dpkg --compare-versions "$debian" lt "$oldest_torch"; then
        cat engine-requirements.txt
        return
    fi
    echo "torch: Debian's python3-torch $debian, because no CPU build of $pinned is to be had for this Python" >&2
    install_from_debian python3-torch >&2
    grep -v '^torch==' engine-requirements.txt
}

make_environment() {
    # An environment that was moved or made by another Python is made anew; one that works is kept.
    .venv/bin/python -c "import sys, osgeo; assert sys.prefix == '$PWD/.venv'" 2>/dev/null ||
        "$system_python" -m venv --clear --system-site-packages .venv
    # numpy must stay the version GDAL's bindings were built with.
    local numpy_version
    numpy_version=$("$system_python" -c 'import numpy; print(numpy.__version__)')
    choose_torch >.venv/engine-requirements.txt
    .venv/bin/python -m pip install -q --disable-pip-version-check \
        "numpy==$numpy_version" -r .venv/engine-requirements.txt -r dev-requirements.txt
}

install_from_debian "${system_packages[@]}"
make_environment
.venv/bin/python -c "from osgeo import gdal, gdal_array; import numpy, onnxruntime, torch; print('engine ready: GDAL', gdal.__version__, 'torch', torch.__version__, 'onnxruntime', onnxruntime.__version__)"
