/** What is wrong with a request, in the words of Go's decoders and of upstream's handlers (api-02 §6, api-03 §1, api-04). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonMistake } from '../../src/api/jsonmistake.ts';
import { timeMistake } from '../../src/api/timemistake.ts';
import { patchTypes, Wire } from './wire.ts';

const test = suite('wording');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up();
});
test.after(() => wire.end());

const D = '/api/v1/namespaces/default';
const maps = `${D}/configmaps`;
const web = '/apis/apps/v1/namespaces/default/deployments/web';

/** Code and message of a refusal; of what is accepted, the code. */
async function told(method: string, path: string, body?: unknown, type?: string): Promise<string> {
  const answered = await wire.ask(method, path, { body, ...(type === undefined ? {} : { type }) });
  return `${answered.code} ${answered.body.message ?? ''}`.trim();
}

test('a text that is no JSON is told with the character that does not belong there', () => {
  assert.is(
    jsonMistake('{"a":1,}'),
    "invalid character '}' looking for beginning of object key string",
  );
  assert.is(jsonMistake('{"a":1 "b"'), "invalid character '\"' after object key:value pair");
  assert.is(jsonMistake('{"a" 1}'), "invalid character '1' after object key");
  assert.is(jsonMistake('[1 2]'), "invalid character '2' after array element");
  assert.is(jsonMistake('nul}'), "invalid character '}' in literal null (expecting 'l')");
  assert.is(jsonMistake('{}x'), "invalid character 'x' after top-level value");
  assert.is(jsonMistake('{"a":'), 'unexpected end of JSON input');
  assert.is(jsonMistake('{"a":[1.5e3,{"b":null}]}'), undefined);
});

test('a text that is no time is told with what is missing or out of range', () => {
  const whole = (text: string) => timeMistake(text, '2006-01-02T15:04:05Z07:00');
  const layout = '"2006-01-02T15:04:05Z07:00"';
  assert.is(whole('2026-11-23'), `parsing time "2026-11-23" as ${layout}: cannot parse "" as "T"`);
  assert.is(whole('2026-02-30T00:00:00Z'), 'parsing time "2026-02-30T00:00:00Z": day out of range');
  assert.is(whole('2026-01-31T12:00:00.5+01:00'), undefined);
  const micro = timeMistake('2026-01-31T12:00:00Z', '2006-01-02T15:04:05.000000Z07:00');
  assert.match(micro!, /cannot parse "Z" as "\.000000"$/);
});

test('a time is stored in UTC, without what is smaller than its type', async () => {
  const spec = { renewTime: '2026-01-31T12:00:00.123456+01:00' };
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  const lease = await wire.post(leases, { metadata: { name: 'l' }, spec });
  assert.is(lease.spec.renewTime, '2026-01-31T11:00:00.123456Z');
});

test('options of lists and watches: all that is wrong at once', async () => {
  const invalid = '422 ListOptions.meta.k8s.io "" is invalid: ';
  const match = 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden';
  const supported = 'supported values: "Exact", "NotOlderThan", ""';
  assert.is(
    await told('GET', `${maps}?resourceVersionMatch=Foo`),
    `${invalid}[${match} unless resourceVersion is provided, resourceVersionMatch: Unsupported value: "Foo": ${supported}]`,
  );
  assert.is(
    await told('GET', `${maps}?sendInitialEvents=true`),
    `${invalid}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`,
  );
  const watch = `${maps}?watch=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan&continue=x`;
  assert.is(await told('GET', watch), `${invalid}${match} when continue is provided`);
  const number = '400 strconv.ParseInt: parsing "abc": invalid syntax';
  assert.is(await told('GET', `${maps}?watch=1&timeoutSeconds=abc`), number);
  assert.is(await told('DELETE', `${maps}/a?gracePeriodSeconds=abc`), number);
  assert.is(
    await told('POST', `${maps}?timeout=10`, { metadata: { name: 'late' } }),
    '400 invalid timeout specified in the request URL - time: missing unit in duration "10"',
  );
});

