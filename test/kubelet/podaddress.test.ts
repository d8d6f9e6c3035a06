/** Addresses of Pods are addresses, however many nodes there are and Pods have been. */
import { isIPv4 } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressesMax, podAddress } from '../../src/kubelet/node/podaddress.ts';
import { sortPodIPs } from '../../src/kubelet/status/podips.ts';

const test = suite('addresses of Pods');

test('of five thousand nodes none gives an address that another gives, or that a Service may have', () => {
  const given = new Set<string>();
  for (let place = 0; place < 5_000; place++) {
    for (const nth of [0, 1, 252, 253, addressesMax - 1]) {
      const address = podAddress(place, nth);
      assert.ok(isIPv4(address), address);
      assert.not.ok(address.startsWith('10.96.'), address);
      given.add(address);
    }
  }
  assert.is(given.size, 25_000);
  assert.is(podAddress(0, 0), '10.244.0.2');
  assert.is(podAddress(1, 3), '10.244.1.5');
});

test('[kubelet-02] addresses are told in the usual way, however the network writes them', () => {
  assert.equal(sortPodIPs('fd00::1', ['010.0.0.001', 'FD01:0:0:0:0:0:0:1234']), [
    'fd01::1234',
    '10.0.0.1',
  ]);
  assert.equal(sortPodIPs('', ['::ffff:10.0.0.7', '1:0:0:2:0:0:0:3']), ['10.0.0.7', '1:0:0:2::3']);
  assert.equal(sortPodIPs('', ['::', 'nothing']), ['::']);
});

test.run();
