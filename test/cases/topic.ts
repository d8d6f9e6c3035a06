/** A topic of worked examples: the function of the simulator that takes the decision. */

/** Fields as the header of the case file explains them. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are data of many shapes, explained in their files.
export type Input = any;

/** Takes an input and gives what the file calls `expected`. */
export type Topic = (input: Input) => unknown;

export type Topics = Readonly<Record<string, Topic>>;

/** A topic whose inputs name one of several functions. */
export const functions =
  (topics: Topics): Topic =>
  (input) => {
    const topic = topics[input.function];
    if (topic === undefined) throw new Error(`no function ${input.function}`);
    return topic(input);
  };
