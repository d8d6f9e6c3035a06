/** The table of VolumeAttachments (api-08 §3). */
import type { VolumeAttachment } from '../volume/volumeattachment.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

export const volumeAttachmentColumns: readonly Column<VolumeAttachment>[] = [
  nameColumn,
  column('Attacher', ({ spec }) => spec.attacher),
  column('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
  column('Node', ({ spec }) => spec.nodeName),
  column('Attached', ({ status }) => status?.attached === true),
  ageColumn,
];
