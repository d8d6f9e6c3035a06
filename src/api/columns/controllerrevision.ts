/** The table of ControllerRevisions (api-08 §3). */
import type { ControllerRevision } from '../controllerrevision.ts';
import { controllerOf } from '../meta.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

/** `statefulset.apps/db`. */
function controllerText(revision: ControllerRevision): string | undefined {
  const owner = controllerOf(revision);
  if (owner === undefined) return undefined;
  const [group, version] = owner.apiVersion.split('/');
  return `${owner.kind.toLowerCase()}${version === undefined ? '' : `.${group}`}/${owner.name}`;
}

export const controllerRevisionColumns: readonly Column<ControllerRevision>[] = [
  nameColumn,
  column('Controller', controllerText),
  column('Revision', ({ revision }) => revision),
  ageColumn,
];
