import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { KeptType, ResourceField } from '../authorization/policy/resource-types.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { isId } from '../base/ids.ts';
import { escapeToken } from '../base/json-pointer.ts';
import { hasTextForm, textFormWords } from '../base/text.ts';
import { checkBounds } from './data-bounds.ts';

/** A JSON Schema (2020-12). */
export type JsonSchema = Record<string, unknown>;

/** The fields of a resource, by their names. */
export type Data = Record<string, unknown>;

const maxText = 20_000;
const maxUrl = 2_000;
const maxMembers = 1_000;

/** What a field of each type may be. Whole numbers are those that every client reads exactly. */
const kinds: Record<Exclude<ResourceField['type'], 'enum' | 'reference'>, JsonSchema> = {
  string: { type: 'string', maxLength: maxText, format: 'text' },
  url: { type: 'string', maxLength: maxUrl, format: 'url' },
  integer: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  array: { type: 'array', maxItems: maxMembers },
  object: { type: 'object', maxProperties: maxMembers },
};

/** The schema of `data` of a resource type, for those who make and change resources. */
export function schemaOf({ title, fields }: KeptType): JsonSchema {
  const properties = Object.entries(fields).map(([name, field]) => [name, schemaOfField(field)]);
  const required = Object.entries(fields).flatMap(([name, field]) => (field.required ? [name] : []));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** What a reference may name, for clients that let people choose. */
const targetsKeyword = 'x-references';

function kindOf({ type, values, to }: ResourceField): JsonSchema {
  if (type === 'enum') return { type: 'string', enum: values };
  return type === 'reference' ? { type: 'string', format: 'reference', [targetsKeyword]: to } : kinds[type];
}

function schemaOfField(field: ResourceField): JsonSchema {
  const { title, writeOnly } = field;
  const kind = kindOf(field);
  return { ...(title !== undefined && { title }), ...kind, ...(writeOnly && { writeOnly }) };
}

const validators = new WeakMap<KeptType, ValidateFunction>();

/**
 * The fields of a resource as a whole, but for those of these names, which are kept as they are. Throws InvalidInput with a pointer for each that is
 * unknown, missing or not what its type says.
 */
export function checkData(type: KeptType, data: Data, kept: readonly string[] = []): void {
  checkBounds(data);
  const validate = validatorOf(type);
  if (validate(data)) return;
  const found = (validate.errors ?? []).filter(
    ({ keyword, params }) => keyword !== 'required' || !kept.includes(params['missingProperty']),
  );
  if (found.length === 0) return;
  const errors = found.slice(0, 20).map((error) => toInputError(error, type));
  throw new InvalidInput(`The data does not fit the resource type ${type.name}.`, errors);
}

function validatorOf(type: KeptType): ValidateFunction {
  let validate = validators.get(type);
  if (!validate) {
    // What is compiled is kept as long as the type is, so each type has a compiler of its own.
    const ajv = new Ajv({
      allErrors: true,
      ownProperties: true,
      formats: { text: hasTextForm, url: isUrl, reference: isReference },
      keywords: [targetsKeyword],
      meta: false,
      validateSchema: false,
    });
    const { $schema: _, ...schema } = schemaOf(type);
    validate = ajv.compile(schema);
    validators.set(type, validate);
  }
  return validate;
}

/** Whether a text has the form of what a reference may hold: the id of a resource or of a service account. */
export const isReference = (text: string): boolean => isId('resource', text) || isId('serviceAccount', text);

function isUrl(text: string): boolean {
  if (!/^https?:\/\/[!-~]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function toInputError({ instancePath, keyword, params }: ErrorObject, { fields }: KeptType): InputError {
  const { missingProperty, additionalProperty } = params as { missingProperty?: string; additionalProperty?: string };
  const name = missingProperty ?? additionalProperty;
  const pointer = `#/data${instancePath}${name === undefined ? '' : `/${escapeToken(name)}`}`;
  return { pointer, detail: detailOf(keyword, params, Object.keys(fields)) };
}

const types: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const formWords: Readonly<Record<string, string>> = {
  text: textFormWords,
  url: 'an address that begins with https:// or http://, without a user or a password',
  reference: 'an id, such as res_01h455vb4pex5vsknk084sn02q',
};

function detailOf(keyword: string, params: ErrorObject['params'], fields: readonly string[]): string {
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
      return fields.length === 0
        ? 'is unknown: resources of this type have no fields'
        : `is unknown; the fields are ${fields.toSorted().join(', ')}`;
    case 'type':
      return `must be ${types[params['type'] as string]}`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as string[]).join(', ')}`;
    case 'format':
      return `must be ${formWords[params['format'] as string]}`;
    case 'maxLength':
      return `must have at most ${params['limit']} characters`;
    case 'maxItems':
    case 'maxProperties':
      return `must have at most ${params['limit']} entries`;
    default:
      return `must be a whole number from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`;
  }
}
