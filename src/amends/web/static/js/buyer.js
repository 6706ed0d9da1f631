// The buyer's forms work without this; it adds buttons for quantities, what a reason asks for, and smaller photos.
import "./draft_files.js";

for (const stepper of document.querySelectorAll("[data-stepper]")) {
  const input = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = (Number(input.value) || 0) + Number(button.dataset.step);
      input.value = Math.min(Number(input.max), Math.max(Number(input.min), next));
    });
  }
}

for (const select of document.querySelectorAll("[data-reason]")) {
  const hint = select.closest(".field").querySelector("[data-reason-hint]");
  const usual = hint.textContent;
  const tell = () => {
    const chosen = select.selectedOptions[0];
    const said = [chosen?.dataset.said, chosen?.dataset.photos === "1" && hint.dataset.needsPhotos, chosen?.dataset.text === "1" && hint.dataset.needsText];
    hint.textContent = said.filter(Boolean).join(" · ") || usual;
    hint.classList.toggle("grn", Boolean(chosen?.dataset.said));
  };
  select.addEventListener("change", tell);
  tell();
}

// What is typed is kept on the server shortly after; sending the form ends that.
for (const form of document.querySelectorAll("form[data-typed]")) {
  let waiting = 0;
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const body = new FormData(form);
      form.querySelectorAll("input[type=file]").forEach((field) => body.delete(field.name));
      // A form that only asks for the next page brings no token of its own; the page has one.
      const token = document.querySelector("[name=csrfmiddlewaretoken]");
      if (token && !body.has(token.name)) body.set(token.name, token.value);
      fetch(form.dataset.typed, { method: "POST", body, keepalive: true }).catch(() => {});
    }, 600);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}

const size = (bytes) => (bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.round(bytes / 1024)} KB`);

// Drawn smaller and smaller until it fits; null when the browser cannot read the picture.
async function shrink(file, limit) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return null;
  for (let side = Math.min(2000, Math.max(image.width, image.height)); side > 200; side *= 0.75) {
    const scale = side / Math.max(image.width, image.height);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.85, 0.7]) {
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob && blob.size < limit) return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    }
  }
  return null;
}

for (const box of document.querySelectorAll("[data-photos]")) {
  const limit = Number(box.dataset.limit);
  const input = box.querySelector("input[type=file]");
  if (!input) continue;
  const pics = box.querySelector(".pics");
  const put = (files) => {
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
  };
  let held = [];
  const show = () => {
    if (held.length) {
      box.querySelectorAll(".bad, .wrong").forEach((old) => old.remove()); // what was refused has been replaced
      ["aria-invalid", "aria-describedby"].forEach((name) => input.removeAttribute(name));
    }
    box.querySelectorAll(".fresh, .too-large").forEach((old) => {
      const picture = old.querySelector("img");
      if (picture) URL.revokeObjectURL(picture.src);
      old.remove();
    });
    held.forEach((file, place) => {
      const label = document.createElement("div");
      label.className = "fresh";
      const picture = document.createElement("img");
      picture.alt = file.name;
      picture.src = URL.createObjectURL(file);
      label.append(picture);
      pics.insertBefore(label, input.closest(".addp"));
      if (file.size < limit) return;
      const said = document.createElement("p");
      said.className = "too-large";
      said.setAttribute("role", "alert");
      said.textContent = box.dataset.tooLarge.replace("{name}", file.name).replace("{size}", size(file.size)).replace("{most}", size(limit));
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = box.dataset.shrink;
      button.addEventListener("click", async () => {
        button.disabled = true;
        button.textContent = box.dataset.shrinking;
        const smaller = await shrink(file, limit);
        if (smaller) held[place] = smaller;
        put(held);
        show();
      });
      said.append(button);
      box.append(said);
    });
    const kept = box.querySelectorAll("input[type=checkbox]:checked").length;
    input.closest(".addp").hidden = kept + held.length >= Number(box.dataset.most);
  };
  input.addEventListener("kept", () => {
    held = [];
    show();
  });
  input.addEventListener("change", () => {
    const kept = box.querySelectorAll("input[type=checkbox]:checked").length;
    held = [...held, ...input.files].slice(0, Math.max(0, Number(box.dataset.most) - kept));
    put(held);
    show();
  });
}
