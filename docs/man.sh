#!/bin/bash
# man.sh NQ17 -- the manual page nq17(1), from what the program says of itself: its page is
# as true as its --help, and neither has to be written twice.
set -euo pipefail
nq17=$1

# Text as it stands: a backslash, and a dot or quote that begins a line, mean something to roff.
literal() { printf '.nf\n'; sed -e 's/\\/\\e/g' -e "s/^[.']/\\\\\&&/" -e 's/-/\\-/g'; printf '.fi\n'; }

commands() { "$nq17" --help | sed -nE '/^Commands/,/^$/s/^  ([a-z]+) .*/\1/p'; }

cat << 'ROFF'
.TH NQ17 1 "" "nq17" "NQ17"
.SH NAME
nq17 \- what became of the targets of Resolution 17/NQ\-CP
.SH SYNOPSIS
.B nq17
.I COMMAND
[\fIARGUMENTS\fR]
.SH DESCRIPTION
Takes in records of public\-service use from ministries and provinces, computes the targets of
Government Resolution 17/NQ\-CP (7 March 2019), and answers with pages, an API, charts and reports.
Each command says what it takes with
.BR \-\-help ;
the same words follow here.
.SH EXIT STATUS
0 done; 1 failed, or something was refused; 2 wrong usage.
.SH COMMANDS
ROFF
for command in $(commands); do
  printf '.SS nq17 %s\n' "$command"
  "$nq17" "$command" --help | literal
done
printf '.SH SETTINGS\n'
"$nq17" --help | sed '1,/^Settings/d' | literal
