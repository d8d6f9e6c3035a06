/** What CustomResourceDefinitions are refused for, in the words of 1.36 (api-06 §2, §3). */
import { suite } from 'uvu';
import type { Any } from '../../apiserver/cluster.ts';
import { type Change, refuses, refusesUpdate } from './table.ts';

const test = suite('validation of definitions');

const version = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
};

const right = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [version],
  },
};

const root = 'spec.validation.openAPIV3Schema';
const spec = `${root}.properties[spec]`;

/** What stands at `spec` in the schema of the only version. */
const at = (schema: Any) => ({
  'spec/versions/0/schema/openAPIV3Schema/properties/spec': schema,
});

test('[api-06] a schema is structural', () => {
  refuses('CustomResourceDefinition', right, [
    [at({}), `${spec}.type: Required value: must not be empty for specified object fields`],
    [at({ type: 'array' }), `${spec}.items: Required value: must be specified`],
    [
      at({ type: 'array', items: {} }),
      `${spec}.items.type: Required value: must not be empty for specified array items`,
    ],
    [at({ 'x-kubernetes-preserve-unknown-fields': true })],
    [
      at({
        'x-kubernetes-int-or-string': true,
        anyOf: [{ type: 'integer' }, { type: 'string' }],
      }),
    ],
    [
      at({ type: 'string', anyOf: [{ type: 'string', description: 'a' }] }),
      `${spec}.anyOf[0].description: Forbidden: must be empty to be structural`,
      `${spec}.anyOf[0].type: Forbidden: must be empty to be structural`,
    ],
    [
      { 'spec/versions/0/schema/openAPIV3Schema/anyOf': [{ properties: { b: { minimum: 1 } } }] },
      `${root}.properties[b]: Required value: because it is defined in ${root}.anyOf[0].properties[b]`,
    ],
    [
      {
        'spec/versions/0/schema/openAPIV3Schema/properties/metadata': {
          type: 'object',
          required: ['a'],
        },
      },
      `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ],
  ]);
});

test('[api-06] what a schema may say', () => {
  const items = { type: 'object', properties: { a: { type: 'string' } } };
  const list = (type: string, ...keys: readonly string[]) => ({
    type: 'array',
    items,
    'x-kubernetes-list-type': type,
    ...(keys.length > 0 ? { 'x-kubernetes-list-map-keys': keys } : {}),
  });
  refuses('CustomResourceDefinition', right, [
    [
      at({ type: 'array', items, uniqueItems: true }),
      `${spec}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
    ],
    [
      at({ ...items, additionalProperties: { type: 'string' } }),
      `${spec}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
    [
      at(list('map')),
      `${spec}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
    [
      at(list('map', 'a')),
      `${spec}.items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
    [
      at(list('map', 'b')),
      `${spec}.x-kubernetes-list-map-keys: Invalid value: ["b"]: entries must all be names of item properties`,
    ],
    [
      at(list('set')),
      `${spec}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
    ],
    [
      at({ type: 'text' }),
      `${spec}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
    [
      at({ type: 'object', 'x-kubernetes-validations': [{ rule: ' ' }] }),
      `${spec}.x-kubernetes-validations[0].rule: Required value: rule is not specified`,
    ],
  ]);
});

test('[api-06] names, versions, subresources and columns', () => {
  const column = { name: 'a', type: 'text', jsonPath: 'a' };
  refuses('CustomResourceDefinition', right, [
    [{ 'spec/scope': '' }, 'spec.scope: Required value'],
    [
      { 'spec/names/listKind': 'Widget' },
      'spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same',
    ],
    [
      { 'spec/names/shortNames': ['A'] },
      "spec.names.shortNames[0]: Invalid value: \"A\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      { 'spec/versions/0/storage': false },
      'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
    ],
    [
      {
        'spec/versions/0/subresources': {
          scale: { specReplicasPath: '.a', statusReplicasPath: '' },
        },
      },
      'spec.subresources.scale.specReplicasPath: Invalid value: ".a": should be a json path under .spec',
      'spec.subresources.scale.statusReplicasPath: Required value',
    ],
    [
      { 'spec/versions/0/additionalPrinterColumns': [column] },
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "a": must be a simple json path starting with .',
    ],
    [
      { 'spec/versions/0/deprecationWarning': 'a' },
      'spec.versions[0].deprecationWarning: Invalid value: "a": can only be set for deprecated versions',
    ],
    [
      {
        'spec/versions/1': {
          ...version,
          name: 'v2',
          storage: false,
          schema: { openAPIV3Schema: {} },
        },
      },
      'spec.versions[1].schema.openAPIV3Schema.type: Required value: must not be empty at the root',
    ],
  ]);
});

test('[api-06] rules name only fields that there are', () => {
  const properties = {
    size: { type: 'integer' },
    names: { type: 'object', additionalProperties: { type: 'string' } },
    parts: { type: 'array', items: { type: 'object', properties: { key: { type: 'string' } } } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    'a-b': { type: 'string' },
  };
  const of = (rule: string) =>
    at({ type: 'object', properties, 'x-kubernetes-validations': [{ rule }] });
  const refused = (rule: string, field: string, column: number): [Change, string] => [
    of(rule),
    `${spec}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":${JSON.stringify(rule)},"Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:${column}: undefined field '${field}'\n | ${rule}\n | ${'.'.repeat(column - 1)}^`,
  ];
  refuses('CustomResourceDefinition', right, [
    [of('self.size > 0 && self.parts.all(p, p.key in self.names) && self.a__dash__b != "c"')],
    [of('has(self.free) && self.names.all(k, v, v.size() > 0)')],
    refused('self.sise > 0', 'sise', 5),
    refused('self.parts.all(p, has(p.value))', 'value', 24),
    refused('self.parts.filter(p, true)[0].name == ""', 'name', 30),
    refused('!has(self.count) || oldSelf.size == 1', 'count', 10),
    refused('self.size >= oldSelf.sise', 'sise', 21),
    [
      {
        'spec/versions/0/schema/openAPIV3Schema/x-kubernetes-validations': [
          { rule: "self.metadata.name != 'a' && self.kind == 'Widget'" },
        ],
      },
    ],
  ]);
});

test('[api-06] a default is what its schema asks for', () => {
  const of = (schema: Any) => at({ type: 'object', properties: { a: schema } });
  const a = `${spec}.properties[a].default`;
  refuses('CustomResourceDefinition', right, [
    [of({ type: 'integer', default: 3 })],
    [
      of({ type: 'integer', default: 'three' }),
      `${a}: Invalid value: "string": in body must be of type integer: "string"`,
    ],
    [
      of({ type: 'string', enum: ['a', 'b'], default: 'c' }),
      `${a}: Unsupported value: "c": supported values: "a", "b"`,
    ],
    [
      of({ type: 'object', properties: { b: { type: 'string' } }, default: { c: 'd' } }),
      `${a}: Invalid value: {"c":"d"}: must not have unknown fields`,
    ],
    [
      of({
        type: 'array',
        items: { type: 'object', required: ['b'], properties: { b: { type: 'string' } } },
        default: [{}],
      }),
      `${a}[0].b: Required value`,
    ],
  ]);
});

test('[api-06] fields that can be selected by are plain, few, and there', () => {
  const schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: { color: { type: 'string' }, parts: { type: 'object' } },
      },
    },
  };
  const selecting = (...paths: string[]): Change => ({
    'spec/versions/0/schema/openAPIV3Schema': schema,
    'spec/versions/0/selectableFields': paths.map((jsonPath) => ({ jsonPath })),
  });
  const field = (i: number) => `spec.selectableFields[${i}].jsonPath`;
  refuses('CustomResourceDefinition', right, [
    [selecting('.spec.color')],
    [selecting(''), `${field(0)}: Required value`],
    [
      selecting('.spec.size'),
      `${field(0)}: Invalid value: ".spec.size": is an invalid path: does not refer to a valid field`,
    ],
    [
      selecting('.metadata.name', '.spec.parts', '.spec.color', '.spec.color'),
      `${field(0)}: Invalid value: ".metadata.name": must not point to fields in metadata`,
      `${field(1)}: Invalid value: ".spec.parts": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.`,
      `${field(3)}: Duplicate value: ".spec.color"`,
    ],
  ]);
});

test('[api-06] a version that was stored stays', () => {
  refusesUpdate('CustomResourceDefinition', right, [
    [
      { 'spec/versions/0/name': 'v2' },
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
    ],
  ]);
});

test.run();
