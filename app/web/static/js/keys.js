// j and k move, Enter opens what has the focus, u goes up, e opens the evidence, d goes to the act, / to the search field.

const STOP = "[data-stop]";

function target(stop) {
  return stop.matches("tr") ? stop.querySelector("a") : stop;
}

function move(page, step) {
  const stops = [...page.querySelectorAll(STOP)];
  if (stops.length === 0) return;
  const here = stops.findIndex((stop) => stop.contains(page.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(Math.max(here + step, 0), stops.length - 1);
  const aim = target(stops[next]);
  aim.focus({ preventScroll: true });
  stops[next].scrollIntoView({ block: stops[next].matches("tr") ? "nearest" : "start" });
}

function follow(link) {
  if (link) link.click();
}

function isTyping(element) {
  return element.closest("input, select, textarea, [contenteditable]") !== null;
}

export function startKeys(page) {
  const acts = {
    j: () => move(page, 1),
    k: () => move(page, -1),
    u: () => follow(page.querySelector("[data-up]")),
    e: () => follow(page.activeElement.closest(STOP)?.querySelector("[data-evidence]")),
    d: () => follow((page.activeElement.closest(STOP) ?? page).querySelector("[data-decide]") ?? page.querySelector("main .acts [data-decide]")),
    "/": () => page.querySelector('input[type="search"]')?.focus(),
  };
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
