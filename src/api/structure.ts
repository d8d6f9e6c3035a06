/** The structure of the API's types: what strict decoding and strategic merge need to know. */
import { typesText } from './data/types.ts';

export interface FieldType {
  readonly type?: string;
  readonly format?: string;
  readonly ref?: string;
  /** Where no type of the API is meant: the fields themselves. */
  readonly fields?: Readonly<Record<string, FieldType>>;
  readonly items?: FieldType;
  readonly map?: FieldType;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly mapType?: string;
  readonly intOrString?: boolean;
  readonly preserveUnknown?: boolean;
}

export interface TypeInfo {
  /** Which of its fields exclude each other, in the words of `x-kubernetes-unions`. */
  readonly unions?: readonly unknown[];
  readonly required?: readonly string[];
  readonly fields?: Readonly<Record<string, FieldType>>;
  readonly type?: string;
  readonly format?: string;
  readonly intOrString?: boolean;
  readonly preserveUnknown?: boolean;
}

interface Structure {
  readonly gvks: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, TypeInfo>>;
}

let parsed: Structure | undefined;

const structure = (): Structure => {
  parsed ??= JSON.parse(typesText) as Structure;
  return parsed;
};

/** Type name of `apiVersion` and `kind`, or undefined if the API has no such kind. */
export const typeNameOf = (apiVersion: string, kind: string): string | undefined =>
  structure().gvks[`${apiVersion}/${kind}`];

export const typeOf = (name: string | undefined): TypeInfo | undefined =>
  name === undefined ? undefined : structure().types[name];

/** The fields of a struct; undefined: it is none, or nobody knows them. */
export const fieldsOfType = ({ fields, ref }: FieldType): TypeInfo['fields'] =>
  fields ?? typeOf(ref)?.fields;

/** All kinds of the API as `apiVersion/kind`. */
export const knownKinds = (): readonly string[] => Object.keys(structure().gvks);

/** The field's type, its reference followed. */
export const fieldOf = (typeName: string | undefined, field: string): FieldType | undefined =>
  typeOf(typeName)?.fields?.[field];
