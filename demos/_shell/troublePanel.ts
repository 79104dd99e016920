// What stands over the stage when nothing can go on: why, and what can be done.

import { type FailureReason, type TroubleAdvice, troubleOf } from "./deviceTrouble.ts";
import { find, make, setText } from "./elements.ts";

/** The panel. What was to be seen stays below it. */
export class TroublePanel {
  private readonly panel = find("#trouble", HTMLElement);
  private readonly retry = find("#trouble-retry", HTMLButtonElement);
  private readonly advice: TroubleAdvice;

  constructor(advice: TroubleAdvice, onRetry: () => void) {
    this.advice = advice;
    this.retry.addEventListener("click", onRetry);
  }

  /** Says what is wrong; `message` is what the engine says. */
  show(reason: FailureReason, message: string): void {
    const trouble = troubleOf(reason, this.advice);
    const title = find("#trouble-title", HTMLElement);
    setText(title, trouble.title);
    setText(find("#trouble-cause", HTMLElement), trouble.cause);
    setText(find("#trouble-message", HTMLElement), message);
    find("#trouble-remedies", HTMLElement).replaceChildren(
      ...trouble.remedies.map((text) => make("li", "", text)),
    );
    this.retry.hidden = !trouble.canRetry;
    this.panel.hidden = false;
    title.focus();
  }

  hide(): void {
    this.panel.hidden = true;
  }
}
