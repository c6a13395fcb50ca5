# axe.py -- axe-core on every page of pages.txt, in both languages, light and dark, at three
# widths and at 400% zoom, where nothing may scroll sideways either.  Ends with 1 when anything
# was found.
import collections
import sys

from browse import LANGUAGES, SCHEMES, WIDTHS, open_browser, set_view, show, visits

VIEWS = [(width, 1) for width in WIDTHS] + [(1280, 4)]

RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations.map(
  each => ({id: each.id, impact: each.impact, help: each.help, nodes: each.nodes.map(
    node => node.target.join(' ') + ' | ' + (node.failureSummary || '').replace(/\\s+/g, ' ').slice(0, 300))}))));"""

WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


def look(browser):
    """What is wrong with the page that is shown."""
    found = [(each["id"], node) for each in browser.execute_async_script(RUN) for node in each["nodes"]]
    wide = browser.execute_script(WIDE)
    if wide > 0:
        found.append(("scrolls sideways", f"by {wide} pixels"))
    strangers = browser.execute_script(
        "return performance.getEntriesByType('resource').map(r => r.name)"
        ".filter(name => !name.startsWith(location.origin))")
    return found + [("another host", name) for name in strangers]


def main(base, source, only):
    browser, count, seen = open_browser(), 0, collections.defaultdict(list)
    browser.set_script_timeout(120)
    try:
        for name, address, scene in visits(browser, base, only):
            for language in LANGUAGES:
                show(browser, base, address, language, scene)
                browser.execute_script(source)
                for scheme in SCHEMES:
                    for width, zoom in VIEWS:
                        set_view(browser, width, scheme, zoom=zoom)
                        count += 1
                        for rule, node in look(browser):
                            seen[rule, name, node].append(f"{width}x{zoom}/{scheme}/{language}")
            print(f"axe: {name} was looked at", file=sys.stderr, flush=True)
    finally:
        browser.quit()
    for (rule, name, node), views in sorted(seen.items()):
        print(f"axe: {rule}: {name}: {node} [{len(views)} views, {views[0]}]")
    print(f"axe: {count} views, {sum(map(len, seen.values()))} violations")
    return 1 if seen or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], open(sys.argv[2]).read(), set(sys.argv[3:])))
