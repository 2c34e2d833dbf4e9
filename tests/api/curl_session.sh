#!/usr/bin/env bash
# Runs the curl commands of the documents as they are printed, but for the port, against a generated shop.
#   curl_session.sh PROGRAM SOURCE FOLDER
set -euo pipefail
program=$1 source=$2 folder=$3
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
"$program" synth --layout raw --users 120 --items 60 --interactions 1200 --out shop >/dev/null 2>&1
"$program" prepare shop --out data >/dev/null 2>&1
"$program" train --data data --model monet --epochs 3 --threads 1 --out model >/dev/null 2>&1
"$program" serve --artifact model --data data --pictures shop --port 0 --threads 1 >address 2>log &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 600); do
  [ ! -s address ] || break
  kill -0 $server || { cat log; exit 1; }
  sleep 0.1
done
address=$(sed 's|http://||' address)

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
