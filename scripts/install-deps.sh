#!/usr/bin/env bash
# Installs the Debian 12 packages that building and testing need, and nothing when they are there.
#   scripts/install-deps.sh [GROUP…]     groups: build test bench lint sanitize parquet package python mpi try; default: build test bench
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libdnnl-dev ocl-icd-opencl-dev libhwy-dev libeigen3-dev libcli11-dev
  libtomlplusplus-dev nlohmann-json3-dev libspdlog-dev libfmt-dev
  libsimdjson-dev zlib1g-dev libzstd-dev libarchive-dev libicu-dev
  libboost-dev libssl-dev prometheus-cpp-dev
  libsqlite3-dev libpqxx-dev
  libagg-dev libpng-dev libjpeg-dev libwebp-dev liblcms2-dev
  libopencv-dnn-dev libfaiss-dev)
# npm fetches the plotting libraries that are built in; any will do. Of Debian's, scripts/npm-client takes what that needs.
client=
if ! command -v npm >/dev/null; then
  build+=(nodejs ca-certificates)
  client=$(dirname "$0")/npm-client
fi
# A Chromium without windows opens reports and the page of the server; nodejs, which drives it there, came with npm
# above. A server of postgresql's is started by tests; curl runs what docs/api.md prints.
test=(libgtest-dev libgmock-dev python3-numpy python3-pil chromium-headless-shell postgresql curl)
bench=(libbenchmark-dev)
lint=(clang-format-14 clang-tidy-14 black)
sanitize=(clang-14 libclang-rt-14-dev llvm-14)
package=(dpkg-dev help2man)
# The Python package, and what its suite and its notebooks run with.
python=(python3-dev pybind11-dev python3-venv python3-pip python3-setuptools python3-wheel python3-numpy python3-scipy
  python3-pandas python3-matplotlib python3-pytest python3-ipykernel jupyter-nbconvert)
# monet-mpi and its tests, some of which make hosts of network namespaces.
mpi=(libopenmpi-dev openmpi-bin iproute2)
try=(debootstrap)  # scripts/package --try
# Optional: DuckDB, which the program loads where it finds it. Debian has none; npm brings its library (70 MB).
parquet=(cmake)
command -v npm >/dev/null || parquet+=(nodejs ca-certificates)

[ $# -gt 0 ] || set -- build test bench
packages=()
[[ " $* " == *" build "* || " $* " == *" parquet "* ]] || client=
[ ! -e "$(dirname "$0")/../build/npm/client/npm" ] || client=
library=
for group in "$@"; do
  case $group in
    build | test | bench | lint | sanitize | parquet | package | python | mpi | try) declare -n members=$group; packages+=("${members[@]}") ;;
    *) echo "error: unknown group '$group'; there are: build test bench lint sanitize parquet package python mpi try" >&2; exit 2 ;;
  esac
  [ "$group" != parquet ] || library=1
done
fetch_library() {
  [ -z "$library" ] || cmake -P "$(dirname "$0")/../cmake/fetch_duckdb.cmake"
}

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ] && [ -z "$client" ]; then
  echo "== packages for $*: all ${#packages[@]} are here"
  fetch_library
  exit 0
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "error: these packages are missing and neither root nor sudo is at hand: ${missing[*]:-npm}" >&2
    exit 1
  }
  as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "error: '$*' failed" >&2
    exit 1
  }
}
run apt-get update -q
if [ ${#missing[@]} -gt 0 ]; then
  echo "== installing ${missing[*]}"
  run apt-get install -y -q --no-install-recommends "${missing[@]}"
  echo "== packages for $*: installed ${#missing[@]}"
fi
[ -z "$client" ] || "$client"
fetch_library
