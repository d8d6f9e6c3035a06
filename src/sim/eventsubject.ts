/**
 * What an event recorder remembers about one object (ctl-01 §9), in few words: every Pod has one of these for
 * each component that says something of it. So lists are as long as what is in them: `push` would leave room
 * for sixteen more.
 */
import type { ObjectReference } from '../api/event.ts';
import { TokenBucket } from './ratelimiter.ts';

/** Distinct messages of one group from which on they are told as one. */
const similarMax = 10;
const similarWindowMs = 600_000;
const spamBurst = 25;
const spamPerSecond = 1 / 300;

/** One Event, however often it was said. */
export interface Told {
  readonly about: ObjectReference;
  readonly message: string;
  readonly name: string;
  /** When it was first said, simulated milliseconds. */
  readonly at: number;
  count: number;
  /** Whether it was written then, and not too much. */
  isCreated: boolean;
}

/** What was said of one type, for one reason. */
class Group {
  readonly type: string;
  readonly reason: string;
  #told: readonly Told[] = [];
  /** What stands for all that came once there were too many different messages. */
  combined: Told | undefined;
  #messages: readonly string[] = [];
  #lastAt = 0;

  constructor(type: string, reason: string) {
    this.type = type;
    this.reason = reason;
  }

  /** Whether there are so many different messages by now that this one is told as similar. */
  combines(message: string, now: number): boolean {
    if (now - this.#lastAt > similarWindowMs) this.#messages = [];
    this.#lastAt = now;
    if (!this.#messages.includes(message)) this.#messages = this.#messages.concat(message);
    if (this.#messages.length < similarMax) return false;
    this.#messages = this.#messages.slice(1);
    return true;
  }

  add(told: Told): void {
    this.#told = this.#told.concat(told);
  }

  find(fieldPath: string | undefined, message: string): Told | undefined {
    return this.#told.find(
      ({ about, message: said }) => said === message && about.fieldPath === fieldPath,
    );
  }

  memory(): readonly unknown[] {
    const { type, reason, combined } = this;
    const counts = this.#told.map(({ about, message: said, count }) => [
      about.fieldPath,
      said,
      count,
    ]);
    return [type, reason, this.#messages.length, counts, combined?.count];
  }
}

export class Subject {
  /** By type: Normal and Warning are limited apart. */
  #spam: readonly { readonly type: string; readonly bucket: TokenBucket }[] = [];
  #groups: readonly Group[] = [];

  group(type: string, reason: string): Group {
    let group = this.#groups.find((one) => one.type === type && one.reason === reason);
    if (group === undefined) {
      group = new Group(type, reason);
      this.#groups = this.#groups.concat(group);
    }
    return group;
  }

  allows(type: string, now: number): boolean {
    let limit = this.#spam.find((one) => one.type === type);
    if (limit === undefined) {
      limit = { type, bucket: new TokenBucket(spamPerSecond, spamBurst) };
      this.#spam = this.#spam.concat(limit);
    }
    return limit.bucket.take(now);
  }

  /** What it would take for the same. */
  memory(now: number): readonly unknown[] {
    return [
      this.#groups.map((group) => group.memory()),
      this.#spam.map(({ type, bucket }) => [type, bucket.memory(now)]),
    ];
  }
}
