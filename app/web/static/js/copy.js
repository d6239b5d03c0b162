// Shows the copy buttons, which can do nothing without a script, and lets them copy.

const SHOWN_MS = 2000;

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.textContent;
  button.textContent = button.dataset.done;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => {
    button.textContent = label;
  }, SHOWN_MS);
}

export function startCopying(page) {
  // A browser lets pages copy only over https or on the machine itself.
  if (!navigator.clipboard) return;
  for (const button of page.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
