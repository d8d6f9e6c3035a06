/** Files of one volume that are in each other's way (upstream's warningsForOverlappingVirtualPaths). */
import { listOf, mapping } from '../fields.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Placed {
  readonly path: string;
  /** Whose it is, where a volume has several sources. */
  readonly source: string;
}

export function pathWarnings(volumes: readonly Fields[]): readonly string[] {
  return volumes.flatMap((volume) => {
    const { name } = volume;
    const told = (what: string, paths: readonly Placed[]): readonly string[] =>
      overlaps(paths).map((text) => `volume ${quote(name)} (${what}): overlapping paths: ${text}`);
    const of = (source: string): Fields => mapping(volume[source]);
    return [
      ...told(`ConfigMap ${quote(of('configMap')['name'])}`, itemsOf(of('configMap'))),
      ...told(`Secret ${quote(of('secret')['secretName'])}`, itemsOf(of('secret'))),
      ...told('DownwardAPI', itemsOf(of('downwardAPI'))),
      ...(volume['projected'] === undefined ? [] : projected(volume, told)),
    ];
  });
}

function projected(
  { name, projected: given }: Fields,
  told: (what: string, paths: readonly Placed[]) => readonly string[],
): readonly string[] {
  const sources = listOf(mapping(given)['sources']);
  const empty = sources.filter((source) => Object.keys(source).length === 0);
  return [
    ...empty.map(() => `volume ${quote(name)} (Projected) has no sources provided`),
    ...told('Projected', sources.flatMap(pathsOf)),
  ];
}

/** The files of one source: of the first that it names, as upstream looks at them. */
function pathsOf(source: Fields): readonly Placed[] {
  const of = (name: string): Fields => mapping(source[name]);
  const hasItems = (name: string): boolean => of(name)['items'] !== undefined;
  if (hasItems('configMap')) {
    return itemsOf(of('configMap'), `ConfigMap ${quote(of('configMap')['name'])}`);
  }
  if (hasItems('secret')) return itemsOf(of('secret'), `Secret ${quote(of('secret')['name'])}`);
  if (hasItems('downwardAPI')) return itemsOf(of('downwardAPI'), 'DownwardAPI');
  const placed = (path: unknown, what: string): readonly Placed[] =>
    path ? [{ path: String(path), source: what }] : [];
  if (source['serviceAccountToken'] !== undefined) {
    return placed(of('serviceAccountToken')['path'], 'ServiceAccountToken');
  }
  const bundle = of('clusterTrustBundle');
  if (source['clusterTrustBundle'] !== undefined) {
    const called = bundle['name'] ?? bundle['signerName'];
    return placed(bundle['path'], `ClusterTrustBundle ${quote(called)}`);
  }
  const certificate = of('podCertificate');
  return [
    ...placed(certificate['certificateChainPath'], 'PodCertificate chain'),
    ...placed(certificate['keyPath'], 'PodCertificate key'),
    ...placed(certificate['credentialBundlePath'], 'PodCertificate credential bundle'),
  ];
}

const itemsOf = (source: Fields, what = ''): readonly Placed[] =>
  listOf(source['items']).map(({ path }) => ({ path: String(path ?? ''), source: what }));

/** Each with those before it that are the same, in it, or around it. */
function overlaps(paths: readonly Placed[]): readonly string[] {
  const clean = paths.map(({ path, source }) => ({ path: path.replace(/\/+$/, ''), source }));
  return clean.flatMap((one, i) =>
    clean
      .slice(0, i)
      .filter((other) => areInTheWay(one.path, other.path))
      .map((other) => `${textOf(one)} with ${textOf(other)}`),
  );
}

const areInTheWay = (a: string, b: string): boolean =>
  a !== '' && b !== '' && (`${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`));

const textOf = ({ path, source }: Placed): string =>
  source === '' ? quote(path) : `${quote(path)} (${source})`;

const quote = (text: unknown): string => JSON.stringify(text ?? '');
