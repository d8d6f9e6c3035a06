/** What everybody is warned of who speaks a version of a custom kind that is deprecated (api-06 §4). */
import type { CustomResourceDefinition, DefinedVersion } from './definition.ts';
import { compareVersionNames } from './versionname.ts';

/** In the definition's own words, or with the version that should be spoken instead, if there is a newer one. */
export function deprecationOf(
  { spec: { group, names, versions } }: CustomResourceDefinition,
  { name, deprecated, deprecationWarning }: DefinedVersion,
): string | undefined {
  if (deprecated !== true) return undefined;
  if (deprecationWarning !== undefined) return deprecationWarning;
  const called = (version: string) => `${group}/${version} ${names.kind}`;
  const [better] = versions
    .filter((one) => one.served && one.deprecated !== true)
    .map((one) => one.name)
    .filter((one) => compareVersionNames(one, name) < 0)
    .sort(compareVersionNames);
  const told = `${called(name)} is deprecated`;
  return better === undefined ? told : `${told}; use ${called(better)}`;
}
