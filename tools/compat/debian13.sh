#!/usr/bin/env bash
# CoLearn in Debian 13 with QGIS 3.44 from backports: set-up, every test, and the zip in a window of that QGIS.
# As root; makes a root (4 GB) in build/compat/debian13 once. What is tested is the last commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD/build/compat/debian13
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
packages="qgis python3-qgis python3-gdal gdal-bin python3-venv python3-torch python3-matplotlib python3-jinja2 python3-cryptography
    xvfb xauth fonts-dejavu-core git make mount ca-certificates"

[ "$(id -u)" -eq 0 ] || { echo "debian13.sh makes a root and changes into it: run it as root" >&2; exit 2; }

make_root() {
    command -v mmdebstrap >/dev/null || apt-get install -q -y --no-install-recommends mmdebstrap arch-test
    local prefer="Package: *qgis*\nPin: release n=trixie-backports\nPin-Priority: 900\n"
    rm -rf --one-file-system "$root"
    mmdebstrap --variant=apt trixie "$root" "deb $mirror trixie main" "deb $mirror trixie-backports main" \
        --customize-hook="printf '$prefer' >\"\$1/etc/apt/preferences.d/qgis\"" \
        --customize-hook='chroot "$1" apt-get update -q' \
        --customize-hook="chroot \"\$1\" apt-get install -q -y --no-install-recommends ${packages//$'\n'/ }"
    touch "$root/ready"
}

[ -e "$root/ready" ] || make_root
[ -d "$root/home/person" ] || chroot "$root" useradd --create-home person
home=$root/home/person
rm -rf --one-file-system "$home/colearn.new"
git clone -q --no-hardlinks . "$home/colearn.new"
[ ! -d "$home/colearn/.venv" ] || mv "$home/colearn/.venv" "$home/colearn.new/.venv"
rm -rf --one-file-system "$home/colearn"
mv "$home/colearn.new" "$home/colearn"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"

# Mounts and processes in namespaces of their own: all are gone when it ends, and no removal of the root can follow them.
# pivot_root, for the sandbox of the tests of hostile inputs cannot be made in a chroot. Root sets up, a person tests.
export root
unshare --mount --pid --fork --propagation private bash -euc '
    mount --bind "$root" "$root"
    cd "$root"
    mount -t proc proc proc
    mount --rbind /dev dev
    mount --rbind /sys sys
    mkdir -p old
    pivot_root . old
    umount -l /old
    exec /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_DEFAULT_TIMEOUT=180 QT_QPA_PLATFORM=offscreen bash -euc "
        cd /home/person/colearn
        git config --global --replace-all safe.directory /home/person/colearn
        make setup
        chown -R person: /home/person
        export HOME=/home/person
        as_person=\"setpriv --reuid person --regid person --init-groups\"
        \$as_person make test
        \$as_person .venv/bin/python tools/package.py --journey"'
cp "$home/colearn/dist/window.png" build/compat/window-3.44.png
