/**
 * Moving from card to card without reloading the page: htmx fetches the next page and swaps `#player`.
 *
 * Whatever leaves the player (sign-in after a long pause, the completion page, an error) is loaded as the whole page it is.
 */
import htmx from "htmx.org";

import { announce } from "./announce";
import { release } from "./forms";

const PLAYER = "player";
const REFUSED = 403;
const FORM_REFUSED = 422;

interface SwapDetail {
  readonly xhr: XMLHttpRequest;
  readonly serverResponse: string;
  readonly requestConfig: { readonly verb: string };
  shouldSwap: boolean;
}

interface HistoryDetail {
  readonly history: { type: string; readonly path: string };
}

function configure(): void {
  htmx.config.allowEval = false; // the content security policy forbids it anyway
  htmx.config.includeIndicatorStyles = false; // style elements without a nonce are refused
  htmx.config.allowScriptTags = false;
  htmx.config.selfRequestsOnly = true;
  htmx.config.historyCacheSize = 0; // a card as it was an hour ago is not the card as it is
  htmx.config.refreshOnHistoryMiss = true; // so going back asks the server
  htmx.config.scrollIntoViewOnBoost = false; // `show:window:top` in the template decides
}

/** Take the new page as a whole where it has no player, instead of swapping nothing into the old one. */
function leaveIfElsewhere(event: Event): void {
  const { detail } = event as CustomEvent<SwapDetail>;
  const { status } = detail.xhr;
  const taken = status < 400 || status === FORM_REFUSED;
  if (taken && detail.serverResponse.includes(`id="${PLAYER}"`)) {
    detail.shouldSwap = true;
    return;
  }
  detail.shouldSwap = false;
  if (status < 400 || detail.requestConfig.verb === "get") {
    window.location.assign(detail.xhr.responseURL);
  } else if (status === REFUSED) {
    explainRefusal(detail.serverResponse);
  } else {
    explainFailure();
  }
}

/** An answer leads back to the same address: that is no new step on the way back. */
function keepOneStepPerAddress(event: Event): void {
  const { history } = (event as CustomEvent<HistoryDetail>).detail;
  if (history.path === window.location.pathname + window.location.search) history.type = "replace";
}

/** Nothing is lost: the answer still stands in the form. The words come with the page, in the reader's language. */
function explainFailure(): void {
  show("connection-notice");
}

/** It reached us and was not taken: say why, in the words of the page that the server answered with. */
function explainRefusal(answer: string): void {
  const page = new DOMParser().parseFromString(answer, "text/html");
  show("refusal-notice", page.querySelector("[data-explanation]")?.textContent?.trim());
}

/** Show one notice and no other. Without a reason it keeps the words that came with the page. */
function show(id: string, reason?: string): void {
  release();
  for (const other of document.querySelectorAll<HTMLElement>(".notices[id]")) other.hidden = true;
  const notice = document.getElementById(id);
  if (!notice) return;
  const words = notice.querySelector(".notice-body");
  if (words && reason) words.textContent = reason;
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
  announce(notice.textContent?.trim() ?? "");
}

export function startPlayer(): void {
  configure();
  document.addEventListener("htmx:beforeSwap", leaveIfElsewhere);
  document.addEventListener("htmx:beforeHistoryUpdate", keepOneStepPerAddress);
  document.addEventListener("htmx:afterSettle", () => {
    release();
    document.dispatchEvent(new CustomEvent("andante:arrived"));
  });
  for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, explainFailure);
}
