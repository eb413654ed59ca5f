/**
 * Sharing and printing a certificate. Without scripts the link opens the page that proves it, and the browser's own menu
 * prints; here the link opens the device's share sheet, or copies the address where there is none.
 */
import { announce } from "./announce";

async function share(link: HTMLAnchorElement): Promise<void> {
  if (typeof navigator.share === "function") {
    await navigator.share({ title: link.dataset["share"] ?? document.title, url: link.href });
    return;
  }
  await navigator.clipboard.writeText(link.href);
  const said = link.dataset["shared"];
  if (!said) return;
  link.lastChild?.replaceWith(said);
  announce(said);
}

export function startSharing(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-share]")) {
    // Both need https, or this machine.
    if (typeof navigator.share !== "function" && !navigator.clipboard) continue;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      // Who closes the share sheet has not failed; anything else opens the address, as without scripts.
      share(link).catch((reason: unknown) => {
        if (!(reason instanceof DOMException && reason.name === "AbortError")) window.location.assign(link.href);
      });
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      window.print();
    });
  }
}
