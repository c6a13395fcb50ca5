# test_config.py -- settings on the command line, and their documentation.
import os
import subprocess

import pytest

import conftest


@pytest.fixture
def nowhere(tmp_path):
    """The program without a data folder; nothing here may need one."""
    return conftest.Store(tmp_path / "none")


def test_documentation_is_current(nowhere):
    written = (conftest.ROOT / "docs" / "configuration.md").read_text()
    assert written == nowhere.run("config", "--markdown").stdout, (
        "run: nq17 config --markdown > docs/configuration.md")


def test_effective_settings_name_their_source(nowhere):
    printed = nowhere.run("config", "--lang=en", env={"NQ17_LISTEN": "127.0.0.1:1"}).stdout
    assert "# the command line\nlang = en\n" in printed
    assert "# NQ17_LISTEN\nlisten = 127.0.0.1:1\n" in printed
    assert "# unset\n# database =\n" in printed


def test_unknown_variable_is_refused(nowhere):
    done = nowhere.run("config", env={"NQ17_LISTNE": "x"}, code=2)
    assert "NQ17_LISTNE" in done.stderr


def test_help_and_version_need_no_settings(nowhere):
    for flag in ("--help", "--version"):
        nowhere.run(flag, env={"NQ17_LISTNE": "x"})


def test_manual_page_says_what_help_says(nowhere):
    """Every command of the table has its section, roff takes nothing for a request of its own,
    and no line of --help is lost."""
    page = subprocess.run([conftest.ROOT / "docs" / "man.sh", conftest.BINARY], check=True,
                          capture_output=True, text=True).stdout
    listed = nowhere.run("--help").stdout.split("\n\n")[1].splitlines()[1:]
    for command in (line.split()[0] for line in listed):
        assert f".SS nq17 {command}\n" in page, command
        for line in nowhere.run(command, "--help").stdout.splitlines():
            assert line.replace("\\", "\\e").replace("-", "\\-") in page, line
    requests = {line.split()[0] for line in page.splitlines() if line.startswith(".")}
    assert requests <= {".TH", ".SH", ".SS", ".B", ".I", ".BR", ".nf", ".fi"}


def test_unknown_key_is_refused_with_its_line(nowhere, tmp_path):
    (tmp_path / "my.conf").write_text("lang = en\nlistne = x\n")
    done = nowhere.run("config", "--config", tmp_path / "my.conf", code=2)
    assert f"{tmp_path}/my.conf:2: unknown key \"listne\"" in done.stderr


@pytest.mark.parametrize("args", [[], ["nonsense"], ["db"], ["db", "nonsense"], ["db", "init", "x"],
                                  ["config", "x"], ["config", "--nonsense"]])
def test_usage_is_exit_2(nowhere, args):
    done = nowhere.run(*args, code=2)
    assert done.stdout == "" and done.stderr != ""


@pytest.mark.parametrize("args", [["--help"], ["-h"], ["db", "--help"], ["db", "-h"],
                                  ["db", "init", "--help"], ["config", "-h"], ["--version"]])
def test_help_is_exit_0(nowhere, args):
    done = nowhere.run(*args)
    assert done.stdout != "" and done.stderr == ""
    assert not os.path.exists(nowhere.data)


def test_every_command_has_help(nowhere):
    listed = nowhere.run("--help").stdout.split("Commands")[1].split("Settings")[0]
    names = [line.split()[0] for line in listed.splitlines()[1:] if line.strip()]
    assert len(names) >= 2
    for name in names:
        assert f"nq17 {name}" in nowhere.run(name, "--help").stdout
