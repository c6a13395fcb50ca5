#!/bin/bash
# rooms.sh -- main.c -> web -> {delivery -> reports, collector} -> base: who may include whom,
# and where the outside libraries live.
set -u
cd "$(dirname "$0")/.."
wrong=0

complain() {
  echo "rooms: $*"
  wrong=1
}

# Doors: what each room may include beside its own headers.
doors_of() {
  case "$1" in
    base) echo "" ;;
    collector | reports) echo "base/.*" ;;
    delivery) echo "base/.*|reports/reports\.h" ;;
    web) echo "base/.*|reports/reports\.h|delivery/delivery\.h|collector/collector\.h" ;;
    main.c) echo "base/.*|reports/reports\.h|delivery/delivery\.h|collector/collector\.h|web/web\.h" ;;
  esac
}

for file in main.c {base,collector,reports,delivery,web}/*.[ch]; do
  [ -f "$file" ] || continue
  room=${file%%/*}
  while read -r header; do
    # Embedded texts: SQL belongs to everyone, templates and styles to web.
    case "$header" in
      sql/*.inc) continue ;;
      web/*.inc) [ "$room" = web ] || complain "$file includes $header"; continue ;;
      "$room"/*) continue ;;
    esac
    grep -qxE "$(doors_of "$room")" <<< "$header" || complain "$file includes $header"
  done < <(sed -nE 's/^#[[:space:]]*include[[:space:]]+"([^"]+)".*/\1/p' "$file")
done

# Only FILE may include <HEADER>.
only_in() {
  local found
  found=$(grep -lE "^#[[:space:]]*include[[:space:]]+<$2" main.c {base,collector,reports,delivery,web}/*.[ch] 2> /dev/null |
    grep -vxE "$1")
  [ -z "$found" ] || complain "<$2> belongs to $1, not to" $found
}

# At most $1 source files of a room include <HEADER>.
at_most() {
  local room found
  for room in base collector reports delivery web; do
    found=$(grep -lE "^#[[:space:]]*include[[:space:]]+<$2" "$room"/*.c 2> /dev/null)
    [ "$(wc -w <<< "$found")" -le "$1" ] || complain "<$2> in more than $1 files:" $found
  done
}

only_in 'base/db\.c' 'libpq'
only_in 'web/(server\.c|head\.c|exchange\.h|form\.c|send\.c)' 'microhttpd\.h'
only_in 'collector/.*\.c' 'csv\.h'
only_in '(collector/pull_fetch|delivery/transfer|web/outside)\.c' 'curl'
only_in 'delivery/recurrence\.c' 'libical'
only_in 'collector/xlsx\.c' '(zip|expat)\.h'
only_in '(collector/template|reports/report_sheets|web/sheet)\.c' 'xlsxwriter\.h'
only_in 'web/encoding\.c' 'brotli'
only_in '(reports/document_code|web/totp)\.c' 'qrencode\.h'
only_in 'reports/.*' '(cairo|pango|fontconfig|qpdf|hb-)'
for library in 'csv\.h' '(cairo|pango)' 'fontconfig' 'hb-' 'qpdf' 'zlib\.h' 'zstd\.h' 'openssl' \
  'gnutls' 'uni(norm|case|str)'; do
  at_most 2 "$library"
done

[ "$wrong" -eq 0 ] && echo "rooms: the doors are kept"
exit "$wrong"
