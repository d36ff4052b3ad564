import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Contract, createContract, type OperationInput } from '../../../api/contract/contract.ts';
import type { ContractRequest } from '../../../api/http/message.ts';
import { TenetError } from '../../../core/base/errors.ts';
import { readContract } from '../../helpers/contract.ts';
import { runs } from '../../helpers/rounds.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly example?: unknown;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** A place for a number: a parameter, or a member of a body by its steps. */
type Place = { readonly operationId: string; readonly schema: Schema } & (
  | { readonly parameter: string; readonly in: string }
  | { readonly steps: readonly (string | number)[] }
);

const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');
const document = readContract() as { paths: Record<string, Record<string, RawOperation>> };
const raw = Object.values(document.paths).flatMap((item) => Object.values(item));

function resolve<T>(value: object): T {
  const { $ref } = value as { $ref?: string };
  if ($ref === undefined) return value as T;
  const steps = $ref.slice(2).split('/');
  return steps.reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], document) as T;
}

interface Found {
  readonly steps: readonly (string | number)[];
  readonly schema: Schema;
}

function numbersOf(given: Schema, steps: readonly (string | number)[] = []): Found[] {
  const schema = resolve<Schema>(given);
  if (schema.type === 'integer' || schema.type === 'number') return [{ steps, schema }];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => numbersOf(member, [...steps, name])),
    ...(schema.items ? numbersOf(schema.items, [...steps, 0]) : []),
  ];
}

const parametersOf = ({ parameters = [] }: RawOperation): Parameter[] => parameters.map((each) => resolve<Parameter>(each));

const places = raw.flatMap((operation): Place[] => {
  const { operationId, requestBody } = operation;
  const body = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => numbersOf(schema));
  return [
    ...parametersOf(operation)
      .filter(({ schema }) => ['integer', 'number'].includes(resolve<Schema>(schema).type ?? ''))
      .map(({ name, in: place, schema }) => ({ operationId, parameter: name, in: place, schema: resolve<Schema>(schema) })),
    ...body.map((found) => ({ operationId, ...found })),
  ];
});

const integer = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String);
const small = fc.integer({ min: -3, max: 300 }).map(String);
const fixed = [
  ...['1e3', '1e2', '1E+1', '1e-1', '100e-2', '0x10', '0b1', '0o7', '+1', '01', '00', '1.0', '1.5', '.5', '5.', '-0', '-1', '0', '1', '50'],
  ...[
    'Infinity',
    '-Infinity',
    'NaN',
    ' 1',
    '1 ',
    '\t1',
    '1\n',
    '1_000',
    '1,5',
    '1n',
    '１',
    '٣',
    '',
    '""',
    '"1"',
    'true',
    'null',
    '[1]',
    '[]',
  ],
  ...['2147483647', '2147483648', '9007199254740992', '9007199254740993', '1e309', '1e400', '0.1e1'],
];
/** Fractions have at most ten digits: JavaScript's numbers, and so JSON's (RFC 8259 section 6), tell no more of them apart. */
const written = fc.oneof(
  fc.constantFrom(...fixed),
  small,
  integer,
  fc.tuple(small, fc.constantFrom('e', 'E', 'e+', 'e-'), fc.nat({ max: 30 })).map((parts) => parts.join('')),
  fc.tuple(small, fc.stringMatching(/^\.[0-9]{0,10}$/)).map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(' ', '+', '0', '0x', '-', ''), small, fc.constantFrom(' ', 'n', '_0', '.', 'e', ''))
    .map((parts) => parts.join('')),
);

/** Digits, and the power of ten that they count, of a text as JSON writes numbers. */
interface Decimal {
  readonly digits: bigint;
  readonly shift: bigint;
}

function decimalOf(number: string): Decimal | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] = /^\s*(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?\s*$/.exec(number) ?? [];
  if (whole === undefined) return undefined;
  return { digits: BigInt(`${sign}${whole}${fraction}`), shift: BigInt(exponent) - BigInt(fraction.length) };
}

/** Whether the text, as JSON writes numbers, means exactly this number: a whole one, where the schema does not allow fractions. */
function isExactly(value: unknown, number: string, { type, nullable }: Schema): boolean {
  if (value === null) return nullable === true && number.trim() === 'null';
  const decimal = decimalOf(number);
  if (decimal === undefined || typeof value !== 'number') return false;
  if (Number.isInteger(value)) return isSame(decimal, { digits: BigInt(value), shift: 0n });
  return type === 'number' && isSame(decimal, decimalOf(String(value))!);
}

