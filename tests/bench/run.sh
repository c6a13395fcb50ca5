#!/bin/bash
# run.sh -- what the program costs beside others, in one run on one machine.
#
#   import       nq17 import beside psql \copy, pgloader and DuckDB, of the same dossiers
#   store        the speed of a million records in a store of 20 million beside one of a million
#   two          two importers at once beside one
#   http         gzipped NDJSON over HTTP beside the import of the same as CSV; then pages as
#                visitors get them, beside nginx and the same bytes as files (ONLY=pages: just these)
#   decode       the decoders alone
#   charts       a chart of each kind as SVG, as part of a page (both widths) and as PNG, 1,200
#                pixels wide: milliseconds of the processor, bytes (SVG: gzipped)
#   reports      the eight-page report of an agency beside a warm headless Chromium; those of 85
#                agencies in both languages, by one worker and by two
#   figures      every indicator of every agency
#   engine       figures, pages (also over HTTP), ranking, explanation, dossiers, publication and audit in a large
#                store and in one of a million, beside their goals; the ranking beside DuckDB over
#                its raw table
#
# ONLY="import http" chooses, RECORDS=n sets how many (5,000,000; figures and http a fifth).
# The goals of the engine are for 20 million: ONLY=engine RECORDS=20000000 make bench takes
# half an hour and 20 GB of disk.
# The others of the trade import into a bare typed table without key, checks or totals.
set -eu
cd "$(dirname "$0")/../.."
build="${BUILD:-build}/${MODE:-release}"
nq17="$PWD/$build/nq17"
records="${RECORDS:-5000000}"
only="${ONLY:-import catalogue two http decode charts reports figures store engine}"
folder=$(mktemp -d /tmp/nq17-bench-XXXXXX)
chmod 755 "$folder"
trap 'stop; rm -rf "$folder"' EXIT

# What was written before is on disk, so that nobody pays for his predecessor.
settle() {
  [ ! -d "$NQ17_DATA/run/" ] ||
    psql -h "$(readlink -f "$NQ17_DATA/run")" -U postgres -d nq17 -Xqc CHECKPOINT
  sync
}

seconds() { # command...: its wall time
  local begin end
  begin=$(date +%s.%N)
  "$@" > "$folder/out" 2> "$folder/err" || { cat "$folder/err" >&2; return 1; }
  end=$(date +%s.%N)
  echo "$begin $end" | awk '{ printf "%.2f", $2 - $1 }'
}

report() { # name seconds records
  awk -v name="$1" -v s="$2" -v n="$3" \
    'BEGIN { printf "  %-46s %8.2f s %10.0f records/s\n", name, s, n / s }'
}

ratio() { # name a b: how many times as fast b's time is as a's
  awk -v name="$1" -v a="$2" -v b="$3" 'BEGIN { printf "  %-46s %8.2f\n", name, a / b }'
}

ask() { "$nq17" db psql -XAt "$@"; }
wants() { [[ " $only " == *" $1 "* ]]; }
stop() { [ -z "${NQ17_DATA:-}" ] || "$nq17" db stop > /dev/null 2>&1 || true; }

fresh() { # a new store, its server warmed by nothing
  stop
  export NQ17_DATA="$folder/data-$1"
  rm -rf "$NQ17_DATA"
  "$nq17" db start > /dev/null 2>&1
}

sample() { # file records [option...]
  local file=$1 count=$2
  shift 2
  "$nq17" sample --records "$count" --seed 17 --bad 0 --duplicates 1 --corrected 1 "$@" > "$file"
}

# One typed column for each of the file, no key, no index.
bare_columns() { # file
  head -n 1 "$1" | tr -d '\r' | tr ',' '\n' | awk '
    /_at$/ { print $1 " timestamptz"; next }
    /^(one_stop|electronic|mobile_signed|identity_verified|business_registry|paid_online)$/ { print $1 " boolean"; next }
    /^(fields_total|fields_prefilled|satisfaction)$/ { print $1 " int"; next }
    { print $1 " text" }' | paste -sd,
}

