"""Take the pictures of docs/img from the demo office that `make run` opens.

.venv/bin/python tools/screenshots.py [http://127.0.0.1:8000]
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PASSWORD = "henji-demo-2026"  # noqa: S105  # of the demo, where everybody may have it
SHOTS = {
    "evaluations-zh-1280.png": "/evaluations",
    "evaluation-zh-1280.png": "/evaluations/E-202611-000040",
}


def main(address: str) -> None:
    """Sign in as the supervision officer and take every picture."""
    folder = Path(__file__).resolve().parent.parent / "docs" / "img"
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="zh-CN", color_scheme="light")
        page.goto(address + "/sign-in")
        page.fill("input[name=login]", "neiguan")
        page.fill("input[type=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/evaluations*")
        for name, path in SHOTS.items():
            page.goto(address + path)
            page.screenshot(path=folder / name)
            print(f"docs/img/{name}")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
