/**
 * Canaries: cases whose outcome is known, that tell whether the checker itself still works. A checker
 * that cannot fail is the worst bug, so its own bugs are planted too (`properties/mutants/harness.ts`).
 */
import * as fc from 'fast-check';
import { numberMax, numberOf } from '../../properties/actions/act.ts';
import { type Coverage, cover } from '../../properties/coverage.ts';
import { type Always, type Eventually, onWrite } from '../../properties/rule.ts';
import { search } from '../../properties/search.ts';
import { Trial, type TrialBase } from '../../properties/trial.ts';
import { worldsOf } from '../../properties/worlds/index.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { type Controller, call } from '../../src/sim/controller.ts';

export interface Canary {
  readonly id: string;
  readonly about: string;
  /** Undefined: it was told as it should be. Otherwise what the checker did instead. */
  readonly sing: () => string | undefined;
}

/** Two Pods of a ReplicaSet that nobody owns. */
const world: TrialBase = worldsOf('deployment')[5]!;

/** Instead of all controllers: one that does something about each ReplicaSet. */
const only = (
  reconcile: (
    object: KubeObject,
    context: Parameters<Controller['reconcile']>[1],
  ) => ReturnType<Controller['reconcile']>,
  more: Partial<Controller> = {},
): Pick<TrialBase, 'controllers'> => ({
  controllers: [
    () => ({
      name: 'canary',
      watches: ['ReplicaSet'],
      keysFor: ({ key }, { queue }) => queue.add(key),
      *reconcile(key, context) {
        const object = context.view.get('ReplicaSet', key);
        return object === undefined ? undefined : yield* reconcile(object, context);
      },
      ...more,
    }),
  ],
});

function* note({ metadata: { namespace = '', name } }: KubeObject, count: string) {
  const patch = { metadata: { annotations: { count } } };
  yield* call({ verb: 'patch', kind: 'ReplicaSet', namespace, name, patchType: 'merge', patch });
  return undefined;
}

const countOf = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.count;

const expecting = (id: string | undefined, base: TrialBase, numbers: readonly number[] = []) => {
  const broken = new Trial(base).run(numbers);
  return broken?.id === id
    ? undefined
    : `expected ${id ?? 'nothing'}, found ${broken?.id ?? 'nothing'}`;
};

const neverRests: Canary = {
  id: 'X1',
  about: 'a controller whose state is ever new never comes to rest',
  sing() {
    const counting = only((object) => note(object, String(Number(countOf(object) ?? 0) + 1)));
    return expecting('G13', { ...world, ...counting, always: [], eventually: [] });
  },
};

function* nothing(): ReturnType<Controller['reconcile']> {
  yield* [];
  return undefined;
}

const idle: Canary = {
  id: 'X1',
  about: 'a controller that does nothing leaves undone what it is for',
  sing: () => expecting('R-L1', { ...world, ...only(nothing) }),
};

const noCounting = onWrite('canary', 'nobody counts', ({ by }) =>
  by === 'canary' ? 'it counted' : undefined,
);

const late: Canary = {
  id: 'X2',
  about: 'a controller that does wrong half a minute later',
  sing() {
    const waiting = only(note1, {
      keysFor: ({ key, old }, { queue }) => {
        if (old === undefined) queue.addAfter(key, 30_000);
      },
    });
    return expecting('canary', { ...world, ...waiting, always: [noCounting], eventually: [] });
  },
};

function* note1(object: KubeObject) {
  return yield* note(object, '1');
}

const patient: Canary = {
  id: 'X3',
  about: 'a controller whose progress is only in its memory comes to rest in the end',
  sing() {
    let left = 2_500;
    const toggling = only(
      function* (object) {
        if (left-- > 0) return yield* note(object, countOf(object) === 'a' ? 'b' : 'a');
        return undefined;
      },
      { memory: () => left },
    );
    return expecting(undefined, { ...world, ...toggling, always: [], eventually: [] });
  },
};

