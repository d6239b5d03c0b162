// Offers the customers while somebody types; without a script the button finds them.

const PAUSE_MS = 200;
const FEWEST_LETTERS = 2;

function line(hit) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = hit.url;
  for (const text of [hit.shop_name, hit.licence_no, hit.segment_name, hit.territory_name]) {
    const part = document.createElement("span");
    part.textContent = text;
    link.append(part);
  }
  item.append(link);
  return item;
}

export function startLookup(page) {
  const form = page.querySelector("form[data-lookup]");
  if (!form) return;
  const field = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  list.className = "hits";
  list.hidden = true;
  list.setAttribute("aria-live", "polite");
  field.after(list);
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const asked = field.value.trim();
      list.hidden = true;
      if (asked.length < FEWEST_LETTERS) return;
      const answer = await fetch(`${form.dataset.lookup}?${new URLSearchParams({ q: asked })}`);
      if (!answer.ok || asked !== field.value.trim()) return;
      const { items } = await answer.json();
      list.replaceChildren(...items.map(line));
      list.hidden = items.length === 0;
    }, PAUSE_MS);
  });
}
