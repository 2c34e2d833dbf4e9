# Shared by the scripts; sourced, not run. Leaves the working directory at the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8

say() { printf '== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# usage_if_asked "$@": prints the script's leading comment for --help.
usage_if_asked() {
  local argument
  for argument in "$@"; do
    if [ "$argument" = --help ] || [ "$argument" = -h ]; then
      sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"
      exit 0
    fi
  done
}

# configure PRESET [-DNAME=VALUE…]: a first configuration leaves tests and benchmarks out unless they are asked for, later
# ones keep what the cache has. Warnings are errors in CI.
configure() {
  local preset=$1 fresh=() werror=() log
  shift
  [ -e "build/$preset/CMakeCache.txt" ] || fresh=(-DMONET_BUILD_TESTS=OFF -DMONET_BUILD_BENCH=OFF)
  [ "${CI:-}" != true ] || werror=(-DMONET_WERROR=ON)
  mkdir -p build
  log=build/configure-$preset.log
  cmake --preset "$preset" "${fresh[@]}" "${werror[@]}" "$@" >"$log" 2>&1 || { cat "$log"; die "CMake could not configure $preset"; }
}

# build PRESET [TARGET…]: Ninja's own progress on a terminal, otherwise nothing but errors.
build() {
  local preset=$1 targets=() began=$SECONDS log
  shift
  [ $# -eq 0 ] || targets=(--target "$@")
  log=build/build-$preset.log
  say "building (build/$preset)"
  if [ -t 1 ]; then
    cmake --build --preset "$preset" -j "$(nproc)" "${targets[@]}" || die "the build failed; its messages are above"
  else
    cmake --build --preset "$preset" -j "$(nproc)" "${targets[@]}" >"$log" 2>&1 ||
      { grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)' "$log" | head -n 100; die "the build failed; all of its output is in $log"; }
  fi
  say "built in $((SECONDS - began)) s"
}

# run_tests PRESET [CTEST OPTION…]: what fails, with its output, and the summary. In CI a skipped test fails, too, but for
# those in tests/may_skip.txt: what a test needs and can be installed, CI has installed.
run_tests() {
  local preset=$1 log name refused=0
  shift
  say "testing ($preset)"
  log=build/test-$preset.log
  ctest --preset "$preset" -j "$(nproc)" "$@" 2>&1 | tee "$log" | grep -vE '^ +Start +[0-9]+: |[ .*]Passed +[0-9.]+ sec$' ||
    die "tests failed (build/$preset); their output is above"
  [ "${CI:-}" = true ] || return 0
  while read -r name; do
    sed 's/[[:space:]]*#.*//' tests/may_skip.txt | grep -qxF -- "$name" || { say "skipped: $name"; refused=1; }
  done < <(sed -nE 's/^[[:space:]]*[0-9]+ - (.*) \(Skipped\)$/\1/p' "$log")
  [ $refused = 0 ] || die "tests were skipped that tests/may_skip.txt does not allow (build/$preset)"
}