copy_bare() { # file
  ask -qc 'SET client_min_messages = error' -c 'DROP TABLE IF EXISTS bare' \
    -c "CREATE TABLE bare ($(bare_columns "$1")) WITH (autovacuum_enabled = false)"
  settle
  seconds "$nq17" db psql -Xqc "\\copy bare FROM '$1' CSV HEADER"
}

peak_of() { # command...: its peak memory in MB, to stdout
  python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
}

bench_import() {
  local file="$folder/dossiers.csv" before import after copy
  sample "$file" "$records"
  echo "import: $records sample dossiers, 1% duplicates, 1% corrections, $(wc -c < "$file" | awk '{ printf "%.0f MB", $1 / 1e6 }') of CSV"
  fresh import
  copy_bare "$file" > /dev/null # warms the server's memory for both
  before=$(copy_bare "$file")
  settle
  import=$(seconds "$nq17" import "$file")
  after=$(copy_bare "$file")
  copy=$(echo "$before $after" | awk '{ print ($1 + $2) / 2 }')
  report 'psql \copy into a bare typed table (mean of 2)' "$copy" "$records"
  report "nq17 import, everything on" "$import" "$records"
  ratio 'import as fast as \copy, times' "$copy" "$import"
  ask -qc 'DROP TABLE bare'
  report "nq17 import of the same file again" "$(seconds "$nq17" import "$file")" "$records"
  fresh memory
  echo "  peak memory of the importer: $(peak_of "$nq17" import "$file") MB"
  bench_pgloader "$file" "$import"
  bench_duckdb "$file" "$import"
}

# What agencies send whole each month: nearly all of it is known.
bench_catalogue() {
  local file="$folder/service.csv" count
  "$nq17" sample --type service --seed 17 > "$file"
  count=$(($(wc -l < "$file") - 1))
  echo "catalogue: $count services"
  fresh catalogue
  report "nq17 import --type service" "$(seconds "$nq17" import --type service "$file")" "$count"
  report "the same file again" "$(seconds "$nq17" import --type service "$file")" "$count"
}

bench_pgloader() { # file import-seconds
  local part="$folder/part.csv" count=$((records / 10)) took
  command -v pgloader > /dev/null || { echo "  pgloader is not installed"; return; }
  head -n $((count + 1)) "$1" > "$part"
  fresh pgloader
  psql -h "$(readlink -f "$NQ17_DATA/run")" -U postgres -d nq17 -Xqc \
    "CREATE TABLE public.bare ($(bare_columns "$part"))"
  cat > "$folder/load" << LOAD
LOAD CSV FROM '$part' INTO postgresql://postgres@unix:$(readlink -f "$NQ17_DATA/run"):5432/nq17
  TARGET TABLE public.bare
  WITH skip header = 1, fields terminated by ',', fields optionally enclosed by '"';
LOAD
  took=$(seconds pgloader --quiet "$folder/load") || { echo "  pgloader failed"; return; }
  [ "$(psql -h "$(readlink -f "$NQ17_DATA/run")" -U postgres -d nq17 -XAtc \
    'SELECT count(*) FROM public.bare')" = "$count" ] ||
    { echo "  pgloader did not load all rows"; sed 's/^/    /' "$folder/out" | tail -3; return; }
  report "pgloader, the first tenth" "$took" "$count"
  awk -v a="$took" -v n="$count" -v b="$2" -v m="$records" \
    'BEGIN { printf "  %-46s %8.2f\n", "import as fast as pgloader, times", (m / b) / (n / a) }'
}

bench_duckdb() { # file import-seconds
  local modules="$build/../bench-npm" took
  mkdir -p "$modules"
  [ -d "$modules/node_modules/@duckdb/node-api" ] ||
    (cd "$modules" && npm install --no-fund --no-audit --silent @duckdb/node-api > /dev/null 2>&1) ||
    { echo "  DuckDB cannot be installed"; return; }
  cat > "$modules/load.mjs" << 'LOAD'
import { DuckDBInstance } from '@duckdb/node-api';
const [file, store] = process.argv.slice(2);
const db = await DuckDBInstance.create(store, { threads: '1' });
const connection = await db.connect();
await connection.run(`CREATE TABLE bare AS SELECT * FROM read_csv('${file}', header=true)`);
await connection.run('CHECKPOINT');
LOAD
  took=$(seconds node "$modules/load.mjs" "$1" "$folder/duck.db") || return 0
  rm -f "$folder/duck.db"
  report "DuckDB, one thread, no guarantees" "$took" "$records"
  ratio "import as fast as DuckDB, times" "$took" "$2"
}

