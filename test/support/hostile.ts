/** Values that fit nothing, or hardly. */
import fc from 'fast-check';
import { Raw } from './json.ts';

const nested = (open: string, inner: string, close: string, levels: number) =>
  new Raw(open.repeat(levels) + inner + close.repeat(levels));

/** JSON nested deeper than a program's stack allows, and about as deep as fits into a body. */
export const DEEP = [
  nested('[', '', ']', 12_000),
  nested('{"not":', '{}', '}', 12_000),
  nested('{"and":[', '', ']}', 12_000),
  nested('{"a":', '1', '}', 150_000),
];

export const NUMBERS = ['1e400', '-1e400', '1e-400', '-0', '0.1', '9007199254740993', '2147483648', '-2147483649'].map(
  (text) => new Raw(text),
);

export const TEXTS = [
  '',
  ' ',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  '\udc00\ud800',
  '\ufeff',
  '\ufffe\uffff',
  '\u202eright to left\u202c',
  'שלום עולם',
  '👩‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿',
  '\u0001\b\t\n\u000b\f\r\u001b\u007f\u0085\u2028\u2029',
  'e\u0301\u0301\u0301',
  'ß ﬃ ŉ İ ı ς',
  '%_\\',
  `'; DROP TABLE "Client"; --`,
  '{}',
  'null',
  '__proto__',
  'constructor',
  'x'.repeat(70_000),
  '😀'.repeat(40_000),
];

export const OBJECTS = [
  '{"__proto__":{"polluted":1}}',
  '{"__proto__":null}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"toString":1,"hasOwnProperty":null}',
].map((text) => new Raw(text));

/** Any of these, and whatever JSON can hold. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...TEXTS) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...NUMBERS, ...OBJECTS) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, 0, -1, 1.5, {}, [], [null], [[]], [{}], { id: {} }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...DEEP) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
