// Where one is stands in sight: the current entry of the navigation and the current tab, in bars that scroll.
export function start() {
  for (const here of document.querySelectorAll(":is(.nav-list, .bar-2) [aria-current]")) {
    const bar = here.closest(".nav-list, .bar-2"), at = here.getBoundingClientRect(), box = bar.getBoundingClientRect();
    if (at.left < box.left || at.right > box.right) bar.scrollLeft += at.left - box.left - (box.width - at.width) / 2;
    if (at.top < box.top || at.bottom > box.bottom) bar.scrollTop += at.top - box.top - (box.height - at.height) / 2;
  }
}
