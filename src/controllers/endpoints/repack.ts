/** Subsets in the one form that says the same (upstream: pkg/api/v1/endpoints): few, and in order. */
import type { EndpointAddress, EndpointSubset, SubsetPort } from '../../api/service/endpoints.ts';
import { md5 } from './md5.ts';

/** An address with the ports of one kind of Pod. */
interface Standing {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

type ByAddress = Map<string, Standing>;

/** Of a headless Service: addresses without ports. */
const noPort: SubsetPort = { port: -1 };

/** Ports that the same addresses have share a subset; a doubtful address is not ready. */
export function repacked(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const ports = new Map<string, SubsetPort>();
  const byPort = new Map<string, ByAddress>();
  for (const { addresses = [], notReadyAddresses = [], ports: own = [] } of subsets) {
    for (const port of own.length === 0 ? [noPort] : own) {
      const key = goTextOf(port);
      const standing = byPort.get(key) ?? new Map();
      ports.set(key, port);
      byPort.set(key, standing);
      for (const address of addresses) stand(standing, address, true);
      for (const address of notReadyAddresses) stand(standing, address, false);
    }
  }
  const byAddresses = new Map<string, { ports: string[]; standing: ByAddress }>();
  for (const [port, standing] of byPort) {
    const all = [...standing].map(([key, { ready }]) => `${key} ${ready}`).sort();
    const key = all.join();
    const same = byAddresses.get(key);
    if (same === undefined) byAddresses.set(key, { ports: [port], standing });
    else same.ports.push(port);
  }
  const packed = [...byAddresses.values()].map(({ ports: keys, standing }) => ({
    order: keys.map(md5).sort(),
    subset: subsetOf(
      keys.sort((a, b) => (md5(a) < md5(b) ? -1 : 1)).map((key) => ports.get(key)!),
      [...standing.values()],
    ),
  }));
  return packed.sort((a, b) => (a.order[0]! < b.order[0]! ? -1 : 1)).map(({ subset }) => subset);
}

const keyOf = ({ ip, targetRef }: EndpointAddress): string => `${ip} ${targetRef?.uid ?? ''}`;

function stand(standing: ByAddress, address: EndpointAddress, ready: boolean): void {
  const key = keyOf(address);
  const known = standing.get(key);
  if (known === undefined) standing.set(key, { address, ready });
  else if (known.ready && !ready) standing.set(key, { ...known, ready });
}

function subsetOf(ports: readonly SubsetPort[], standing: readonly Standing[]): EndpointSubset {
  const sorted = [...standing].sort((a, b) => (keyOf(a.address) < keyOf(b.address) ? -1 : 1));
  const some = (ready: boolean) =>
    sorted.filter((one) => one.ready === ready).map(({ address }) => address);
  const [addresses, notReadyAddresses] = [some(true), some(false)];
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports.includes(noPort) ? {} : { ports }),
  };
}

/** A port as Go dumps it for a hash: the order of ports is the order of these hashes. */
function goTextOf({ name = '', port, protocol = 'TCP', appProtocol }: SubsetPort): string {
  const fields = [
    `Name:(string)${name}`,
    `Port:(int32)${port}`,
    `Protocol:(v1.Protocol)${protocol}`,
    `AppProtocol:(*string)${appProtocol ?? '<nil>'}`,
  ];
  return `(v1.EndpointPort){${fields.join(' ')}}`;
}
