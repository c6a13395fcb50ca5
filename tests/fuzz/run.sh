#!/bin/bash
# run.sh -- runs each fuzzer (or the one named) for so many seconds, two at a time, from
# the seeds and whatever earlier runs found interesting.
#
#   tests/fuzz/run.sh 60 [NAME]
#
# One line per fuzzer: "fuzz NAME: passed, ..." or "fuzz NAME: FAILED, PATH" with the
# file that reproduces it; exit 1 if any failed.
set -u
cd "$(dirname "$0")/../.."
seconds=${1:-60}
build="${BUILD:-build}/fuzz"
export ASAN_OPTIONS="detect_leaks=1:quarantine_size_mb=16:allocator_may_return_null=1" UBSAN_OPTIONS="print_stacktrace=1"

run_one() {
  local name=$1 dict=tests/fuzz/$1.dict log="$build/$1.log" found
  [ -f "$dict" ] || dict=tests/fuzz/json.dict
  mkdir -p "$build/corpus/$name" "$build/findings"
  if "$build/${name}_fuzz" -max_total_time="$seconds" -max_len=16384 -timeout=10 \
    -rss_limit_mb=1024 -print_final_stats=1 -dict="$dict" \
    -artifact_prefix="$build/findings/$name-" \
    "$build/corpus/$name" "tests/fuzz/corpus/$name" > "$log" 2>&1; then
    echo "fuzz $name: passed, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs," \
      "$(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1)"
    return 0
  fi
  found=$(sed -nE 's/.*Test unit written to (.*)/\1/p' "$log" | tail -n 1)
  grep -vE '^#[0-9]+\s' "$log" | tail -n 60 >&2
  echo "fuzz $name: FAILED, ${found:-see $log}"
  return 1
}
export -f run_one
export seconds build

if [ $# -gt 1 ]; then
  [ -f "tests/fuzz/$2_fuzz.c" ] || { echo "there is no fuzzer $2" >&2; exit 2; }
  run_one "$2"
  exit
fi
for source in tests/fuzz/*_fuzz.c; do
  basename "$source" _fuzz.c
done | xargs -P 2 -I {} bash -c 'run_one {}' || exit 1
