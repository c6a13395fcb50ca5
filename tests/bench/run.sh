#!/bin/bash
# run.sh -- what the program costs beside the barest way, in one run on one machine:
# import of a million sample dossiers beside psql \copy of the same CSV into a bare
# typed table, and the time of the ranking query.  RECORDS=n for another number.
set -eu
cd "$(dirname "$0")/../.."
nq17="$PWD/${BUILD:-build}/${MODE:-release}/nq17"
records="${RECORDS:-1000000}"
folder=$(mktemp -d /tmp/nq17-bench-XXXXXX)
chmod 755 "$folder"
export NQ17_DATA="$folder/data"
trap '"$nq17" db stop > /dev/null 2>&1; rm -rf "$folder"' EXIT

seconds() { # command...: its wall time
  local begin end
  begin=$(date +%s.%N)
  "$@" > "$folder/out" 2> "$folder/err" || { cat "$folder/err" >&2; return 1; }
  end=$(date +%s.%N)
  echo "$begin $end" | awk '{ printf "%.2f", $2 - $1 }'
}

report() { # name seconds
  awk -v name="$1" -v s="$2" -v n="$records" \
    'BEGIN { printf "%-44s %8.2f s %10.0f records/s\n", name, s, n / s }'
}

ask() { "$nq17" db psql -XAt "$@"; }

"$nq17" db start > /dev/null 2>&1
echo "$records sample dossiers, $(nproc) cores, PostgreSQL $(ask -c 'SHOW server_version')"
"$nq17" sample --records "$records" --seed 17 --bad 0 > "$folder/dossiers.csv"
echo "$(wc -c < "$folder/dossiers.csv" | awk '{ printf "%.0f MB of CSV", $1 / 1e6 }')"

# One typed column for each of the file, no key, no index.
columns=$(head -n 1 "$folder/dossiers.csv" | tr -d '\r' | tr ',' '\n' | awk '
  /_at$/ { print $1 " timestamptz"; next }
  /^(one_stop|electronic|mobile_signed|identity_verified|business_registry|paid_online)$/ { print $1 " boolean"; next }
  /^(fields_total|fields_prefilled|satisfaction)$/ { print $1 " int"; next }
  { print $1 " text" }' | paste -sd,)
ask -qc "CREATE TABLE bare ($columns)"
copy=$(seconds "$nq17" db psql -Xqc "\\copy bare FROM '$folder/dossiers.csv' CSV HEADER")
report "psql \\copy into a bare typed table" "$copy"

import=$(seconds "$nq17" import --type dossier "$folder/dossiers.csv")
report "nq17 import (checked, exactly once, rollups)" "$import"
awk -v a="$copy" -v b="$import" 'BEGIN { printf "import / \\copy: %.1f times the time\n", b / a }'

again=$(seconds "$nq17" import --type dossier "$folder/dossiers.csv")
report "nq17 import of the same file again" "$again"

ask -qc 'SET client_min_messages = error' -c 'ANALYZE'
year=$(ask -c "SELECT extract(year FROM max(day))::int - 1 FROM day_total")
echo "figures of $year, every agency and indicator, ranked (three runs):"
for run in 1 2 3; do
  ask -c '\timing on' -c "SELECT count(*) FROM observations('$year')" |
    sed -nE 's/^Time: ([0-9.]+ ms).*/  in the database   \1/p'
done
for run in 1 2 3; do
  printf '  nq17 kpi          %s s\n' "$(seconds "$nq17" kpi --period "$year" --format csv)"
done
