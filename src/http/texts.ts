/**
 * Objects as JSON, each written down once: whoever asks for a version, lists it or watches it come gets the same
 * text. What is stored never changes, so a version is known by its identity.
 */
import { goJson } from './reply.ts';

/** Characters in each of two generations: what was not asked for while one filled up is forgotten. */
const charactersMax = 1 << 24;

class Texts {
  readonly #write: (object: object) => string;
  #young = new Map<object, string>();
  #old = new Map<object, string>();
  #characters = 0;

  constructor(write: (object: object) => string) {
    this.#write = write;
  }

  of(object: object): string {
    let text = this.#young.get(object);
    if (text !== undefined) return text;
    text = this.#old.get(object) ?? this.#write(object);
    this.#young.set(object, text);
    this.#characters += text.length;
    if (this.#characters > charactersMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = 0;
    }
    return text;
  }
}

const whole = new Texts((object) => goJson(object));

/** Items of a list do not repeat what the list says. */
export const withoutType = <T extends object>(item: T): Omit<T, 'kind' | 'apiVersion'> => {
  const { kind: _kind, apiVersion: _version, ...object } = item as Record<string, unknown>;
  return object as Omit<T, 'kind' | 'apiVersion'>;
};

const items = new Texts((object) => goJson(withoutType(object)));

/** JSON of a stored object. */
export const textOf = (object: object): string => whole.of(object);

/** JSON of a stored object as an item of a list. */
export const itemText = (object: object): string => items.of(object);
