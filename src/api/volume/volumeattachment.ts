/** VolumeAttachments: that a volume is to be at a node, and whether its driver has brought it there. */

import { volumeAttachmentColumns } from '../columns/volumeattachment.ts';
import type { Kind } from '../kind.ts';
import { volumeAttachmentLifecycle } from '../lifecycle/volumeattachment.ts';
import type { KubeObject, Labels, ObjectMeta } from '../meta.ts';
import { normalized } from '../normalize.ts';
import { filled } from '../pod/poddefaults.ts';
import {
  validateVolumeAttachment,
  validateVolumeAttachmentUpdate,
} from '../validation/volumeattachment.ts';

export interface VolumeError {
  readonly time?: string;
  readonly message?: string;
}

export interface VolumeAttachment extends KubeObject {
  readonly apiVersion: 'storage.k8s.io/v1';
  readonly kind: 'VolumeAttachment';
  readonly metadata: ObjectMeta;
  readonly spec: {
    /** The driver that is to do it. */
    readonly attacher: string;
    readonly nodeName: string;
    readonly source: {
      readonly persistentVolumeName?: string;
      readonly inlineVolumeSpec?: unknown;
    };
  };
  readonly status: {
    readonly attached: boolean;
    readonly attachmentMetadata?: Labels;
    readonly attachError?: VolumeError;
    readonly detachError?: VolumeError;
  };
}

export const volumeAttachmentKind: Kind<VolumeAttachment> = {
  kind: 'VolumeAttachment',
  apiVersion: 'storage.k8s.io/v1',
  resource: 'volumeattachments',
  namespaced: false,
  subresources: ['status'],
  hasStatus: true,
  defaults(attachment) {
    const { metadata } = attachment;
    return filled(normalized(attachment, 'storage.v1.VolumeAttachment'), { metadata });
  },
  prepareForCreate: (attachment) => ({ ...attachment, status: { attached: false } }),
  validate: validateVolumeAttachment,
  validateUpdate: validateVolumeAttachmentUpdate,
  returnsObjectOnDelete: true,
  conditionalUpdateOnly: true,
  keepsMetadataOnStatus: true,
  columns: volumeAttachmentColumns,
  indexes: {
    /** The name of the PersistentVolume. */
    volume: ({ spec }) => spec.source.persistentVolumeName,
    node: ({ spec }) => spec.nodeName,
  },
  lifecycle: volumeAttachmentLifecycle,
};
