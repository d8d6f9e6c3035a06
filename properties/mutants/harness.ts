/**
 * Bugs of the checker itself, and of its harness: each silences a canary or makes it cry out
 * (`test/mutants/canaries.ts`). X4, X5 and X6 have no place here: nothing explores a graph of states,
 * so there is no join, no symmetry and no partial order to get wrong.
 */
import type { Mutant } from './mutant.ts';

const family = 'canaries';

export const harnessMutants: readonly Mutant[] = [
  {
    id: 'X1',
    family,
    source: 'tla-rs#62',
    about: 'what has not come to rest when the budget ends is passed over',
    patches: [
      {
        file: 'properties/trial.ts',
        text: "    if (settled.type !== 'rest') {\n",
        replacement: "    if (settled.type === 'livelock') {\n",
      },
    ],
    killedBy: ['X1'],
  },
  {
    id: 'X2',
    family,
    source: "dsk's documented gap",
    about: 'a cluster is at rest though timers are pending',
    patches: [
      {
        file: 'src/sim/settle.ts',
        text: '  return next === undefined || next > ',
        replacement: '  return true || next! > ',
      },
    ],
    killedBy: ['X2'],
  },
  {
    id: 'X3',
    family,
    source: 'design §4: in-flight state is state',
    about:
      'the hash of a state leaves out what components remember: progress looks like a livelock',
    patches: [
      {
        file: 'src/sim/statehash.ts',
        text: '[component.actor, component.memory()]',
        replacement: '[component.actor]',
      },
    ],
    killedBy: ['X3'],
  },
  {
    id: 'X7',
    family,
    source: 'faults stop, but nothing is redelivered',
    about: 'what was held back stays so when the faults are over',
    patches: [
      {
        file: 'properties/trial.ts',
        text: 'for (const reflector of process.reflectors) reflector.held = false;',
        replacement: 'for (const reflector of process.reflectors) void reflector;',
      },
    ],
    killedBy: ['X7'],
  },
  {
    id: 'X8',
    family,
    source: 'shrinking to another bug',
    about: 'a smaller story of any broken rule is taken for a smaller story',
    patches: [
      {
        file: 'properties/search.ts',
        text: '  one?.id === other.id && one.kind === other.kind;',
        replacement: '  one !== undefined && other !== undefined;',
      },
    ],
    killedBy: ['X8'],
  },
  {
    id: 'X8b',
    family,
    source: 'shrinking to another bug',
    about: 'a smaller story of the same rule, about another kind of object, is taken for one',
    patches: [
      {
        file: 'properties/search.ts',
        text: '  one?.id === other.id && one.kind === other.kind;',
        replacement: '  one?.id === other.id;',
      },
    ],
    killedBy: ['X8'],
  },
  {
    id: 'X9',
    family,
    source: 'replay that looks at the clock',
    about: 'chance is not a function of the seed',
    patches: [
      {
        file: 'src/sim/chance.ts',
        text: '  return (h ^ (h >>> 16)) >>> 0;',
        replacement: '  return (h ^ Math.floor(Math.random() * 2 ** 32)) >>> 0;',
      },
    ],
    killedBy: ['X9'],
  },
  {
    id: 'X10',
    family,
    source: 'an oracle that is silently off',
    about: 'no rule is asked about Pods',
    patches: [
      {
        file: 'properties/trial.ts',
        text: "    if (entry.type === 'write') deepFreeze(entry.after, entry.before);\n",
        replacement: "    if (entry.type === 'write' && entry.kind === 'Pod') return;\n",
      },
    ],
    killedBy: ['X10'],
  },
  {
    id: 'X11',
    family,
    source: 'a generator that never meets the moment',
    about: 'processes only die when they have nothing under way',
    patches: [
      {
        file: 'properties/actions/faults.ts',
        text: "  simulation.step({ type: 'crash', process: name });\n",
        replacement:
          "  while (simulation.inFlight.length > 0 && simulation.calm());\n  simulation.step({ type: 'crash', process: name });\n",
      },
    ],
    killedBy: ['X11'],
  },
];