function isSame(one: Decimal, other: Decimal): boolean {
  const apart = one.shift - other.shift;
  return apart < 0n ? one.digits === other.digits * 10n ** -apart : one.digits * 10n ** apart === other.digits;
}

for (const [mode, validateResponses] of [
  ['production', false],
  ['development', true],
] as const) {
  describe(`a number in ${mode}`, () => {
    let contract: Contract;
    let admitted: OperationInput | undefined;

    before(async () => {
      contract = await createContract({
        document: text,
        handlers: Object.fromEntries(raw.map(({ operationId }) => [operationId, true])),
        hooks: {
          authenticate: async () => ({}),
          dispatch: async (input) => {
            admitted = input;
            throw new TenetError('unavailable', 'It was admitted.');
          },
        },
        validateResponses,
      });
    });

    it('has a place in the contract', () => {
      expect(places.map(({ operationId }) => operationId)).to.include.members(['listMembers', 'getPolicyRevision', 'createInvitations']);
    });

    for (const place of places) {
      const name = 'steps' in place ? `#/${place.steps.join('/')}` : place.parameter;
      it(`${name} of ${place.operationId} is taken as what was written, or refused by name`, async () => {
        await fc.assert(
          fc.asyncProperty(written, async (number) => {
            // In a list a comma makes two of one, and nothing is none.
            if ('steps' in place && typeof place.steps.at(-1) === 'number' && /^\s*$|,/.test(number)) return;
            const { value, error } = await send(place, number);
            const told = (error.fields['errors'] ?? []) as { pointer?: string; parameter?: string }[];
            const isNamed = told.some(({ pointer, parameter }) => (pointer ?? parameter)?.startsWith(name));
            const { code } = error;
            if (isNamed) return;
            if (code === 'malformed-json') expect(isJson(number)).to.equal(false);
            else if (code === 'not-found') expect(number, 'an empty step of a path').to.equal('');
            else
              expect(isExactly(value, number, place.schema), `${JSON.stringify(number)} was taken as ${JSON.stringify(value)}`).to.equal(
                true,
              );
          }),
          runs(200, 20_000),
        );
      }).timeout(900_000);
    }

    async function send(place: Place, number: string): Promise<{ value: unknown; error: TenetError }> {
      admitted = undefined;
      const operation = contract.operations.get(place.operationId)!;
      const known = parametersOf(raw.find(({ operationId }) => operationId === place.operationId)!);
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
        'parameter' in place && place.parameter === name ? encodeURIComponent(number) : exampleOf(known.find((one) => one.name === name)!),
      );
      const request: ContractRequest = {
        method: operation.method,
        path,
        query: 'parameter' in place && place.in === 'query' ? queryOf(known, place.parameter, number) : '',
        headers: 'steps' in place ? { 'content-type': 'application/json' } : {},
        body: undefined,
        ...('steps' in place && { bytes: Buffer.from(bodyOf(place.steps, number)) }),
      };
      const error = await contract.handle(request).then(
        () => expect.fail('dispatch throws'),
        (thrown: TenetError) => thrown,
      );
      if ('steps' in place) {
        return {
          error,
          value: place.steps.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], request.body),
        };
      }
      const { query, params } = (admitted as OperationInput | undefined) ?? {};
      const given = (place.in === 'query' ? query : params) as Record<string, unknown> | undefined;
      return { error, value: given?.[place.parameter] };
    }
  });
}

function isJson(number: string): boolean {
  try {
    JSON.parse(number);
    return true;
  } catch {
    return false;
  }
}

/** A body that holds the number, exactly as it is written, at its place. */
function bodyOf(steps: readonly (string | number)[], number: string): string {
  return steps
    .toReversed()
    .reduce<string>((inner, step) => (typeof step === 'number' ? `[${inner}]` : `{${JSON.stringify(step)}:${inner}}`), number);
}

/** A query with the number, and with what the operation demands besides. */
function queryOf(known: readonly Parameter[], name: string, number: string): string {
  const demanded = known.filter((one) => one.in === 'query' && one.required && one.name !== name);
  return [...demanded.map((one) => [one.name, exampleOf(one)]), [name, number]]
    .map(([key, value]) => `${key}=${encodeURIComponent(value!)}`)
    .join('&');
}

function exampleOf({ schema: given }: Parameter): string {
  const schema = resolve<Schema>(given);
  const [, prefix] = /^\^?\(?([a-z]+_)/.exec(schema.pattern ?? '') ?? [];
  return String(schema.example ?? (prefix === undefined ? 'platform' : `${prefix}01h455vb4pex5vsknk084sn02q`));
}
