// Leaves empty fields out of the address, so that it can be read and sent to a colleague.

export function startFilters(page) {
  for (const form of page.querySelectorAll("form[data-filters]")) {
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) {
        if (value === "") formData.delete(name);
      }
    });
  }
}
