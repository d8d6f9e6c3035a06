/** Files that commands take: manifests, scenarios, logs; each told from the others by its content. */
import { kindNameOf, kindOf } from '../api/index.ts';
import { type ManifestObject, readManifest } from '../api/manifest.ts';
import { checkManifest, definedBy } from '../api/manifestcheck.ts';
import { isServed } from '../api/versions/index.ts';
import { UsageError } from '../errors.ts';
import { checked, isStageDocument } from '../kubelet/stages/documents.ts';
import { parsePlan } from '../replay/plan.ts';
import { History } from '../replay/restore.ts';
import { type Plan, planFor, Run } from '../sim/run.ts';
import { looksLikeScenario, parseScenario, scenarioOf } from '../sim/scenario/parse.ts';
import { defaultNodes, type NodeSpec, type Scenario } from '../sim/scenario/types.ts';
import { readLog } from '../storage/file.ts';
import { readNamed } from './files.ts';
import { tell } from './output.ts';
import { type Given, preflight } from './preflight.ts';
import { missingClasses } from './storage.ts';

/** A log, or something that can be played. */
export function looksLikeLog(path: string): boolean {
  return /\.jsonl(\.gz)?$/.test(path);
}

/** One scenario, or manifests taken as one. `nodes` overrides how many machines there are. */
export function readScenario(files: readonly string[], nodes: number | undefined): Scenario {
  if (files.length === 0) {
    throw new UsageError(
      'no file given; expected manifests or a scenario, as examples/deployment.yaml',
    );
  }
  const machines = nodes === undefined ? undefined : nodesOf(nodes);
  const texts = files.flatMap(readNamed);
  const scenario = texts.find(({ text }) => looksLikeScenario(text));
  const manifests = texts.filter((one) => one !== scenario);
  const read = manifests.map(({ file, text }) => withoutStages(readManifest(text, file), file));
  const stages = read.flatMap((one) => one.stages);
  if (scenario !== undefined) {
    if (read.some((one) => one.manifests.length > 0)) {
      throw new UsageError(
        `${scenario.file} is a scenario; give it alone or with Stages, or manifests only`,
      );
    }
    const parsed = parseScenario(scenario.text, scenario.file);
    const given = [...(parsed.stages ?? []), ...stages];
    return {
      ...parsed,
      ...(machines === undefined ? {} : { nodes: machines }),
      ...(given.length === 0 ? {} : { stages: given }),
    };
  }
  const all = read.flatMap(({ manifests }) => manifests.map(({ object }) => object));
  const defined = definedBy(all);
  const given = read.flatMap(({ file, manifests }) => givenIn(manifests, file, defined));
  if (given.length === 0 && stages.length === 0)
    throw new UsageError(`${files[0]}: no objects in it; expected a manifest`);
  preflight(given);
  const objects = given.map(({ manifest }) => manifest.object);
  const classes = missingClasses(objects);
  if (classes.length > 0) {
    const names = classes.map(({ metadata }) => metadata.name).join(', ');
    const said =
      classes.length === 1
        ? `StorageClass ${names} is not given; it is made`
        : `StorageClasses ${names} are not given; they are made`;
    tell(`kubestep: ${files.join(', ')}: the ${said}, with a driver that makes volumes`);
  }
  const played = scenarioOf([...classes, ...objects], machines ?? defaultNodes);
  return stages.length === 0 ? played : { ...played, stages };
}

/** KWOK's Stages are not stored: they say what becomes of what is. */
function withoutStages(manifests: readonly ManifestObject[], file: string) {
  const isStage = ({ object }: ManifestObject) => isStageDocument(object);
  return {
    file,
    stages: manifests.filter(isStage).map(({ object, line }) => checked(object, `${file}:${line}`)),
    manifests: manifests.filter((manifest) => !isStage(manifest)),
  };
}

/** The objects of a manifest that can be stored; which cannot is told. */
function givenIn(
  manifests: readonly ManifestObject[],
  file: string,
  defined: ReadonlySet<string>,
): readonly Given[] {
  const given: Given[] = [];
  const left = new Set<string>();
  const inert = new Set<string>();
  for (const manifest of manifests) {
    checkManifest(manifest, file, defined);
    const { kind, apiVersion } = manifest.object;
    if (defined.has(`${apiVersion}/${kind}`)) {
      given.push({ manifest, file });
      continue;
    }
    const known = kindOf(kindNameOf(manifest.object));
    if (known === undefined || !isServed(known, apiVersion)) {
      left.add(kind);
      continue;
    }
    given.push({ manifest, file });
    if (unheeded.has(kind)) inert.add(kind);
  }
  if (left.size > 0) {
    const what = `${file}: not stored: ${[...left].sort().join(', ')}`;
    if (given.length === 0) throw new UsageError(`${what}; expected a Deployment, say`);
    tell(`kubestep: ${what}; left out`);
  }
  if (inert.size > 0) {
    tell(`kubestep: ${file}: stored, but nothing acts on it yet: ${[...inert].sort().join(', ')}`);
  }
  return given;
}

/** Kinds that something acts on in a real cluster, and nothing here. */
const unheeded = new Set([
  'CertificateSigningRequest',
  'Ingress',
  'ResourceClaim',
  'VolumeAttachment',
]);

export const nodesOf = (count: number): readonly NodeSpec[] =>
  Array.from({ length: count }, (_, i) => ({ name: `n${i + 1}` }));

export interface Opened {
  readonly history: History;
  readonly plan: Plan | undefined;
}

/** A log as it is, or the run of a manifest or scenario. */
export function open(path: string | undefined): Opened {
  if (path === undefined) {
    throw new UsageError('no log given; add -f LOG (kubestep run --log writes one), or a scenario');
  }
  if (!looksLikeLog(path)) {
    const plan = planFor(readScenario([path], undefined));
    const run = new Run(plan);
    run.finish();
    return { history: new History(run.simulation.log.entries), plan };
  }
  const { header, entries, torn } = readLog(path);
  if (torn) tell(`kubestep: ${path}: the last line was cut off and is left out`);
  const plan = header.plan === undefined ? undefined : parsePlan(header.plan, path);
  return { history: new History(entries), plan };
}
