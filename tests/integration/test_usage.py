# test_usage.py -- whoever mistypes a command reads what is wrong, what was meant perhaps, and
# how it is written; nothing is opened, and the exit code is 2.
import pytest

COMMANDS = """kpi ranking explain method milestones act report sign verify publish vintages restatements dispute note schedule
outbox deliver db import collect source sample user key profile template batch quarantine alias doubles target definition
population comparator evidence agency score freshness reconcile holiday audit web config doctor run""".split()


def refused(store, *typed):
    done = store.run(*typed, code=2)
    assert done.stdout == ""
    assert "base:" not in done.stderr and "usage: nq17 " + typed[0] in done.stderr, done.stderr
    return done.stderr.splitlines()[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_option_is_named(module_store, command):
    said = refused(module_store, command, *(["list"] if command in ("schedule", "report") else []), "--formaat=x")
    assert "formaat" in said or command in ("db",), said
    assert len(module_store.run(command, "--formaat=x", code=2).stderr.splitlines()) < 45


@pytest.mark.parametrize("typed, wrong, meant", [
    ("ranking --perod 2020", "no option --perod", "--period"),
    ("ranking --period 2020 --indicatr=online-filing", "no option --indicatr", "--indicator"),
    ("ranking --period 2020 --dossiers", "no option --dossiers", ""),
    ("ranking --period", "--period wants a value", ""),
    ("ranking --period 2020 --recast=3", "--recast takes no value", ""),
    ("ranking --period 2020 --fo=x --f", "--f may be one of", "--from"),
    ("ranking -x", "no option -x", ""),
    ("ranking --period 2020", "--indicator", "--score"),
    ("ranking --period 2020 --indicator online-filing --explain 01", "--explain takes --from", ""),
    ("ranking --period 2020-Q9 --indicator online-filing", '"2020-Q9" is not a period', "2020-Q3"),
    ("ranking --period 2020 --indicator online-filing --format cvs", 'no --format "cvs"', "csv"),
    ("ranking --period 2020 rest", 'what is "rest"?', ""),
    ("kpi --period 2020 --format yaml", 'no --format "yaml"', "table, csv, json"),
    ("explain --period 2020 --agency 01", "--indicator is missing", ""),
    ("act --agency 01 --top many", '--top is a number from 1 on, not "many"', ""),
    ("report complience --period 2020 --output x.pdf", 'no report "complience"', "compliance"),
    ("report rank --period 2020 --output x.pdf", 'no report "rank"', "ranking"),
    ("report trend --period 2020 --output x.pdf", "to a file that ends so: x.pdf", ""),
    ("verify x.pdf --format jsn", 'no --format "jsn"', "json"),
    ("restatements --period 2020 --from first", '--from is the number of a vintage, not "first"', ""),
    ("publish --by x", "--period is missing", ""),
    ("outbox retyr", 'no action "retyr"', "retry"),
    ("user rol", 'no action "rol"', "role"),
    ("source onn", 'no action "onn"', "on"),
    ("schedule prevew", 'no action "prevew"', "preview"),
    ("profile prevew", 'no action "prevew"', "preview"),
    ("agency lst", 'no action "lst"', "list"),
    ("agency show", 'an argument is missing after "show"', ""),
    ("db strat", 'no action "strat"', "start"),
    ("method --markdwn", 'no option "--markdwn"', "--markdown"),
    ("template dosier --output x.xlsx", 'no record type "dosier"', "dossier"),
    ("import --type dosier x.csv", 'no record type "dosier"', "dossier"),
    ("import --format cvs x.csv", 'no --format "cvs"', "csv"),
    ("sample --type dosier", 'no --type "dosier"', "dossier"),
    ("sample --records some", '--records takes no "some"', ""),
    ("freshness --state frsh", 'no --state "frsh"', "fresh"),
])
def test_what_is_wrong_and_what_was_meant(module_store, typed, wrong, meant):
    said = refused(module_store, *typed.split())
    assert wrong in said and meant in said, said


def test_names_that_the_store_knows(module_store):
    said = module_store.run("ranking", "--period", "2020", "--indicator", "online-filng", code=1).stderr
    assert 'no indicator "online-filng"; did you mean "online-filing"?' in said
    said = module_store.run("kpi", "--period", "2020", "--indicator", "zzz", code=1).stderr
    assert 'no indicator "zzz"' in said and "did you mean" not in said
    said = module_store.run("rankng", code=2).stderr
    assert 'no command "rankng"; did you mean "ranking"?' in said
