/** Histories of Pods that no kubelet writes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pod as rules } from '../../properties/pod.ts';
import { History, pod } from './judged.ts';

const test = suite('rules of Pods');

/** A Pod that runs and is ready, then ends by somebody's word, and is labelled by somebody else. */
function ended(by: string): readonly string[] {
  const history = new History(rules.always!);
  history.create('user', 'Pod', pod('web', {}));
  const conditions = [{ type: 'Ready', status: 'True' }];
  history.merge('kubelet/n1', 'Pod', 'web', { status: { phase: 'Running', conditions } }, 'status');
  history.merge(by, 'Pod', 'web', { status: { phase: 'Failed' } }, 'status');
  history.merge('user', 'Pod', 'web', { metadata: { labels: { app: 'web' } } });
  return history.broken.filter((one) => one.startsWith('P-S2'));
}

test('[P-S2] who ends a Pod says that it is not ready any more', () => {
  assert.equal(ended('kubelet/n1'), ['P-S2 default/web is ready and Failed']);
});

test('[P-S2] the collector of Pods does not, and whoever writes afterwards does not mend it', () => {
  assert.equal(ended('pod-garbage-collector'), []);
});

test.run();
