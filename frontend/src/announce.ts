/**
 * One live region for the whole page (`#announcer` in base.html). It stands outside everything that is swapped, because
 * screen readers follow only regions that they met when the page was loaded.
 */

/** Say a sentence once. Repeating the same sentence says it again. */
export function announce(sentence: string): void {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  // A fresh text in a later frame is what assistive technology notices as a change.
  requestAnimationFrame(() => {
    region.textContent = sentence;
  });
}

/** After each swap, say what the new content asks to be said: `data-announce="Saved"`. */
export function startAnnouncing(): void {
  document.addEventListener("andante:arrived", () => {
    const speaker = document.querySelector<HTMLElement>("[data-announce]");
    if (speaker?.dataset["announce"]) announce(speaker.dataset["announce"]);
  });
}