bench_two() {
  local count=$((records / 5)) one both
  sample "$folder/first.csv" "$count" --from 2021-01-01 --to 2021-06-30
  sample "$folder/second.csv" "$count" --from 2021-07-01 --to 2021-12-31
  echo "two: $count dossiers twice, of the same agencies"
  fresh one
  one=$(seconds bash -c "'$nq17' import '$folder/first.csv' && '$nq17' import '$folder/second.csv'")
  fresh both
  both=$(seconds bash -c "'$nq17' import '$folder/first.csv' & '$nq17' import '$folder/second.csv'; wait")
  report "one importer after the other" "$one" $((2 * count))
  report "two importers at once" "$both" $((2 * count))
  ratio "at once as fast, times" "$one" "$both"
  "$nq17" audit --full | tail -1 | sed 's/^/  audit: /'
}

bench_http() {
  local count=$((records / 5)) csv http key port=8899
  "$nq17" sample --records "$count" --seed 17 --bad 0 | awk -F, 'NR == 1 || $1 == "01"' > "$folder/01.csv"
  count=$(($(wc -l < "$folder/01.csv") - 1))
  # One agency's records, as many as a fifth of them all: the same rows under other codes.
  awk -F, -v OFS=, 'NR == 1 { print; next } { code = $2; for (i = 0; i < 40; i++) { $2 = code "-" i; print } }' \
    "$folder/01.csv" > "$folder/http.csv"
  count=$((count * 40))
  python3 - "$folder/http.csv" > "$folder/http.ndjson" << 'CONVERT'
import csv, json, sys
for row in csv.DictReader(open(sys.argv[1], newline="")):
    print(json.dumps({k: v for k, v in row.items() if v}, ensure_ascii=False))
CONVERT
  gzip -1 -k "$folder/http.ndjson"
  echo "http: $count dossiers of one agency"
  fresh csv
  csv=$(seconds "$nq17" import "$folder/http.csv")
  report "nq17 import of CSV" "$csv" "$count"
  fresh http
  "$nq17" run --listen "127.0.0.1:$port" > /dev/null 2>&1 &
  for _ in $(seq 200); do curl -sf "http://127.0.0.1:$port/healthz" > /dev/null && break; sleep 0.1; done
  key=$("$nq17" key add --agency 01 | grep -oE 'nq17_[0-9]+_[0-9a-f]+')
  http=$(seconds curl -sSf -H "Authorization: Bearer $key" -H 'Content-Type: application/x-ndjson' \
    -H 'Content-Encoding: gzip' --data-binary "@$folder/http.ndjson.gz" -o "$folder/receipt" \
    "http://127.0.0.1:$port/api/v1/records/dossier")
  kill %1 && wait
  grep -q "\"accepted\": $count," "$folder/receipt" || { echo "  not all were accepted:"; cut -c1-300 "$folder/receipt"; }
  report "POST of gzipped NDJSON, to the receipt" "$http" "$count"
  ratio "HTTP as fast as CSV, times" "$csv" "$http"
}

