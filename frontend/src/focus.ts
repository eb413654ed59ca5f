/**
 * Where the reader is after something happened: at the summary of errors, at the verdict, else at the card's heading.
 * Templates mark the place with `data-focus` (and `tabindex="-1"` where it is not focusable by itself).
 */

const PLACES = ["[data-focus='errors']", "[data-focus='verdict']", "[data-focus]"];

function place(): HTMLElement | null {
  for (const selector of PLACES) {
    const found = document.querySelector<HTMLElement>(selector);
    if (found) return found;
  }
  return null;
}

/** Move the focus to the marked place. A verdict below the fold is scrolled into view; a heading at the top is not. */
function arrive(): void {
  const target = place();
  if (!target) return;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

export function startFocusing(): void {
  document.addEventListener("andante:arrived", arrive);
  // On a plain page load the browser starts at the top, which is right; only news is worth a jump.
  if (document.querySelector("[data-focus='errors'], [data-focus='verdict']")) arrive();
}
