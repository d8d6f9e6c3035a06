/** `kubestep why`: the causes of an object, of a part of it, or of an entry. */
import { UsageError } from '../errors.ts';
import { answer, pendingText, type Reply, replyLines } from '../explain/answer.ts';
import { decisionLines } from '../explain/decisiontable.ts';
import { decisionOf } from '../explain/scheduling.ts';
import { mermaid } from '../explain/why.ts';
import { type Arguments, type Command, oneOf } from './command.ts';
import { open } from './input.ts';
import { print } from './output.ts';
import { control, isUp } from './remote.ts';

export const why: Command = {
  name: 'why',
  usage: 'REF|#N|--pending [LOG] [--at @N]',
  about:
    'Why something is as it is: the writes that led to it, back to a user or a fault; of a Pod also the scheduling cycle that placed it, or did not. Without a LOG, in the cluster that is up.',
  example: 'kubestep why pod -f run.jsonl.gz --at @end',
  flags: {
    file: { type: 'string', short: 'f', value: 'LOG', about: 'a log, or a scenario to play' },
    at: { type: 'string', value: '@N', about: 'as of this cursor' },
    pending: {
      type: 'boolean',
      about: 'every Pod without a node, and what each node has against it',
    },
    depth: { type: 'string', value: 'N', about: 'how far back (10)' },
    namespace: { type: 'string', short: 'n', value: 'NS', about: 'namespace (default)' },
    output: {
      type: 'string',
      short: 'o',
      value: 'FORMAT',
      about: 'tree, table (scheduling only), json or mermaid',
    },
  },
  run: whyCommand,
};

async function whyCommand(args: Arguments): Promise<number> {
  const isPending = args.has('pending');
  const [first, second] = args.positionals;
  const reference = isPending ? undefined : first;
  const file = args.text('file') ?? (isPending ? first : second);
  const [namespace, at] = [args.text('namespace'), args.text('at')];
  const pending = isPending ? 'true' : undefined;
  if (file === undefined && (isPending || reference !== undefined) && isUp()) {
    print((await control('why', { reference, namespace, at, pending })).trimEnd());
    return 0;
  }
  const { history } = open(file);
  if (isPending) {
    print(pendingText(history, at));
    return 0;
  }
  const depth = args.integer('depth') ?? 10;
  const reply = answer(history, { reference, namespace, at, depth });
  const format = oneOf(args.text('output'), '-o', ['tree', 'json', 'mermaid', 'table']) ?? 'tree';
  if (format === 'json') print(JSON.stringify(jsonOf(reply), null, 2));
  else if (format === 'mermaid') print(mermaid(reply.cause));
  else if (format === 'table') {
    if (reply.scheduled === undefined) {
      throw new UsageError(
        `-o table: only of a Pod, as why pod/NAME; ${reference} is something else`,
      );
    }
    print(decisionLines(reply.scheduled).join('\n'));
  } else print(replyLines(reply).join('\n'));
  return 0;
}

/** The tree as it is, and all of the cycle, nodes that the table leaves out as well. */
const jsonOf = ({ cause, scheduled }: Reply): unknown => {
  const { pass } = scheduled ?? {};
  return pass === undefined
    ? cause
    : { ...cause, scheduling: { pass: pass.n, ...decisionOf(pass) } };
};
