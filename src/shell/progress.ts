/** A line on stderr for what lasts over a second, gone when it is done. Only a person at a terminal sees it. */
export class Progress {
  #text: string;
  #timer: NodeJS.Timeout | null;
  #shown = false;
  readonly #began = Date.now();

  constructor(text: string, enabled: boolean) {
    this.#text = text;
    this.#timer = enabled ? setInterval(() => this.#draw(), 1000) : null;
    this.#timer?.unref();
  }

  /** Says how far it has come. */
  say(text: string): void {
    this.#text = text;
  }

  done(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#shown) process.stderr.write('\r\x1b[K');
    this.#shown = false;
  }

  #draw(): void {
    const seconds = Math.floor((Date.now() - this.#began) / 1000);
    const room = (process.stderr.columns ?? 80) - 1;
    process.stderr.write(`\r${`${this.#text} … ${seconds}s`.slice(0, room)}\x1b[K`);
    this.#shown = true;
  }
}
