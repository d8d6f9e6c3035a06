/** The messages of the API by name: which field has which number and type (api-12, api-13). */
import { fieldsText } from '../data/fields.ts';
import { gnosticText } from '../data/gnostic.ts';

export interface MessageField {
  readonly name: string;
  readonly number: number;
  /** Number of the message that holds the field, where JSON has it inline. */
  readonly within: number | undefined;
  /** Kept when zero: absent says something else. */
  readonly optional: boolean;
  readonly shape: 'one' | 'list' | 'map';
  /** `str`, `i32`, …, or the name of a message. */
  readonly type: string;
}

export interface Message {
  readonly fields: readonly MessageField[];
  readonly byNumber: ReadonlyMap<number, MessageField>;
  /** Messages that JSON has inline: their fields by number. */
  readonly inline: ReadonlyMap<number, ReadonlyMap<number, MessageField>>;
}

const lines = new Map<string, string>();
const messages = new Map<string, Message>();

function lineOf(name: string): string | undefined {
  if (lines.size === 0) {
    for (const line of `${fieldsText}\n${gnosticText}`.split('\n')) {
      const at = line.indexOf(' ');
      if (at > 0) lines.set(line.slice(0, at), line.slice(line.lastIndexOf(' ') + 1));
    }
  }
  return lines.get(name);
}

/** `undefined`: there is no such message. */
export function messageOf(name: string): Message | undefined {
  const known = messages.get(name);
  if (known !== undefined) return known;
  const line = lineOf(name);
  if (line === undefined) return undefined;
  const fields = line.split(',').flatMap(fieldOf);
  const inline = new Map<number, Map<number, MessageField>>();
  const byNumber = new Map<number, MessageField>();
  for (const field of fields) {
    if (field.within === undefined) byNumber.set(field.number, field);
    else {
      const group = inline.get(field.within) ?? new Map<number, MessageField>();
      inline.set(field.within, group.set(field.number, field));
    }
  }
  const message = { fields, byNumber, inline };
  messages.set(name, message);
  return message;
}

function fieldOf(text: string): MessageField[] {
  const found = /^([^#]+)#(?:(\d+)\.)?(\d+)(\?)?:(.+)$/.exec(text);
  if (found === null) return [];
  const [, name, within, number, optional, type] = found;
  const list = type!.startsWith('[]');
  const map = /^map<(.+)>$/.exec(type!)?.[1];
  return [
    {
      name: name!,
      number: Number(number),
      within: within === undefined ? undefined : Number(within),
      optional: optional !== undefined,
      shape: list ? 'list' : map === undefined ? 'one' : 'map',
      type: map ?? (list ? type!.slice(2) : type!),
    },
  ];
}

/** Groups whose messages are named otherwise than their first word. */
const prefixes: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io': 'apiext',
  'apiregistration.k8s.io': 'apireg',
};

/** The message of a kind: `apps.v1.Deployment` of `apps/v1`, `Pod` of `v1`. */
export function messageNameOf(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions' || kind === 'Status') return `meta.${kind}`;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (group === '') return kind;
  return `${prefixes[group!] ?? group!.split('.')[0]}.${version}.${kind}`;
}
