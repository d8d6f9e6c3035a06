/** What attach/detach controllers were made to prevent, undone. */
import type { Mutant } from './mutant.ts';

const folder = 'src/controllers/attachdetach';

export const volumeAttachmentMutants: readonly Mutant[] = [
  {
    id: 'V6',
    family: 'persistentvolume',
    source: 'ReadWriteOnce contract',
    about: 'a volume is brought to a second node while the first has it',
    patches: [
      {
        file: `${folder}/attach.ts`,
        text: 'if (elsewhere.size > 0 && !isShareable(volume)) {',
        replacement: 'if (elsewhere.size > 1 && !isShareable(volume)) {',
      },
    ],
    killedBy: ['V-S3'],
  },
  {
    id: 'V7',
    family: 'persistentvolume',
    source: 'unmount before detach',
    about: 'a volume is taken from a node that still writes to it',
    patches: [
      {
        file: `${folder}/detach.ts`,
        text: '    if (isNodeReady(node)) return undefined;\n',
        replacement: '',
      },
      {
        file: `${folder}/detach.ts`,
        text: 'if (unusedMs < unmountMs) {',
        replacement: 'if (unusedMs < 0) {',
      },
    ],
    killedBy: ['V-S4'],
  },
  {
    id: 'V8',
    family: 'persistentvolume',
    source: 'lost detach',
    about: 'that a Pod is gone without having ended first is not heard: its volume stays for ever',
    patches: [
      {
        file: `${folder}/watch.ts`,
        text: "    type !== 'MODIFIED' ||\n",
        replacement: "    type === 'ADDED' ||\n",
      },
      {
        file: `${folder}/watch.ts`,
        text: '  !deepEqual(before.status.volumesInUse, next.status.volumesInUse) ||\n',
        replacement: '',
      },
    ],
    killedBy: ['V-L2'],
  },
];