# Five rounds of wrk, ours and nginx's in turn, so that both meet the same neighbours; the
# medians, and the median of the rounds' own ratios.
race() { # name connections ours-address nginx-address header
  local round
  for round in 1 2 3 4 5; do
    for who in ours nginx; do
      [ "$who" = ours ] && address=$3 || address=$4
      wrk -t2 -c"$2" -d3 --latency -H "$5" "$address" > "$folder/wrk"
      # Requests a second, and the 99th percentile in ms.  An answer that is no 200 spoils it.
      ! grep -qE 'Non-2xx|Socket errors' "$folder/wrk" || { cat "$folder/wrk" >&2; return 1; }
      awk -v who="$who" '/99%/ { t = $2; t = t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
        /Requests\/sec/ { printf "%s %.0f %.2f\n", who, $2, t }' "$folder/wrk"
    done
  done | awk -v name="$1" -v c="$2" '
    function median(list, n,   i, j, t) {
      for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
      return list[int((n + 1) / 2)]
    }
    $1 == "ours" { a[++n] = $2; ta[n] = $3 }
    $1 == "nginx" { b[n] = $2; tb[n] = $3; r[n] = a[n] / $2 }
    END {
      ratio = median(r, n); low = r[1]; high = r[n]
      printf "  %-24s %5d %9.0f %9.0f %7.2f [%.2f-%.2f] %9.1f / %.1f ms\n", name, c, median(a, n), median(b, n), ratio, low, high, median(ta, n), median(tb, n)
    }'
}

# The same answer as a file of nginx, with the same headers of our own.
publish() { # address name
  curl -sf "$1" > "$folder/www/$2"
  curl -sf -H 'Accept-Encoding: gzip' "$1" > "$folder/www/$2.gz"
}

bench_pages() {
  local port=8899 other=8898 page big
  command -v wrk > /dev/null && command -v nginx > /dev/null ||
    { echo "pages: wrk and nginx are not installed"; return; }
  fresh pages
  "$nq17" sample --type all --records 100000 --seed 17 --output "$folder/all"
  for type in service fact count milestone dossier; do
    "$nq17" import --type "$type" "$folder/all/$type.csv" > /dev/null 2>&1 || true
  done
  "$nq17" run --listen "127.0.0.1:$port" > /dev/null 2>&1 &
  for _ in $(seq 200); do curl -sf "http://127.0.0.1:$port/readyz" > /dev/null && break; sleep 0.1; done
  page="http://127.0.0.1:$port/rankings?period=2020-Q4"
  big="http://127.0.0.1:$port/milestones?period=2020-Q4"
  mkdir -p "$folder/www"
  publish "$page" page.html
  publish "$big" big.html
  cat > "$folder/nginx.conf" << NGINX
worker_processes 2; pid $folder/nginx.pid; error_log $folder/nginx.log; daemon on; user $(id -un);
events { worker_connections 4096; }
http {
  access_log off; sendfile on; open_file_cache max=100; gzip_static on; gzip_vary on; keepalive_requests 100000000;
  types { text/html html;  }
  $(curl -sI "$page" | tr -d '\r' | awk -F': ' '/^(Content-Sec|X-|Ref|Cross|Perm|Cache)/ {
    name = $1; sub(/^[^:]*: /, ""); printf "add_header %s \"%s\";\n", name, $0 }')
  server { listen 127.0.0.1:$other backlog=4096; root $folder/www; }
}
NGINX
  chmod 755 "$folder/www"
  nginx -c "$folder/nginx.conf" 2> /dev/null
  echo "pages: cached, beside nginx with the same bytes as files; wrk on the same cores, five rounds"
  echo "                           conn.  ours/s    nginx/s  ratio [range]     p99 ours / nginx"
  race "page, gzip, $(wc -c < "$folder/www/page.html.gz") bytes" 100 "$page" "http://127.0.0.1:$other/page.html" 'Accept-Encoding: gzip'
  race "the same" 1000 "$page" "http://127.0.0.1:$other/page.html" 'Accept-Encoding: gzip'
  race "plain, $(wc -c < "$folder/www/big.html") bytes" 100 "$big" "http://127.0.0.1:$other/big.html" 'Accept-Encoding: identity'
  kill "$(cat "$folder/nginx.pid")"
  kill %1 && wait
}

bench_decode() {
  local file="$folder/decode"
  make --no-print-directory "$build/tests/bench/decode_bench" > /dev/null
  "$nq17" sample --records 200000 --seed 17 --bad 0 > "$file.csv"
  "$nq17" sample --records 200000 --seed 17 --bad 0 --format ndjson > "$file.ndjson"
  echo "decode: 200,000 dossiers"
  "$build/tests/bench/decode_bench" "$file.csv" "$file.ndjson" | sed 's/^/  /'
}

