/** What users' operators get wrong, planted into the reference operator. */
import type { Mutant, Patch } from './mutant.ts';

const file = 'properties/operators/database.ts';

const patch = (text: string, replacement: string): Patch => ({ file, text, replacement });

const family = 'operator';

export const operatorMutants: readonly Mutant[] = [
  {
    id: 'O1',
    family: 'operator-past',
    source: 'K8SPSMDB-430',
    about: 'what belongs to a resource is deleted by name: that of its successor goes instead',
    patches: [
      patch(
        `  const live = yield* liveOf(database);
  if (live === undefined || !isBeingDeleted(live)) return undefined;
  const backup = yield* call({ verb: 'get', kind: 'ConfigMap', ...named(database, 'backup') });
  const outcome = backup.ok ? yield* remove(backup.object) : undefined;
  if (outcome !== undefined) return outcome;
`,
        `  const backup = yield* call({ verb: 'delete', kind: 'ConfigMap', ...named(database, 'backup') });
  if (!backup.ok && backup.status.reason !== 'NotFound') return failed(backup.status);
`,
      ),
    ],
    killedBy: ['U-S5'],
  },
  {
    id: 'O2',
    family: 'operator-past',
    source: 'K8SPSMDB-433',
    about: 'a feature is seen switched off in the cache: what runs of it is deleted',
    patches: [
      patch(
        `  const live = yield* liveOf(database);
  if (live === undefined || live.spec.monitoring !== undefined) return undefined;
  return yield* remove(found);
`,
        "  return yield* send({ verb: 'delete', kind: 'ConfigMap', namespace, name });\n",
      ),
    ],
    killedBy: ['U-S5'],
  },
  {
    id: 'O4',
    family,
    source: 'cassandra-operator#398',
    about: 'volumes are removed when the size is seen to fall, and not because they are too many',
    patches: [
      patch(
        '  keysFor({ kind: changed, key, object }, { queue }) {\n    if (changed === kind) return queue.add(key);',
        '  keysFor({ kind: changed, key, object, old }, { queue }) {\n    const was = (old as Database | undefined)?.spec?.replicas ?? 0;\n    if (changed === kind && was > (object as Database).spec.replicas) shrunk.add(key);\n    if (changed === kind) return queue.add(key);',
      ),
      patch(
        "const finalizer = 'example.com/backup';",
        "const finalizer = 'example.com/backup';\nconst shrunk = new Set<string>();",
      ),
      patch(
        '    if (used.has(ordinalOf(volume))) continue;',
        '    if (used.has(ordinalOf(volume))) continue;\n    if (!shrunk.has(makeKey(database.metadata.namespace, database.metadata.name))) continue;',
      ),
      patch(
        'export const databaseOperator = (): Controller => ({\n',
        'export const databaseOperator = (): Controller => shrunk.clear() ?? ({\n',
      ),
    ],
    killedBy: ['U-L1'],
  },
  {
    id: 'O5',
    family,
    source: 'rabbitmq/cluster-operator#782',
    about: 'a volume grows with the replacement of its member: a crash between the two forgets it',
    patches: [
      patch(
        '  if (deepEqual(found.data, data)) return undefined;',
        "  if (deepEqual(found.data, data) || what.part.startsWith('volume')) return undefined;",
      ),
      patch(
        '  return yield* remove(victim);\n}\n\n/** By a live look',
        `  const removed = yield* remove(victim);
  if (removed !== undefined) return removed;
  const part = \`volume-\${ordinalOf(victim)}\`;
  const { namespace, name } = named(database, part);
  const volume = context.view.get<KubeObject>('ConfigMap', makeKey(namespace, name));
  if (volume === undefined) return undefined;
  const object = { ...volume, data: { size: database.spec.storage } } as KubeObject;
  return yield* send({ verb: 'update', kind: 'ConfigMap', object });
}

/** By a live look`,
      ),
    ],
    killedBy: ['U-L1'],
  },
  {
    id: 'O6',
    family,
    source: 'K8SPSMDB-578',
    about: 'what is created second is never created if the first is there',
    patches: [
      patch(
        "  const what = { kind: 'Secret', part: 'tls' };",
        "  const { namespace, name } = named(database, 'config');\n  if (context.view.get('ConfigMap', makeKey(namespace, name)) !== undefined) return undefined;\n  const what = { kind: 'Secret', part: 'tls' };",
      ),
    ],
    killedBy: ['U-L1'],
  },
  {
    id: 'O7',
    family,
    source: 'nifikop#79',
    about: 'one status is written in two parts, the second only with the first',
    patches: [
      patch(
        '  if (deepEqual(status, database.status)) return undefined;\n  const object = { ...database, status };\n  return yield* send({',
        `  const { phase: before = 'Updating', ...was } = database.status ?? {};
  const { phase: _phase, ...is } = status;
  if (deepEqual(is, was)) return undefined;
  const first = { ...database, status: { ...is, phase: before } } as Database;
  const half = yield* call<Database>({ verb: 'update', kind, subresource: 'status', object: first });
  if (!half.ok) return failed(half.status);
  const object = { ...half.object, status };
  return yield* send({`,
      ),
    ],
    killedBy: ['U-L1'],
  },
  {
    id: 'O8',
    family,
    source: 'nifikop#49',
    about: 'members are replaced in the process that wrote the config, and in no other',
    patches: [
      patch(
        "const finalizer = 'example.com/backup';",
        "const finalizer = 'example.com/backup';\nconst pending = new Set<string>();",
      ),
      patch(
        'export const databaseOperator = (): Controller => ({\n',
        'export const databaseOperator = (): Controller => pending.clear() ?? ({\n',
      ),
      patch(
        '  const object = { ...found, data };\n',
        "  const object = { ...found, data };\n  if (what.part === 'config') pending.add(database.metadata.uid);\n",
      ),
      patch(
        '  if (victim === undefined) return undefined;',
        '  if (victim === undefined || !pending.has(database.metadata.uid)) return undefined;',
      ),
    ],
    killedBy: ['U-L1'],
  },
  {
    id: 'O9',
    family,
    source: 'zookeeper-operator#410',
    about: 'after the finalizer is removed the pass goes on, and makes everything anew',
    patches: [
      patch(
        '    return outcome;\n  }\n  const { finalizers',
        '    if (outcome !== undefined) return outcome;\n  }\n  const { finalizers',
      ),
    ],
    killedBy: ['U-S4', 'U-L2'],
  },
  {
    id: 'O10',
    family,
    source: 'infinispan-operator#334',
    about: 'what is outside of the cluster is made before the finalizer that takes it away again',
    patches: [
      patch(
        '  const { finalizers = [] } = database.metadata;\n  if (!finalizers.includes(finalizer)) {\n',
        `  const { finalizers = [] } = database.metadata;
  const before = yield* ensureBackup(database, context);
  if (before !== undefined) return before;
  if (!finalizers.includes(finalizer)) {
`,
      ),
    ],
    killedBy: ['U-S7'],
  },
  {
    id: 'O12',
    family,
    source: 'scylla-operator#449',
    about: 'a kind that it makes is not watched: what a user deletes stays away',
    patches: [
      patch(
        "watches: [kind, 'Pod', 'ConfigMap', 'Secret'],",
        "watches: [kind, 'Pod', 'ConfigMap'],",
      ),
    ],
    killedBy: ['U-L1', 'U-S3'],
  },
  {
    id: 'O13',
    family,
    source: 'konflux#5874',
    about: 'the status tells when it was last looked at',
    patches: [
      patch(
        '    observedGeneration: database.metadata.generation ?? 0,\n  };',
        '    observedGeneration: database.metadata.generation ?? 0,\n    seen: String(context.now),\n  };',
      ),
    ],
    killedBy: ['U-S3', 'U-L1', 'G13'],
  },
  {
    id: 'O14',
    family,
    source: 'hive#2943',
    about:
      'a member is compared with what was asked for, and not with what the defaults make of it',
    patches: [
      patch(
        '      pod.metadata.annotations?.[configAnnotation] !== hash,\n  );\n  const victim',
        '      !deepEqual(pod.spec.containers, podFor(database, ordinalOf(pod)).spec.containers),\n  );\n  const victim',
      ),
    ],
    killedBy: ['G13', 'U-L1'],
  },
  {
    id: 'O15',
    family,
    source: 'clickhouse-operator#1990',
    about: 'a conflict is taken for done',
    patches: [
      patch(
        '  if (response.ok) return undefined;\n  return failed(response.status);',
        "  if (response.ok || response.status.reason === 'Conflict') return undefined;\n  return failed(response.status);",
      ),
    ],
    killedBy: ['U-L1', 'U-S3'],
  },
  {
    id: 'O17',
    family,
    source: 'opensearch-operator#1471',
    about: 'whether all members are ready is read from the status, which is as old as the cache',
    patches: [
      patch(
        'if (isPodReady(victim) && !(yield* allReady(database))) return undefined;',
        'if (isPodReady(victim) && (database.status?.phase ?? "") === "") return undefined;',
      ),
    ],
    killedBy: ['U-S1'],
  },
  {
    id: 'O18',
    family,
    source: 'kubernetes-sigs/cluster-api#8188',
    about: 'who replaces a member leaves a note until it is done: a crash leaves it for ever',
    patches: [
      patch(
        '  if (isPodReady(victim) && !(yield* allReady(database))) return undefined;\n  return yield* remove(victim);',
        `  if (isPodReady(victim) && !(yield* allReady(database))) return undefined;
  const { [note]: busy, ...annotations } = database.metadata.annotations ?? {};
  if (busy !== undefined) return undefined;
  const noted = { ...database.metadata, annotations: { ...annotations, [note]: victim.metadata.name } };
  const begun = yield* call<Database>({ verb: 'update', kind, object: { ...database, metadata: noted } });
  if (!begun.ok) return failed(begun.status);
  const removed = yield* remove(victim);
  if (removed !== undefined) return removed;
  const metadata = { ...begun.object.metadata, annotations };
  const ended = yield* send({ verb: 'update', kind, object: { ...begun.object, metadata } });
  return ended ?? { error: 'others are to be replaced, too' };`,
      ),
      patch(
        "const finalizer = 'example.com/backup';",
        "const finalizer = 'example.com/backup';\nconst note = 'example.com/replacing';",
      ),
    ],
    killedBy: ['U-L1'],
  },
  {
    id: 'O20',
    family,
    source: 'K8SPSMDB-434',
    about: 'a feature that can be left out is read as if it were there',
    patches: [patch('  if (monitoring !== undefined) {\n', '  if (monitoring!.port > 0) {\n')],
    killedBy: ['U-C1'],
  },
  {
    id: 'O19',
    family,
    source: 'rabbitmq/cluster-operator#928',
    about:
      'members are replaced only when all of them are ready: a bad change cannot be taken back',
    patches: [
      patch(
        'if (isPodReady(victim) && !(yield* allReady(database))) return undefined;',
        'if (!(yield* allReady(database))) return undefined;',
      ),
    ],
    killedBy: ['U-L4'],
  },
  {
    id: 'O21',
    family,
    source: 'unpublished',
    about: 'a part is made without an owner: it outlives the resource that it was made for',
    patches: [
      patch(
        "const what = { kind: 'Secret', part: 'tls' };",
        "const what = { kind: 'Secret', part: 'tls', owned: false as const };",
      ),
    ],
    killedBy: ['U-L3'],
  },
];
