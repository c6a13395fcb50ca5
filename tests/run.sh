#!/bin/bash
# run.sh -- every test of every runner, and one closing line with the sums.
# BUILD and MODE say which program is tested; `make check` sets them.
set -u
cd "$(dirname "$0")/.."
export BUILD="${BUILD:-build}" MODE="${MODE:-release}"
passed=0 failed=0 skipped=0

# The settings and the locale of whoever runs the tests must not count.
for name in $(compgen -e); do
  case "$name" in NQ17_* | PG*) unset "$name" ;; esac
done
export LC_ALL=C.UTF-8
export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:exitcode=99"
export LSAN_OPTIONS="suppressions=$PWD/tests/leaks.txt:print_suppressions=0"
export UBSAN_OPTIONS="print_stacktrace=1"

count() { # passed failed skipped
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# The number before " WORD" in the line $1; 0 if it is not there.
number() {
  local found
  found=$(grep -oE "[0-9]+ $2" <<< "$1" | head -n 1)
  echo "${found%% *}" | grep . || echo 0
}

run_unit() {
  local output code ran good
  output=$("$1" 2>&1)
  code=$?
  ran=$(sed -nE 's/^\[=+\] ([0-9]+) test\(s\) run\.$/\1/p' <<< "$output")
  good=$(sed -nE 's/^\[ +PASSED +\] ([0-9]+) test\(s\)\.$/\1/p' <<< "$output")
  ran=${ran:-0} good=${good:-0}
  # A program without tests is a failure, and so is a sanitiser's complaint after the last one.
  if [ "$ran" -eq "$good" ] && { [ "$code" -ne 0 ] || [ "$ran" -eq 0 ]; }; then
    ran=$((ran + 1))
  fi
  count "$good" $((ran - good)) 0
  if [ "$ran" -eq "$good" ]; then
    echo "unit $(basename "$1"): $good passed"
  else
    printf 'unit %s: %d passed, %d FAILED (exit %d)\n%s\n' \
      "$(basename "$1")" "$good" $((ran - good)) "$code" "$output"
  fi
}

run_script() {
  if "$@"; then count 1 0 0; else count 0 1 0; fi
}

# Two files at a time: most tests wait for a server to start, or for time to pass.
run_pytest() {
  local output last bad
  output=$(mktemp)
  /usr/bin/python3 -m pytest -q -rs -n 2 --dist loadfile -p no:cacheprovider --color=no "$@" 2>&1 | tee "$output"
  local code=${PIPESTATUS[0]}
  last=$(grep -E "(passed|failed|error|skipped|no tests ran).* in [0-9.]+s" "$output" | tail -n 1)
  rm -f "$output"
  bad=$(($(number "$last" failed) + $(number "$last" error)))
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  count "$(number "$last" passed)" "$bad" "$(number "$last" skipped)"
}

# Twenty seconds each, two at a time; one line tells of each.
run_fuzzers() {
  local output
  output=$(BUILD="$BUILD" tests/fuzz/run.sh 20)
  echo "$output"
  count "$(grep -c '^fuzz .*: passed' <<< "$output")" \
    $(($(ls tests/fuzz/*_fuzz.c | wc -l) - $(grep -c '^fuzz .*: passed' <<< "$output"))) 0
}

for source in tests/unit/*_test.c; do
  run_unit "$BUILD/$MODE/tests/unit/$(basename "$source" .c)"
done
run_script tests/rooms.sh
run_fuzzers
folders=()
for folder in tests/integration tests/browser; do
  if [ -d "$folder" ]; then folders+=("$folder"); fi
done
run_pytest "${folders[@]}"

[ "$skipped" -eq 0 ] || echo "$skipped skipped (the reasons are above)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
