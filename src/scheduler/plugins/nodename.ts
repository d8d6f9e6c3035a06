/** NodeName: a Pod that names its node goes there or nowhere. */
import { type Plugin, unfit } from '../framework.ts';

const mismatch = unfit("node(s) didn't match the requested node name", true);

export const nodeName: Plugin = {
  name: 'NodeName',
  local: true,
  filter: ({ pod: { spec } }, { name }) =>
    !spec.nodeName || spec.nodeName === name ? undefined : mismatch,
  hints: [{ on: ['Node/Add'] }],
};
