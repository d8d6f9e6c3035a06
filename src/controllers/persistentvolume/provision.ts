/** Has a volume made for a claim: the binder only says by whom, and waits (ctl-08 §D). */

import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { StorageClass } from '../../api/volume/storageclass.ts';
import { storageClassNameOf } from '../../api/volume/storageclassname.ts';
import { annotated, storageProvisioners } from '../../api/volume/volumeannotations.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { write } from './write.ts';

/** The CSI drivers that took the place of provisioners of the project itself. */
const migrated: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};

/** Returns an error. */
export function* provision(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
  context: ControllerContext,
): Requests<string | undefined> {
  if (storageClass === undefined) {
    const name = storageClassNameOf(claim);
    return fail(claim, `storageclass.storage.k8s.io "${name}" not found`, context);
  }
  const provisioner = migrated[storageClass.provisioner] ?? storageClass.provisioner;
  // Provisioners of the project itself were plugins, and none of them is left in 1.36.
  if (provisioner.startsWith('kubernetes.io/')) {
    return fail(claim, `no volume plugin matched name: ${provisioner}`, context);
  }
  let wanted = claim;
  for (const name of storageProvisioners) wanted = annotated(wanted, name, provisioner);
  if (wanted !== claim) {
    const written = yield* write(wanted, undefined, context);
    if ('error' in written) return written.error;
    wanted = written.object;
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  context.record(wanted, 'Normal', 'ExternalProvisioning', message);
  return undefined;
}

/** It is told, and tried again when something changes. */
function fail(claim: PersistentVolumeClaim, why: string, context: ControllerContext): undefined {
  context.record(claim, 'Warning', 'ProvisioningFailed', why);
  return undefined;
}