test('a GET asks for a version that is not there yet, or for none', async () => {
  const { metadata } = await wire.post(maps, { metadata: { name: 'v' } });
  assert.is(await told('GET', `${maps}/v?resourceVersion=${metadata.resourceVersion}`), '200');
  assert.match(
    await told('GET', `${maps}/v?resourceVersion=99999`),
    /^504 Timeout: Too large resource version: 99999, current: \d+$/,
  );
  assert.is(
    await told('GET', `${maps}/v?resourceVersion=x`),
    '500 resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  );
});

test('a continue token says where to go on within the collection', async () => {
  const home = `${D}/secrets`;
  for (const name of ['a', 'b', 'c']) await wire.post(home, { metadata: { name } });
  const token = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString()).start;
  const first = await wire.get(`${home}?limit=1`);
  assert.is(read(first.metadata.continue), 'a\0');
  const everywhere = await wire.get('/api/v1/secrets?limit=1');
  assert.is(read(everywhere.metadata.continue), 'default/a\0');
  const v = 'meta.k8s.io/v1';
  const now = token({ v, rv: -1, start: 'b\0' });
  assert.equal(await wire.names(`${home}?continue=${now}`), ['c']);
  const refused = '400 invalid continue token: continue key is not valid';
  assert.is(
    await told('GET', `${home}?continue=a*`),
    `${refused}: illegal base64 data at input byte 1`,
  );
  const climbs = token({ v, rv: 1, start: '../x' });
  assert.is(await told('GET', `${home}?continue=${climbs}`), `${refused}: ../x`);
  const old = token({ v: 'v0', rv: 1, start: 'x' });
  const unknown = 'server does not recognize this encoded version v0';
  assert.is(await told('GET', `${home}?continue=${old}`), `${refused}: ${unknown}`);
});

test('patches that cannot be read, by their type', async () => {
  const containers = [{ name: 'c', image: 'i', args: ['x', 'y'] }];
  const labels = { a: 'b' };
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { selector: { matchLabels: labels }, template };
  await wire.post('/apis/apps/v1/namespaces/default/deployments', {
    metadata: { name: 'web' },
    spec,
  });
  const patched = (type: keyof typeof patchTypes, body: unknown, query = '') =>
    told('PATCH', web + query, body, patchTypes[type]);
  assert.is(
    await patched('json', { a: 1 }),
    '400 error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  );
  assert.is(
    await patched('json', { a: 1 }, '?fieldValidation=Ignore'),
    '400 json: cannot unmarshal object into Go value of type jsonpatch.Patch',
  );
  const test = { op: 'test', path: '/spec/replicas', value: 1 };
  const many = Array.from({ length: 10_001 }, () => test);
  const most = '413 The allowed maximum operations in a JSON patch is 10000, got 10001';
  assert.is(await patched('json', many), most);
  assert.is(
    await patched('merge', '{"spec"'),
    '400 error decoding patch: unexpected end of JSON input',
  );
  assert.is(await patched('strategic', '{"spec"'), '400 unexpected end of JSON input');
  const replicas = { spec: { replicas: 'x' } };
  const shown = '422  "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]"';
  assert.is(await patched('strategic', replicas), `${shown}: unrecognized type: int32`);
  const merged = await patched('merge', replicas);
  assert.match(
    merged,
    /^422 {2}"" is invalid: patch: Invalid value: "\{\\"apiVersion\\":\\"apps\/v1\\",/,
  );
  assert.match(
    merged,
    /: json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
  );
  const strict = '?fieldValidation=Strict';
  const twice = await patched('merge', '{"spec":{"replicas":1,"replicas":2}}', strict);
  assert.match(twice, /: strict decoding error: duplicate field "spec\.replicas"$/);
  const odd = await patched('json', [{ ...test, foo: 1 }], strict);
  assert.match(odd, /: strict decoding error: json patch unknown field "\[0\]\.foo"$/);
});

test.run();
