/** What templates of Pods are refused for, wherever they are, in the words of 1.36 (ValidatePodTemplateSpec). */
import { suite } from 'uvu';
import type { Any } from '../../apiserver/cluster.ts';
import { type Change, refuses } from './table.ts';

const test = suite('validation of templates');

const labels = { app: 'a' };
const template = (restartPolicy: string): Any => ({
  metadata: { labels },
  spec: { restartPolicy, containers: [{ name: 'c', image: 'i' }] },
});
const selector = { matchLabels: { ...labels } };

const ephemeral = [{ name: 'e', image: 'i', imagePullPolicy: 'Always' }];
const seccomp = 'seccomp.security.alpha.kubernetes.io/pod';

const annotated = (at: string, key: string, value: string): Change => ({
  [`${at}/metadata/annotations`]: { [key]: value },
});

/** What is wrong with annotations of a template at `path`, where messages say that it is. */
const annotations = (path: string, field: string): [Change, string][] => [
  [
    annotated(path, 'controller.kubernetes.io/pod-deletion-cost', 'much'),
    `${field}.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "much": must be a 32bit integer`,
  ],
  [
    annotated(path, 'kubernetes.io/config.mirror', 'x'),
    `${field}.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set`,
  ],
  [
    annotated(path, seccomp, 'none'),
    `${field}.annotations.${seccomp}: Invalid value: "none": must be a valid seccomp profile`,
  ],
];

const more = (path: string, field: string): [Change, string][] => [
  ...annotations(path, field),
  [
    { [`${path}/spec/ephemeralContainers`]: ephemeral },
    `${field}.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template`,
  ],
];

for (const kind of ['Deployment', 'ReplicaSet', 'DaemonSet']) {
  test(`[api-06] the template of a ${kind} is that of a Pod`, () => {
    refuses(
      kind,
      { spec: { selector, template: template('Always') } },
      more('spec/template', 'spec.template'),
    );
  });
}

test('[api-06] of the template of a StatefulSet, labels and annotations are looked at', () => {
  const spec = { selector, serviceName: 's', template: template('Always') };
  refuses('StatefulSet', { spec }, annotations('spec/template', 'spec.template'));
});

test('[api-06] the template of a Job is that of a Pod', () => {
  refuses('Job', { spec: { template: template('Never') } }, more('spec/template', 'spec.template'));
});

test('[api-06] the template of a CronJob is that of a Pod, two levels down', () => {
  const jobTemplate = { spec: { template: template('Never') } };
  refuses(
    'CronJob',
    { spec: { schedule: '@daily', jobTemplate } },
    more('spec/jobTemplate/spec/template', 'spec.jobTemplate.spec.template'),
  );
});

test('[api-06] a selector that a Job brings itself is looked at', () => {
  const spec = { manualSelector: true, selector, template: template('Never') };
  const none =
    'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`';
  refuses('Job', { spec }, [
    [{ 'spec/selector': undefined }, 'spec.selector: Required value', none],
    [
      { 'spec/selector': { matchExpressions: [{ key: 'app', operator: 'Like' }] } },
      'spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
    ],
    [{ 'spec/selector/matchLabels/app': 'b' }, none],
  ]);
});

test.run();
