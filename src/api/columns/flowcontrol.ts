/** The tables of what keeps requests in their order (api-08 §3). */
import { listOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { at, cell } from './cells.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

const queuing = 'spec.limited.limitResponse.queuing';

const precedenceOf = (object: KubeObject): number =>
  Number(at(object, 'spec.matchingPrecedence') ?? 0);

/** FlowSchemas in the order in which they are asked. */
export const byPrecedence = (schemas: readonly KubeObject[]): readonly KubeObject[] =>
  [...schemas].sort(
    (a, b) => precedenceOf(a) - precedenceOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );

export const flowControlColumns: Readonly<Record<string, readonly Column[]>> = {
  FlowSchema: [
    nameColumn,
    cell('PriorityLevel', 'spec.priorityLevelConfiguration.name', ''),
    cell('MatchingPrecedence', 'spec.matchingPrecedence', 0),
    cell('DistinguisherMethod', 'spec.distinguisherMethod.type'),
    ageColumn,
    column('MissingPL', (object) => {
      const conditions = listOf(at(object, 'status.conditions'));
      return String(conditions.find(({ type }) => type === 'Dangling')?.['status'] ?? '?');
    }),
  ],
  PriorityLevelConfiguration: [
    nameColumn,
    cell('Type', 'spec.type', ''),
    cell('NominalConcurrencyShares', 'spec.limited.nominalConcurrencyShares'),
    cell('Queues', `${queuing}.queues`),
    cell('HandSize', `${queuing}.handSize`),
    cell('QueueLengthLimit', `${queuing}.queueLengthLimit`),
    ageColumn,
  ],
};