const healed: Canary = {
  id: 'X7',
  about: 'whatever is held back is let go before anything is demanded of the controllers',
  sing() {
    const acts = world.acts!;
    for (let how = 0; how < 4; how++) {
      const numbers = [numberOf('hold', how, acts), numberOf('calm to the end', 0, acts)];
      const wrong = expecting(undefined, world, numbers);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

/** Breaks at a user's change; at rest another rule, or another claim of the same one, is broken as well. */
const both = (other: string): Pick<TrialBase, 'always' | 'eventually'> => {
  const touched: Always = onWrite('touched', 'users change nothing', ({ by, before, kind }) =>
    by === 'user' && before !== undefined && kind === 'ReplicaSet' ? 'a user did' : undefined,
  );
  const wrong: Eventually = { id: other, claim: 'never holds', holds: () => 'it does not' };
  return { always: [touched], eventually: [wrong] };
};

const sameStory: Canary = {
  id: 'X8',
  about: 'a smaller story is of the same rule and of the same kind of object',
  sing() {
    for (const other of ['other', 'touched']) {
      const found = [1, 2, 3, 4, 5, 6].map((seed) =>
        search([{ ...world, ...both(other) }], { runs: 1, seed }),
      );
      const first = found.filter((one) => one?.broken.kind === 'ReplicaSet');
      if (first.length === 0) return `no story of a user's change was left, but of ${other}`;
    }
    return undefined;
  },
};

const numbersOf = (runs: number, seed: number): readonly (readonly number[])[] =>
  fc.sample(fc.array(fc.nat({ max: numberMax - 1 }), { minLength: 12, maxLength: 24 }), {
    numRuns: runs,
    seed,
  });

const deterministic: Canary = {
  id: 'X9',
  about: 'no run looks at a clock or at chance',
  sing() {
    const { random } = Math;
    const { now } = Date;
    const forbidden = (): never => {
      throw new Error('a run looked at a clock or at chance');
    };
    Object.assign(Math, { random: forbidden });
    Object.assign(Date, { now: forbidden });
    try {
      for (const family of ['deployment', 'job', 'statefulset', 'node'] as const) {
        for (const numbers of numbersOf(2, 9)) new Trial(worldsOf(family)[0]!).run(numbers);
      }
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      Object.assign(Math, { random });
      Object.assign(Date, { now });
    }
  },
};

const judged: Canary = {
  id: 'X10',
  about: 'rules are asked about every entry of every kind',
  sing() {
    const asked = new Set<number>();
    const listening: Always = {
      id: 'canary',
      claim: 'hears of everything',
      begin: () => (entry) => {
        asked.add(entry.n);
        return undefined;
      },
    };
    const trial = new Trial({ ...world, always: [listening], eventually: [] });
    const { log } = trial.simulation;
    const begun = log.length;
    trial.run(numbersOf(1, 4)[0]!);
    const unheard = log.entries.find(({ n }) => n > begun && !asked.has(n));
    return unheard && `nobody was asked about ${JSON.stringify(unheard).slice(0, 80)}`;
  },
};

const coverageRuns = 200;

/** At least so often in that many runs of a family: far less than it was when this was written. */
const minima: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  deployment: {
    'crash × between passes': 50,
    'crash × before the first write': 2,
    'crash × between two writes': 20,
    'request lost × create': 8,
    'reply lost × create': 5,
    'conflict × update': 2,
    'drop × changes pending': 15,
    'hold × changes pending': 15,
    'hold × nothing pending': 40,
  },
  operator: {
    'crash × between two writes': 8,
    'crash into the past × between passes': 50,
    'crash into the past × between two writes': 1,
    'request lost × create': 2,
    'reply lost × create': 2,
    'drop × changes pending': 10,
    'hold × changes pending': 4,
  },
};

const covered: Canary = {
  id: 'X11',
  about: 'every fault strikes in every kind of moment',
  sing() {
    for (const [family, cells] of Object.entries(minima)) {
      const coverage = coverageOf(family as 'deployment', coverageRuns);
      for (const [cell, least] of Object.entries(cells)) {
        const times = coverage.get(cell) ?? 0;
        if (times < least)
          return `${family}: ${cell}, ${times} times in ${coverageRuns} runs, and not ${least}`;
      }
    }
    return undefined;
  },
};

export function coverageOf(family: 'deployment' | 'operator', runs: number): Coverage {
  const coverage: Coverage = new Map();
  const bases = worldsOf(family);
  numbersOf(runs, 11).forEach((numbers, i) => {
    // What the faults meet is the question here, and not what comes of it.
    const trial = new Trial({ ...bases[i % bases.length]!, always: [], eventually: [] });
    cover(trial.simulation, coverage);
    trial.run(numbers);
  });
  return coverage;
}

export const canaries: readonly Canary[] = [
  idle,
  neverRests,
  late,
  patient,
  judged,
  deterministic,
  healed,
  sameStory,
  covered,
];
