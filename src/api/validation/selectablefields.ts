/** The fields that a definition lets be selected by (apiextensions, ValidateCustomResourceSelectableFields). */
import { type Schema, schemaOf } from '../custom/schema.ts';
import { duplicate, type Errors, invalid, required, tooMany } from './errors.ts';

const fieldsMax = 8;
const types = ['string', 'boolean', 'integer'];

export function validateSelectableFields(
  errors: Errors,
  fields: readonly { readonly jsonPath?: string }[],
  schema: Schema,
  at: string,
): void {
  const seen = new Set<string>();
  fields.forEach(({ jsonPath: path = '' }, i) => {
    const field = `${at}[${i}].jsonPath`;
    if (path === '') {
      errors.push(required(field));
      return;
    }
    const found = pointedAt(path, schema);
    if (typeof found === 'string') {
      errors.push(invalid(field, path, `is an invalid path: ${found}`));
      return;
    }
    if (/^\.metadata(\.|$)/.test(path)) {
      errors.push(invalid(field, path, 'must not point to fields in metadata'));
    }
    if (!types.includes(found.type ?? '')) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(invalid(field, path, why));
    }
    if (seen.has(path)) errors.push(duplicate(field, path));
    seen.add(path);
  });
  if (seen.size > fieldsMax) errors.push(tooMany(at, seen.size, fieldsMax));
}

const ofEvery: Schema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

/** The schema of what stands at a path, or why there is nothing. */
function pointedAt(path: string, schema: Schema): Schema | string {
  if (!path.startsWith('.')) return `expected [ or . but got: ${path.split('.')[0]}`;
  let found: Schema | undefined = schema;
  for (const [i, name] of path.slice(1).split('.').entries()) {
    found = i === 0 && name === 'metadata' ? ofEvery : schemaOf(found, name);
    if (found === undefined) return 'does not refer to a valid field';
  }
  return found;
}
