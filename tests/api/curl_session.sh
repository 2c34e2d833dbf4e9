#!/usr/bin/env bash
# Runs the curl commands of the documents as they are printed, but for the port, against a generated shop.
#   curl_session.sh PROGRAM SOURCE FOLDER
set -euo pipefail
program=$1 source=$2 folder=$3
. "$source/tests/api/served_shop.sh"
serve_shop "$program" "$folder"
cd "$folder"  # where the shop is that the documents speak of
address=${address#http://}

# The commands in code blocks: from a line that begins with curl to the last one that it is continued on.
commands() {
  awk '/^```/ { inside = !inside; next } inside && (/^curl / || more) { print; more = /\\$/ }' "$1"
}
ran=0
run() {
  local answer
  answer=$(bash -c "${1//localhost:8080/$address}" 2>&1) || { printf 'failed: %s\n%s\n' "$1" "$answer"; exit 1; }
  case $answer in *'"status":4'* | *'"status":5'*) printf 'refused: %s\n%s\n' "$1" "$answer"; exit 1 ;; esac
  ran=$((ran + 1))
}
for document in README.md docs/api.md; do
  command=
  while IFS= read -r line; do
    command+=$line$'\n'
    [[ $line == *\\ ]] || { run "${command/curl /curl -sS }"; command=; }
  done < <(commands "$source/$document")
done
[ $ran -ge 6 ] || { echo "only $ran commands were found"; exit 1; }
echo "$ran curl commands of the documents work as printed"
