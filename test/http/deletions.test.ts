/** What a client is told of a deletion: a Status of what is gone, the object of what is still there (api-07 §1). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Wire } from './wire.ts';

const test = suite('deletions over HTTP');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up();
});
test.after(() => wire.end());

const deployments = '/apis/apps/v1/namespaces/default/deployments';

const made = async (name: string) => {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { replicas: 0, selector: { matchLabels: labels }, template };
  await wire.post(deployments, { metadata: { name }, spec });
  return `${deployments}/${name}`;
};

test('[api-07] in the background it is gone at once', async () => {
  const answer = await wire.ok('DELETE', await made('web'));
  assert.equal([answer.kind, answer.status], ['Status', 'Success']);
});

test('[api-07] in the foreground it waits for what it owns, however soon that goes', async () => {
  const path = await made('api');
  const body = { propagationPolicy: 'Foreground' };
  const answer = await wire.ok('DELETE', path, { body });
  assert.is(answer.kind, 'Deployment');
  assert.equal(answer.metadata.finalizers, ['foregroundDeletion']);
  assert.is((await wire.ask('GET', path)).code, 404);
});

test.run();
