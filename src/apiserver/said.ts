/** What is said of a request besides its answer: warnings for its author, and notes for the audit log. */

export class Said {
  #warnings: readonly string[] | undefined;
  #notes: Readonly<Record<string, string>> | undefined;

  /** Each is said once. */
  warn(text: string): void {
    const { warnings = [] } = this;
    if (!warnings.includes(text)) this.#warnings = [...warnings, text];
  }

  /** What is noted first under a key stays. */
  note(key: string, value: string): void {
    this.#notes = { [key]: value, ...this.#notes };
  }

  get warnings(): readonly string[] | undefined {
    return this.#warnings;
  }

  get annotations(): Readonly<Record<string, string>> | undefined {
    return this.#notes;
  }

  get isSilent(): boolean {
    return this.#warnings === undefined && this.#notes === undefined;
  }
}
