# Sourced: serve_shop PROGRAM FOLDER generates a shop with pictures in FOLDER, trains, and serves it until the script
# ends; sets `address`, http://127.0.0.1:PORT.
serve_shop() {
  local program=$1 folder=$2
  rm -rf "$folder"
  mkdir -p "$folder"
  (
    cd "$folder"
    {
      "$program" synth --layout raw --users 120 --items 60 --interactions 1200 --out shop
      "$program" prepare shop --out data
      "$program" train --data data --model monet --epochs 3 --threads 1 --out model
    } >made 2>&1 || { cat made; exit 1; }
  )
  (cd "$folder" && exec "$program" serve --artifact model --data data --pictures shop --port 0 --threads 1 >address 2>log) &
  server=$!
  trap 'kill $server 2>/dev/null || true' EXIT
  for _ in $(seq 600); do
    [ ! -s "$folder/address" ] || break
    kill -0 $server 2>/dev/null || { cat "$folder/log"; exit 1; }
    sleep 0.1
  done
  address=$(cat "$folder/address")
}
