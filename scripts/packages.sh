# shellcheck shell=sh disable=SC2034 # the variables are for whoever sources this
# What each purpose needs of Debian or Ubuntu, and how it gets there. Sourced by the scripts beside it.

packages_build="gcc libc6-dev meson ninja-build pkg-config python3"
packages_docs="doxygen"
packages_python="mypy python3-cffi python3-pip python3-setuptools python3-venv python3-wheel"
# dpkg-dev: meson asks it where Debian keeps libraries.
packages_test="$packages_docs $packages_python check clang cmake dpkg-dev g++ groff-base musl-tools"
packages_deep="abigail-tools build-essential clang-tidy debhelper libclang-rt-dev nginx-light prometheus redis-server spin valgrind"
packages_demo="libcurl4-openssl-dev"
packages_bench="libevent-dev libglib2.0-dev libtbb-dev libuv1-dev"
packages_examples="libcurl4-openssl-dev libevent-dev libhiredis-dev libmicrohttpd-dev libuv1-dev luajit"

# Leaves in $missing those of the packages named that are not installed, each once.
find_missing() {
    missing=""
    for package in "$@"; do
        case "$missing " in
            *" $package "*) continue ;;
        esac
        case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
            installed) ;;
            *) missing="$missing $package" ;;
        esac
    done
}

# Installs what is missing, or says what it is and stops.
install_packages() {
    find_missing "$@"
    [ -n "$missing" ] || return 0
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "This is neither Debian nor Ubuntu. Needed here, by whatever names:$missing" >&2
        echo "Once they are there: meson setup build && ninja -C build, and meson test -C build for the tests." >&2
        exit 1
    fi
    if [ "$(id -u)" -eq 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root="sudo"
    else
        echo "Missing packages:$missing" >&2
        echo "Install them as root: apt-get install$missing" >&2
        exit 1
    fi
    echo "== installing with apt-get:$missing"
    # The lists may be old, or not there at all on a fresh system: fetch them only if the first try fails.
    # shellcheck disable=SC2086 # one word per package
    if ! $as_root DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; then
        echo "== fetching the package lists, then trying again"
        $as_root apt-get update -q
        # shellcheck disable=SC2086
        $as_root DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
    fi
}
