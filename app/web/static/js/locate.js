// Fills in place and time of the moment, when the person asks for it and the browser may tell.

const DIGITS = 6;
const MOST_WAIT_MS = 20000;

function fill(box, name, value) {
  const field = box.querySelector(`[name="${name}"]`);
  if (field) field.value = value;
}

function now() {
  const at = new Date();
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function locate(box, button) {
  const label = button.textContent;
  button.textContent = button.dataset.waiting;
  button.disabled = true;
  const end = (text) => {
    button.textContent = text;
    button.disabled = false;
    button.setAttribute("aria-live", "polite");
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      fill(box, "latitude", coords.latitude.toFixed(DIGITS));
      fill(box, "longitude", coords.longitude.toFixed(DIGITS));
      for (const name of ["taken_at", "checked_at"]) fill(box, name, now());
      end(label);
    },
    () => end(button.dataset.denied),
    { enableHighAccuracy: true, timeout: MOST_WAIT_MS },
  );
}

export function startLocating(page) {
  if (!navigator.geolocation) return;
  for (const box of page.querySelectorAll("[data-locate]")) {
    const button = box.querySelector("[data-locate-button]");
    button.hidden = false;
    button.addEventListener("click", () => locate(box, button));
  }
}
