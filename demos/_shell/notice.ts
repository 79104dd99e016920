// What the visitor is told in words: a line over the page, until it is closed or something else is to be said.

import { find, setText } from "./elements.ts";

const PASSING_MS = 12_000;

/** The notice of a page. */
export class Notice {
  private readonly box = find("#notice", HTMLElement);
  private readonly line = find("#notice-text", HTMLElement);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    find("#notice-close", HTMLButtonElement).addEventListener("click", () => this.tell(""));
  }

  /** Says `text`, or with an empty one nothing; what is `passing`, for a while. */
  tell(text: string, { passing = false } = {}): void {
    clearTimeout(this.timer);
    setText(this.line, text);
    this.box.hidden = text === "";
    if (passing) this.timer = setTimeout(() => this.tell(""), PASSING_MS);
  }

  /** Copies the address of the page, and says so; `carries` says what the link has in it. */
  async share(carries: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.tell(`The link is copied. ${carries}`, { passing: true });
    } catch {
      this.tell("The browser lets nobody copy; the address of this page is the link.");
    }
  }
}
