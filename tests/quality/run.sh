#!/bin/bash
# run.sh -- what the pages are like for those who read them, measured by others' tools.
#
#   run.sh quality [NAME...]      axe-core on every page of pages.txt, Lighthouse (median of three)
#                                 on those marked "measured", the weight of the first page; ends
#                                 with 1 below the measures of the project
#   run.sh screenshots [NAME...]  pictures of every page, with an index
#
# NAME chooses pages.  URL=http://... looks at a server that runs already; otherwise one with
# sample data is started, in a folder of its own that stays for the next time, and is given what
# people would have left behind (stage.py).  ACCOUNTS=FILE has the password of the demonstration
# accounts of that server.  PAGES=FILE has other pages than pages.txt.
set -eu
cd "$(dirname "$0")/../.."
build="${BUILD:-build}"
what=$1
shift
tools="$build/quality"
mkdir -p "$tools"

serve() {
  local port=8897 data=/tmp/nq17-quality
  mkdir -p "$data" && chmod 755 "$data"
  "$build/${MODE:-release}/nq17" run --sample --data="$data" --listen="127.0.0.1:$port" > "$tools/server.log" 2>&1 &
  server=$!
  trap 'kill $server; wait $server' EXIT
  URL="http://127.0.0.1:$port"
  for _ in $(seq 1200); do
    if curl -sf "$URL/readyz" > /dev/null; then
      [ ! -r "$data/demo-accounts.txt" ] || export ACCOUNTS="$data/demo-accounts.txt"
      return 0
    fi
    kill -0 "$server" || { cat "$tools/server.log" >&2; exit 1; }
    sleep 0.1
  done
  echo "no server at $URL" >&2
  exit 1
}

# Not of Debian, and never needed by make check.
install_tools() {
  [ -d "$tools/node_modules/axe-core" ] && [ -d "$tools/node_modules/lighthouse" ] ||
    npm install --prefix "$tools" --no-fund --no-audit --ignore-scripts --silent lighthouse@12 axe-core@4
}

wanted() { # NAME
  [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $1 "* ]]
}

lighthouse_once() { # address: its scores, "performance accessibility best-practices"
  CHROME_PATH=$(command -v chromium) "$tools/node_modules/.bin/lighthouse" "$1" --quiet \
    --only-categories=performance,accessibility,best-practices --output=json \
    --output-path="$tools/lighthouse.json" --max-wait-for-load=20000 \
    --chrome-flags="--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync" 2> "$tools/lighthouse.log" ||
    { cat "$tools/lighthouse.log" >&2; return 1; }
  node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1])).categories;
    console.log(["performance", "accessibility", "best-practices"].map(c => Math.round(100 * r[c].score)).join(" "))' \
    "$tools/lighthouse.json"
}

# What a page lacks of full marks in the last run.
lighthouse_faults() {
  node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
    for (const c of ["accessibility", "best-practices"])
      for (const a of r.categories[c].auditRefs) {
        const audit = r.audits[a.id];
        if (a.weight > 0 && audit.score !== null && audit.score < 1) console.log("  " + a.id + ": " + audit.title);
      }' "$tools/lighthouse.json"
}

lighthouse() {
  local name address flags scores wrong=0
  while read -r name address flags; do
    [[ "$flags" == *measured* ]] && wanted "$name" || continue
    scores=$(for _ in 1 2 3; do lighthouse_once "$URL$address"; done |
      for i in 1 2 3; do
        [ "$i" -gt 1 ] || cat > "$tools/scores"
        cut -d' ' -f"$i" "$tools/scores" | sort -n | sed -n 2p
      done | paste -sd' ')
    echo "lighthouse: $name: performance, accessibility, best practices: $scores"
    awk -v s="$scores" 'BEGIN { split(s, v, " "); exit !(v[1] >= 98 && v[2] == 100 && v[3] == 100) }' ||
      { lighthouse_faults; wrong=1; }
  done < <(grep -v '^#' tests/quality/pages.txt)
  return "$wrong"
}

# The first page with all that it names, as a browser that has nothing yet loads it.
weigh() {
  local address page weight=0 part
  address="$URL/"
  page=$(curl -sf --compressed "$address")
  for part in "/" $(grep -oE '(href|src)="/static/[^"]+"' <<< "$page" | cut -d'"' -f2 | sort -u) \
    $(curl -sf --compressed "$URL$(grep -oE '/static/style.css[^"]*' <<< "$page" | head -1)" |
      grep -oE 'url\("?/static/[^")]+' | sed -E 's/url\("?//' | sort -u); do
    part=$(curl -sf -H 'Accept-Encoding: gzip' -o /dev/null -w '%{size_download} %{size_header}' "$URL$part" | awk '{ print $1 + $2 }')
    weight=$((weight + part))
  done
  echo "weight: the overview with all it loads: $weight bytes, gzip, heads included"
  [ "$weight" -lt $((60 * 1024)) ]
}

names=("$@")
if [ -z "${URL:-}" ]; then
  serve
  # What people would have left behind, for the pages behind signing in.
  [ -z "${ACCOUNTS:-}" ] || /usr/bin/python3 tests/quality/stage.py "$URL"
fi
case "$what" in
  screenshots) /usr/bin/python3 tests/quality/screenshots.py "$URL" "$build/screenshots" "$@" ;;
  quality)
    install_tools
    wrong=0
    weigh || wrong=1
    /usr/bin/python3 tests/quality/axe.py "$URL" "$tools/node_modules/axe-core/axe.min.js" "$@" || wrong=1
    lighthouse || wrong=1
    [ "$wrong" -eq 0 ] && echo "quality: everything is within the measures"
    exit "$wrong"
    ;;
esac
