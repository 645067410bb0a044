"use strict";
const fields = [...document.querySelectorAll("[data-filter]")];
const rows = [...document.querySelectorAll("#rows tbody tr")];
const shown = document.getElementById("shown");
function sift() {
  let count = 0;
  for (const row of rows) {
    row.hidden = !fields.every((field) => {
      const wanted = field.value.trim().toLowerCase();
      return !wanted || (field.tagName === "SELECT"
        ? row.dataset[field.dataset.filter] === field.value
        : row.textContent.toLowerCase().includes(wanted));
    });
    count += !row.hidden;
  }
  shown.textContent = `${count} of ${rows.length}`;
}
for (const field of fields) field.addEventListener("input", sift);
sift();