bench_charts() {
  make --no-print-directory "$build/tests/bench/chart_bench" > /dev/null
  echo "charts: goals SVG 0.2 ms and 3,072 B gzipped, PNG 1,200 pixels wide 5 ms and 25,600 B"
  "$build/tests/bench/chart_bench" tests/data/charts.json
}

bench_reports() {
  local workers took
  make --no-print-directory "$build/tests/bench/report_bench" > /dev/null
  echo "reports: a tagged PDF, milliseconds of the processor, bytes, memory"
  /usr/bin/python3 tests/bench/reports.py "$build/tests/bench/report_bench" tests/data/report_agency.json "$folder"
  fresh reports
  "$nq17" sample --type all --records 200000 --seed 17 --output "$folder/all"
  for type in service fact count milestone dossier; do
    "$nq17" import --type "$type" "$folder/all/$type.csv" > /dev/null 2>&1 || true
  done
  ask -qc 'SET client_min_messages = error' -c 'ANALYZE'
  for workers in 1 2; do
    took=$(seconds "$nq17" report compliance --period 2020 --each --both --workers "$workers" --output "$folder/each")
    report_goal "85 agencies, vi and en, workers: $workers" "$took" 5 s
  done
}

bench_figures() {
  local year
  fresh figures
  sample "$folder/figures.csv" $((records / 5))
  "$nq17" import "$folder/figures.csv" > /dev/null 2>&1
  ask -qc 'SET client_min_messages = error' -c 'ANALYZE'
  year=$(ask -c "SELECT extract(year FROM max(day))::int - 1 FROM day_total")
  echo "figures of $year, every agency and indicator, ranked (three runs):"
  for _ in 1 2 3; do
    ask -c '\timing on' -c "SELECT count(*) FROM observations('$year')" |
      sed -nE 's/^Time: ([0-9.]+ ms).*/  in the database   \1/p'
  done
  for _ in 1 2 3; do
    printf '  nq17 kpi          %s s\n' "$(seconds "$nq17" kpi --period "$year" --format csv)"
  done
}

bench_store() {
  local file="$folder/million.csv" small large
  echo "store: a million dossiers into a store of one million, and into one of 20 million"
  sample "$file" 1000000 --from 2025-07-01 --to 2025-12-31
  sample "$folder/before.csv" 1000000 --from 2019-01-01 --to 2019-06-30
  fresh small
  "$nq17" import "$folder/before.csv" > /dev/null 2>&1
  small=$(seconds "$nq17" import "$file")
  fresh large
  for year in 2019 2020 2021 2022 2023; do
    sample "$folder/before.csv" 4000000 --from "$year-01-01" --to "$year-12-31"
    "$nq17" import "$folder/before.csv" > /dev/null 2>&1
  done
  echo "  the large one holds $(ask -c 'SELECT count(*) FROM dossier') dossiers"
  large=$(seconds "$nq17" import "$file")
  report "into a million" "$small" 1000000
  report "into 20 million" "$large" 1000000
  ratio "as fast in the large store, times" "$small" "$large"
}

# The fastest of seven runs of SQL in one session, in ms: what it costs, not who else works.
# The runs before them let the session plan.
fastest() { # sql
  { for _ in 1 2 3 4 5 6; do echo "$1;"; done; echo '\timing on'
    for _ in 1 2 3 4 5 6 7; do echo "$1;"; done; } | ask -o /dev/null |
    sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p' | sort -n | head -n 1
}

# A line of measures: what, ms, the goal in ms (0: none).
measure() { # name goal sql
  printf '%s\t%s\t%s\n' "$1" "$(fastest "$3")" "$2"
}

