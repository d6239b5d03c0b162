"""Somebody at a screen: a page of a real browser, and what is asked of every page."""

import re

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
MODES = [(width, language, theme) for width in (1280, 390) for language in ("zh", "en") for theme in ("light", "dark")]

UNNAMED = """
[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, [role=region], nav, table')]
  .filter(e => !e.hidden)
  .filter(e => {
    const labels = e.labels ? [...e.labels].map(l => l.textContent) : [];
    const named = (e.getAttribute('aria-labelledby') || '').split(' ');
    const refer = named.map(i => document.getElementById(i)?.textContent);
    const caption = e.tagName === 'TABLE' ? [e.caption?.textContent, e.closest('[role=region]') && 'in a region'] : [];
    const own = ['A', 'BUTTON'].includes(e.tagName) ? [e.textContent] : [];
    return ![...labels, ...refer, ...caption, ...own, e.getAttribute('aria-label')].some(t => t && t.trim());
  })
  .map(e => e.outerHTML.slice(0, 120))
"""
"""What has no name, though it can be used: to be evaluated in a page."""


class Reader:
    """Somebody at a screen. Remembers what the browser complained about and where it went."""

    def __init__(self, chromium, address, width=1280, language="zh", theme="light") -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale={"zh": "zh-CN", "en": "en-GB"}[language],
            color_scheme=theme,
            timezone_id="Asia/Shanghai",
        )
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        self.address = address
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints: list[str] = []
        self.abroad: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda sent: None if sent.url.startswith(address) else self.abroad.append(sent.url))

    def sign_in(self, login, password):
        self.page.goto(f"{self.address}/sign-in")
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def open(self, path):
        self.page.goto(self.address + path)
        return self.page
