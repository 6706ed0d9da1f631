// Settings: three levels of a place that fill each other, and secrets that are copied by a button. Without scripts both work by hand.

const form = document.querySelector("[data-divisions]");
if (form) {
  form.querySelector("[data-step]").hidden = true;
  const level = (name) => form.querySelector(`[data-level="${name}"]`);
  const fill = (select, names) => {
    select.replaceChildren(select.options[0], ...names.map((name) => Object.assign(new Option(name), { lang: "zh-CN" })));
    select.value = names.length === 1 ? names[0] : "";
  };
  const below = async (query) => (await (await fetch(`${form.dataset.divisions}?${new URLSearchParams(query)}`)).json()).names;
  const districts = async () => {
    const [province, city] = [level("province").value, level("city").value];
    fill(level("district"), city ? await below({ province, city }) : []);
  };
  level("province").addEventListener("change", async () => {
    const province = level("province").value;
    fill(level("city"), province ? await below({ province }) : []);
    await districts();
  });
  level("city").addEventListener("change", districts);
}

for (const field of document.querySelectorAll("[data-once]")) field.addEventListener("focus", () => field.select());
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    const icon = button.querySelector(".ti");
    icon.classList.replace("ti-copy", "ti-check");
  });
}