# The models of the pages over figures and of those that search and compare, as the server asks
# for them: nothing of them was kept.
pages() { # how the figures came about
  local procedure
  procedure=$(ask -c "SELECT procedure FROM procedure_total GROUP BY procedure ORDER BY sum(resolved) DESC, procedure LIMIT 1")
  measure "overview$1" 50 "SELECT page_overview('2024', NULL)"
  measure "rankings$1" 50 "SELECT page_rankings('2024', NULL, NULL)"
  measure "an agency$1" 50 "SELECT page_agency('2024', '01')"
  measure "all agencies$1" 50 "SELECT page_agencies('2024')"
  measure "indicators$1" 50 "SELECT page_indicators('2024')"
  measure "an indicator$1" 50 "SELECT page_indicator('2024', 'online-filing', NULL)"
  measure "a figure explained$1" 50 "SELECT page_explain('2024', '01', 'online-filing')"
  measure "rankings, ministries$1" 50 "SELECT page_rankings('2024', 'central', 'overall')"
  measure "the nation$1" 50 "SELECT page_agency('2024', 'VN')"
  measure "an indicator, a share$1" 50 "SELECT page_indicator('2024', 'mobile-portal', 'central')"
  measure "the nation's explained$1" 50 "SELECT page_explain('2024', 'VN', 'one-stop')"
  measure "map$1" 50 "SELECT page_map('2024', NULL, NULL)"
  measure "resolution$1" 50 "SELECT page_resolution('2024')"
  measure "briefing$1" 50 "SELECT page_briefing('2024', '1')"
  measure "reports$1" 50 "SELECT page_reports('2024')"
  measure "milestones$1" 50 "SELECT milestones_model(NULL, NULL)"
  measure "method$1" 50 "SELECT page_method('2024')"
  measure "data$1" 50 "SELECT data_page()"
  measure "search$1" 50 "SELECT page_search('2024', 'ha noi')"
  measure "procedures$1" 50 "SELECT page_procedures('2024', NULL, NULL)"
  measure "a procedure$1" 50 "SELECT page_procedure('2024', '$procedure', NULL)"
  measure "overview of a month$1" 50 "SELECT page_overview('2024-11', NULL)"
  measure "rankings, today's agencies$1" 50 "SELECT page_rankings('2024', NULL, NULL, 'true')"
  measure "an agency of today$1" 50 "SELECT page_agency('2024', '01', NULL, 'true')"
}

# What a process has had of the processors, in ms.
spent() { # pid
  cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.3f\n", sum / 1e6 }'
}

# A page as its first visitor gets it: to the first byte over HTTP, packed, the least of seven,
# each at an address that nobody has asked for; and what of it is the web server's own (the model
# read, the page painted and packed), by the clock of the processor.
served() { # name address
  local round before first own
  for round in 1 2 3 4 5 6 7; do
    before=$(spent "$!")
    first=$(curl -sf -H 'Accept-Encoding: br' -o /dev/null -w '%{time_starttransfer}' "http://127.0.0.1:8899$2&round=$round$RANDOM")
    own=$(spent "$!")
    echo "$first $before $own"
  done | awk -v name="$1" '
    NR == 1 || $1 < first { first = $1 }
    NR == 1 || $3 - $2 < own { own = $3 - $2 }
    END { printf "%s, over HTTP\t%.2f\t50\n  of which the web server\t%.2f\t10\n", name, first * 1000, own }'
}

# The pages again, as visitors meet them.
site() {
  "$nq17" web --listen 127.0.0.1:8899 > /dev/null 2>&1 &
  for _ in $(seq 200); do curl -sf http://127.0.0.1:8899/readyz > /dev/null && break; sleep 0.1; done
  served overview "/?period=2024"
  served rankings "/rankings?period=2024"
  served "rankings, ministries" "/rankings?period=2024&group=central&indicator=overall"
  served "an agency" "/agencies/01?period=2024"
  served "all agencies" "/agencies?period=2024"
  served "an indicator" "/indicators/online-filing?period=2024"
  served "a figure explained" "/agencies/01/online-filing?period=2024"
  served map "/map?period=2024"
  served resolution "/resolution?period=2024"
  served milestones "/milestones?period=2024"
  served procedures "/procedures?period=2024"
  served method "/method?period=2024"
  served "an agency of today" "/agencies/01?period=2024&recast=true"
  kill "$!" && wait "$!" || true
}

