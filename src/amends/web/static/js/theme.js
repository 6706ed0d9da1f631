// Before anything is drawn: Tabler's own dark rules hang on data-bs-theme, so "follow the system" is answered here. Works without it too.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const settle = () => {
    const chosen = root.dataset.theme;
    root.dataset.bsTheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  };
  settle();
  dark.addEventListener("change", settle);
  new MutationObserver(settle).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
})();
