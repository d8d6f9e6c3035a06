/** What objects take of a quota in states that admission does not see (ctl-08 §B). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { textsOf } from '../../../src/api/quantities.ts';
import { claimEvaluator } from '../../../src/api/quota/persistentvolumeclaim.ts';
import { podEvaluator } from '../../../src/api/quota/pod.ts';
import type { Any } from '../../apiserver/cluster.ts';

const test = suite('quota evaluators');

const cpu = (pod: Any) => {
  const taken = textsOf(podEvaluator.usage(pod, 0));
  return [taken['requests.cpu'], taken['limits.cpu']];
};

function resized(status: Any, conditions: readonly Any[] = []): Any {
  const resources = { requests: { cpu: '1' }, limits: { cpu: '2' } };
  return {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i', resources }] },
    status: { phase: 'Running', conditions, containerStatuses: [{ name: 'c', ...status }] },
  };
}

test('a container that is resized counts with the most of what it asks for and has', () => {
  assert.equal(cpu(resized({})), ['1', '2']);
  const large = { resources: { requests: { cpu: '3' }, limits: { cpu: '4' } } };
  assert.equal(cpu(resized(large)), ['3', '4']);
  const small = { resources: { requests: { cpu: '500m' }, limits: { cpu: '1' } } };
  assert.equal(cpu(resized(small)), ['1', '2']);
  assert.equal(cpu(resized({ ...small, allocatedResources: { cpu: '1500m' } })), ['1500m', '2']);
  const never = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }];
  assert.equal(cpu(resized(small, never)), ['500m', '1']);
});

test('when it has become smaller, something is free', () => {
  const before = resized({ resources: { requests: { cpu: '3' } } });
  const after = resized({ resources: { requests: { cpu: '1' } } });
  assert.is(podEvaluator.frees!(after, before, 0), true);
  assert.is(podEvaluator.frees!({ ...before, status: { ...before.status } }, before, 0), false);
});

const claim = (storage: string, status: Any = {}, spec: Any = {}): Any => ({
  metadata: { name: 'c' },
  spec: { resources: { requests: { storage } }, ...spec },
  status,
});

test('a claim counts with what was set aside for it, and in whole bytes', () => {
  const storage = (object: Any) => textsOf(claimEvaluator.usage(object, 0))['requests.storage'];
  assert.is(storage(claim('1Gi')), '1Gi');
  assert.is(storage(claim('1Gi', { allocatedResources: { storage: '2Gi' } })), '2Gi');
  assert.is(storage(claim('2Gi', { allocatedResources: { storage: '1Gi' } })), '2Gi');
  assert.is(storage(claim('1500m')), '2');
  assert.equal(Object.keys(claimEvaluator.usage(claim('1Gi'), 0)), [
    'count/persistentvolumeclaims',
    'persistentvolumeclaims',
    'requests.storage',
  ]);
});

test('a claim that asks for less, or is of another class, frees something', () => {
  const frees = (next: Any, current: Any) => claimEvaluator.frees!(next, current, 0);
  assert.is(frees(claim('1Gi'), claim('2Gi')), true);
  assert.is(frees(claim('2Gi'), claim('1Gi')), false);
  const gold = { volumeAttributesClassName: 'gold' };
  assert.is(frees(claim('1Gi', {}, gold), claim('1Gi')), true);
  assert.is(
    frees(claim('1Gi', { currentVolumeAttributesClassName: 'gold' }, gold), claim('1Gi', {}, gold)),
    false,
  );
});

test.run();