# A store of COUNT dossiers of 2023 and 2024 in files of a million, with the catalogue, facts and
# totals of all agencies; its measures to FOLDER/engine-NAME.
engine_store() { # name count
  local name=$1 count=$2 part=0 last agency=01 type
  fresh "$name"
  for type in service fact count; do
    "$nq17" sample --type "$type" --seed 17 > "$folder/part.csv"
    "$nq17" import --type "$type" "$folder/part.csv" > /dev/null 2>&1
  done
  while [ $((part * 1000000)) -lt "$count" ]; do
    sample "$folder/part.csv" $((count < 1000000 ? count : 1000000)) --seed $((17 + part)) \
      --from 2023-01-01 --to 2024-12-31
    # Samples count their codes from one each: another letter for each file.
    awk -F, -v OFS=, -v p="$part" 'NR > 1 { $2 = $2 "-" p } { print }' "$folder/part.csv" > "$folder/engine-$name-$part.csv"
    "$nq17" import --type dossier "$folder/engine-$name-$part.csv" > /dev/null 2>&1
    part=$((part + 1))
  done
  ask -qc 'SET client_min_messages = error' -c 'VACUUM ANALYZE day_total, half_month_total, procedure_total, dossier' > /dev/null
  last=$(ask -c "SELECT agency_id || ':' || dossier FROM dossier WHERE agency_id = agency_on('$agency', '2024-12-31')
                  AND resolved_day BETWEEN '2024-01-01' AND '2024-12-31' ORDER BY dossier DESC OFFSET 120 LIMIT 1")
  {
    measure "observations of a year, JSON" 50 "SELECT observations_model('2024', NULL, NULL, true)"
    measure "  the rows alone" 50 "SELECT count(*) FROM observations('2024')"
    measure "ranking" 20 "SELECT ranking_model('2024', 'online-filing', NULL, false, NULL)"
    measure "explain, down to procedures" 20 "SELECT explain('2024', '$agency', 'online-filing', false, false)"
    measure "first 50 dossiers" 10 "SELECT api_explain_dossiers('2024', '$agency', 'online-filing', NULL, NULL, NULL)"
    measure "50 dossiers near the end" 10 "SELECT api_explain_dossiers('2024', '$agency', 'online-filing', NULL, '$last', NULL)"
    measure "what is lacking (act)" 50 "SELECT act_model('2024', '$agency', 'online-filing', NULL, NULL)"
    pages ", computed"
    # What the collector does as soon as something came.
    ask -c 'SELECT remember(p.period) FROM periods_to_remember() p' > /dev/null
    ask -c "SELECT remember('2024')" -c "SELECT remember('2024-' || lpad(m::text, 2, '0')) FROM generate_series(3, 11) m" \
      -c "SELECT remember_recast(o.code) FROM periods_offered() o WHERE o.year <= 2024" > /dev/null
    measure "observations, remembered, JSON" 50 "SELECT observations_model('2024', NULL, NULL, true)"
    measure "ranking, remembered" 20 "SELECT ranking_model('2024', 'online-filing', NULL, false, NULL)"
    pages ", remembered"
    site
    # As it is while records come: one agency sent some dossiers of the year, and nobody has
    # computed since.
    "$nq17" sample --records 2000 --seed 4711 --from 2024-01-01 --to 2024-12-31 |
      awk -F, -v OFS=, -v a="$agency" 'NR == 1 || $1 == a { if (NR > 1) $2 = $2 "-late"; print }' > "$folder/part.csv"
    "$nq17" import --type dossier "$folder/part.csv" > /dev/null 2>&1
    measure "observations after a batch, JSON" 50 "SELECT observations_model('2024', NULL, NULL, true)"
    measure "  the rows alone, after a batch" 40 "SELECT count(*) FROM observations('2024')"
    measure "ranking, after a batch" 20 "SELECT ranking_model('2024', 'online-filing', NULL, false, NULL)"
    pages ", after a batch"
  } > "$folder/engine-$name"
}

# DuckDB ranks the same year from its raw table, one thread, in ms; best of seven.
engine_duckdb() { # files
  local modules="$build/../bench-npm"
  mkdir -p "$modules"
  [ -d "$modules/node_modules/@duckdb/node-api" ] ||
    (cd "$modules" && npm install --no-fund --no-audit --silent @duckdb/node-api > /dev/null 2>&1) ||
    return 1
  cat > "$modules/rank.mjs" << 'RANK'
import { DuckDBInstance } from '@duckdb/node-api';
const [files, store] = process.argv.slice(2);
const db = await DuckDBInstance.create(store, { threads: '1' });
const connection = await db.connect();
await connection.run(`CREATE TABLE raw AS SELECT * FROM read_csv('${files}', header=true)`);
await connection.run('CHECKPOINT');
let best = Infinity;
for (let i = 0; i < 7; i++) {
  const begin = performance.now();
  const reader = await connection.runAndReadAll(`
    SELECT agency, n, d, rank() OVER (ORDER BY round(n / d, 4) DESC) AS place
      FROM (SELECT agency, count(*) FILTER (WHERE channel = 'online') AS n, count(*) AS d
              FROM raw WHERE status = 'resolved' AND resolved_at >= TIMESTAMPTZ '2024-01-01 00:00:00+07'
               AND resolved_at < TIMESTAMPTZ '2025-01-01 00:00:00+07'
             GROUP BY agency) x`);
  reader.getRows();
  best = Math.min(best, performance.now() - begin);
}
console.log(best.toFixed(2));
RANK
  node "$modules/rank.mjs" "$1" "$folder/duck.db" || return 1
  rm -f "$folder/duck.db"
}

# Seconds to publish 2024; then of its ledger after 5% of an agency file came again, corrected.
engine_publish() {
  report_goal "publish a year" "$(seconds "$nq17" publish --period 2024 --by Bench --accept bench --second Office)" 5 s
  head -n 1 "$1" > "$folder/again.csv"
  # The same dossiers, settled at the counter, said a year later.
  awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    NR % 20 == 0 && $at["channel"] == "online" { $at["channel"] = "counter"; $at["filed_by"] = ""; $at["updated_at"] = "2026-01-01T00:00:00+07:00"; print }' "$1" >> "$folder/again.csv"
  "$nq17" import --type dossier "$folder/again.csv" > /dev/null 2>&1 || true
  report_goal "its ledger, after corrections" "$(seconds "$nq17" restatements --period 2024 --format csv)" 5 s
  echo "  the ledger has $(($(wc -l < "$folder/out") - 1)) lines"
}

report_goal() { # name value goal unit
  awk -v name="$1" -v v="$2" -v goal="$3" -v unit="$4" 'BEGIN {
    printf "  %-34s %9.2f %s  goal %s: %s\n", name, v, unit, goal, v <= goal ? "met" : "MISSED" }'
}

