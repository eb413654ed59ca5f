/**
 * Light, dark, or as the device says. The choice is a cookie, so that the server writes `data-theme` into the next page
 * and nobody sees a flash of the other one. The switch is hidden where scripts do not run.
 */

const COOKIE = "andante-theme";
const YEAR = 365 * 24 * 3600;

type Theme = "system" | "light" | "dark";

function isTheme(value: string | undefined): value is Theme {
  return value === "system" || value === "light" || value === "dark";
}

function current(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  return isTheme(chosen) ? chosen : "system";
}

function apply(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  const age = theme === "system" ? 0 : YEAR;
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
}

function mark(buttons: Iterable<HTMLButtonElement>): void {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset["themeChoice"] === current()));
}

export function startTheme(): void {
  const buttons = document.querySelectorAll<HTMLButtonElement>("button[data-theme-choice]");
  mark(buttons);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const theme = button.dataset["themeChoice"];
      if (isTheme(theme)) apply(theme);
      mark(buttons);
    });
  }
}
