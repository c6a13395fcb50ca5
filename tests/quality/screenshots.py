# screenshots.py -- every page of pages.txt at three widths, light and dark, in both languages:
# FOLDER/NAME-WIDTH-SCHEME-LANGUAGE.png, and FOLDER/index.html to look at them.
import base64
import html
import pathlib
import sys

from browse import LANGUAGES, SCHEMES, WIDTHS, open_browser, set_view, show, visits


def picture(browser):
    """The whole page, however long."""
    size = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": 1}
    return base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", {
        "captureBeyondViewport": True, "clip": clip})["data"])


def take(base, folder, only):
    browser, taken = open_browser(), []
    try:
        for name, address, scene in visits(browser, base, only):
            for language in LANGUAGES:
                show(browser, base, address, language, scene)
                for scheme in SCHEMES:
                    for width in WIDTHS:
                        set_view(browser, width, scheme)
                        file = f"{name}-{width}-{scheme}-{language}.png"
                        (folder / file).write_bytes(picture(browser))
                        taken.append((name, address, file))
            print(name, flush=True)
    finally:
        browser.quit()
    return taken


def index(taken):
    out = ["<!DOCTYPE html><meta charset=utf-8><title>Screenshots</title><style>"
           "body{font:14px sans-serif} figure{display:inline-block;margin:8px;vertical-align:top}"
           "img{width:300px;height:400px;object-fit:cover;object-position:top;border:1px solid #999}"
           "</style>"]
    last = None
    for name, address, file in taken:
        if name != last:
            out.append(f"<h2>{html.escape(name)} <small>{html.escape(address)}</small></h2>")
            last = name
        out.append(f'<figure><a href="{file}"><img src="{file}" loading="lazy" alt=""></a>'
                   f"<figcaption>{file[len(name) + 1:-4]}</figcaption></figure>")
    return "\n".join(out)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    shots = take(sys.argv[1], target, set(sys.argv[3:]))
    (target / "index.html").write_text(index(shots))
    print(f"{len(shots)} pictures: {target / 'index.html'}")