bench_engine() {
  local duck ranking count
  engine_store million 1000000
  rm -f "$folder"/engine-million-*.csv
  engine_store large "$records"
  count=$(ask -c 'SELECT count(*) FROM dossier')
  echo "engine: $count dossiers of two years beside a million, best of seven, in ms"
  paste "$folder/engine-large" "$folder/engine-million" |
    awk -F'\t' '{ printf "  %-34s %9.2f  goal %3d: %-6s  (a million: %8.2f)  ratio %5.2f\n",
                         $1, $2, $3, $2 <= $3 ? "met" : "MISSED", $5, $2 / $5 }'
  duck=$(engine_duckdb "$folder/engine-large-*.csv") || { echo "  DuckDB cannot be run"; duck=; }
  ranking=$(sed -nE 's/^ranking\t([0-9.]+).*/\1/p' "$folder/engine-large")
  if [ -n "$duck" ]; then
    printf '  %-34s %9.2f\n' 'DuckDB ranking the same year' "$duck"
    ratio "ranking as fast as DuckDB, times (20)" "$duck" "$ranking"
  fi
  report_goal 'audit --full' "$(seconds "$nq17" audit --full)" 60 s
  tail -n 1 "$folder/out" | sed 's/^/    /'
  engine_publish "$folder/engine-large-0.csv"
}

echo "$(nproc) cores, PostgreSQL $(/usr/lib/postgresql/15/bin/postgres --version | grep -oE '[0-9.]+' | head -1)"
[[ "$only" != *http* ]] || only="$only pages"
for part in import catalogue two http pages decode charts reports figures store engine; do
  if wants "$part"; then "bench_$part"; fi
done
