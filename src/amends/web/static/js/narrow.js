// Long lists of choices get narrower while one types; what is chosen stays in sight. Without scripts the list is whole.

for (const field of document.querySelectorAll("[data-narrows]")) {
  const rows = [...document.getElementById(field.dataset.narrows).querySelectorAll("label")];
  field.hidden = false;
  field.addEventListener("input", () => {
    const sought = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.querySelector("input").checked && !row.textContent.toLowerCase().includes(sought);
  });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
