/** Paths, as the API server understands them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formOf } from '../../src/http/negotiation.ts';
import { requestInfo } from '../../src/http/requestinfo.ts';

const test = suite('request info');

const read = (path: string) => {
  const info = requestInfo(path);
  if (info === undefined || !info.isResource) return info;
  const { group, version, namespace, resource, name, subresource, watch } = info;
  return [group, version, namespace, resource, name, subresource, watch];
};

test('an object of a namespace, and its subresource', () => {
  const web = ['apps', 'v1', 'a', 'deployments', 'web', undefined, false];
  assert.equal(read('/apis/apps/v1/namespaces/a/deployments/web'), web);
  const log = ['', 'v1', 'a', 'pods', 'p', 'log', false];
  assert.equal(read('/api/v1/namespaces/a/pods/p/log'), log);
});

test('a Namespace is an object itself, with subresources of its own', () => {
  const one = ['', 'v1', undefined, 'namespaces', 'a', undefined, false];
  assert.equal(read('/api/v1/namespaces/a'), one);
  const finalize = ['', 'v1', undefined, 'namespaces', 'a', 'finalize', false];
  assert.equal(read('/api/v1/namespaces/a/finalize'), finalize);
});

test('a legacy watch path', () => {
  const pods = ['', 'v1', 'a', 'pods', undefined, undefined, true];
  assert.equal(read('/api/v1/watch/namespaces/a/pods'), pods);
});

test('an encoded slash parts what it stands between', () => {
  const info = requestInfo('/api/v1/namespaces/a/pods/p/proxy/x%2fy/z');
  assert.is(info?.isResource && info.rest, 'x/y/z');
  const log = ['', 'v1', 'a', 'pods', 'p', 'log', false];
  assert.equal(read('/api/v1/namespaces/a/pods/p%2Flog'), log);
});

test('what is no resource, and what no key can hold', () => {
  assert.equal(requestInfo('/healthz'), { isResource: false, segments: ['healthz'] });
  assert.is(requestInfo('/api/v1/namespaces/%2e%2e/pods'), undefined);
  assert.is(requestInfo('/api/v1/namespaces/a/pods/..%2fb'), undefined);
  assert.is(requestInfo('/api/v1/%zz'), undefined);
});

test('the first clause of Accept that can be served wins, better ones first', () => {
  const offer = { as: ['Table'], encodings: ['json', 'yaml'] } as const;
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  assert.equal(formOf(table, offer), { encoding: 'json', as: 'Table', version: 'v1' });
  assert.is(
    formOf('application/vnd.kubernetes.protobuf,application/json', offer)?.encoding,
    'json',
  );
  assert.is(formOf('application/json;q=0.1, application/yaml;q=0.9', offer)?.encoding, 'yaml');
  assert.is(formOf('text/html', offer), undefined);
});

test.run();
