/** The tables of what keeps requests in their order (api-08 §3). */
import { listOf } from '../fields.ts';
import { at, cell } from './cells.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

const queuing = 'spec.limited.limitResponse.queuing';

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
