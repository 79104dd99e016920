// The prompt box: the visitor begins a text, and the model goes on with it.

import { find, make, setText } from "../_shell/elements.ts";
import { amount } from "../_shell/numbers.ts";
import type { GptCommand, WriteOptions, WritingEnd } from "./pageTypes.ts";

type Post = (command: GptCommand) => void;

const DEFAULT_TOKENS = 200;

/** The form, and what was written last. */
export class WritingDesk {
  private readonly post: Post;
  private readonly prompt = find("#prompt", HTMLTextAreaElement);
  private readonly button = find("#write", HTMLButtonElement);
  private readonly output = find("#written", HTMLElement);
  private readonly note = find("#write-note", HTMLElement);
  private readonly temperature = find("#temperature", HTMLInputElement);
  private readonly topP = find("#top-p", HTMLInputElement);
  private readonly topK = find("#top-k", HTMLInputElement);
  private readonly text = document.createTextNode("");
  private isOwnPrompt = false;
  private isWriting = false;
  private id = 0;

  constructor(post: Post) {
    this.post = post;
    this.prompt.addEventListener("input", () => {
      this.isOwnPrompt = this.prompt.value !== "";
    });
    this.prompt.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.write();
    });
    find("#write-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.isWriting) this.post({ kind: "stopWriting" });
      else this.write();
    });
    for (const range of [this.temperature, this.topP]) {
      range.addEventListener("input", () => showRange(range));
      showRange(range);
    }
  }

  /** Another run: its prompt stands in the box until the visitor writes one. */
  reset(prompt: string): void {
    this.setWriting(false);
    this.button.disabled = false;
    if (!this.isOwnPrompt) this.prompt.value = prompt;
    this.say("");
  }

  /** There is no model that could write, for this reason, until the next `reset`. */
  rest(reason: string): void {
    this.setWriting(false);
    this.button.disabled = true;
    this.say(reason);
  }

  append(id: number, text: string): void {
    if (id === this.id) this.text.appendData(text);
  }

  end(id: number, { tokensPerSecond, remark, fault }: WritingEnd): void {
    if (id !== this.id) return;
    this.setWriting(false);
    const speed = tokensPerSecond > 0 ? `${amount(tokensPerSecond)} tokens/s` : "";
    this.say(fault ?? remark ?? speed, { isQuiet: (fault ?? remark) === undefined });
  }

  private say(text: string, { isQuiet = false } = {}): void {
    setText(this.note, text);
    this.note.classList.toggle("said", !isQuiet);
  }

  private write(): void {
    if (this.button.disabled || !this.topK.reportValidity()) return;
    this.id += 1;
    this.text.data = "";
    this.output.replaceChildren(make("span", "prompt", this.prompt.value), this.text, make("span", "caret"));
    this.say("");
    this.setWriting(true);
    this.post({ kind: "write", id: this.id, prompt: this.prompt.value, options: this.options });
  }

  private get options(): WriteOptions {
    const topK = this.topK.value === "" ? undefined : Number(this.topK.value);
    const temperature = Number(this.temperature.value);
    return { maxTokens: DEFAULT_TOKENS, temperature, topK, topP: Number(this.topP.value) };
  }

  private setWriting(isWriting: boolean): void {
    this.isWriting = isWriting;
    setText(this.button, isWriting ? "Stop" : "Write");
    this.output.ariaBusy = String(isWriting);
    if (!isWriting) this.output.querySelector(".caret")?.remove();
  }
}

function showRange(range: HTMLInputElement): void {
  setText(find(`#${range.id}-value`, HTMLElement), Number(range.value).toFixed(2));
}
