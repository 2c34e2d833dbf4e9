#!/usr/bin/env bash
# Drives the page of a real `monet serve`, by the tests that the mock's page has.
#   served_test.sh PROGRAM SOURCE FOLDER NODE --playwright FOLDER --axe FILE
set -euo pipefail
program=$1 source=$2 folder=$3 node=$4
shift 4
. "$source/tests/api/served_shop.sh"
serve_shop "$program" "$folder"
for name in shop new_user operator; do
  "$node" "$source/tests/web/${name}_test.mjs" "$@" --server "$address" >"$folder/$name.log" 2>&1 ||
    { cat "$folder/$name.log"; echo "failed: $name, on the page of monet serve"; exit 1; }
done
echo "the page of monet serve passes"
