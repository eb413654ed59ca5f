/**
 * A second tap on "Check" while the first is on its way is not a second answer. The server would take it calmly; the
 * learner should not have to wonder. The button stays focusable and keeps its name and value, so nothing is `disabled`.
 */

const BUSY = "aria-busy";

function refuseWhileBusy(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method === "dialog") return;
  if (form.getAttribute(BUSY) === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.setAttribute(BUSY, "true");
  event.submitter?.setAttribute(BUSY, "true");
}

/** Make every form usable again: the answer came, or it never will. */
export function release(): void {
  for (const element of document.querySelectorAll(`form[${BUSY}], button[${BUSY}]`)) element.removeAttribute(BUSY);
}

export function startForms(): void {
  // Captured at the document, so that it runs before htmx sees the submission.
  document.addEventListener("submit", refuseWhileBusy, { capture: true });
  // A page that comes back from the browser's cache must not stay locked.
  window.addEventListener("pageshow", release);
}
