/** Parsing, validation and execution: what follows from the document alone is kept for as long as the document is. */
import {
  type ASTVisitor,
  type DocumentNode,
  ExecutableDefinitionsRule,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  KnownFragmentNamesRule,
  NoFragmentCyclesRule,
  NoUnusedFragmentsRule,
  type ParseOptions,
  ProvidedRequiredArgumentsRule,
  parse,
  type Source,
  specifiedRules,
  UniqueFragmentNamesRule,
  type ValidationContext,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import { DomainError, FAULTS_MAX } from '../base/errors.ts';
import { giveWay } from '../base/give-way.ts';
import { createExecutor } from '../execution/index.ts';
import { costOf, type ListSizes, type OperationCost, operationCost, type Summed } from './cost.ts';
import { excessOf } from './document-size.ts';
import { inputError, isStackOverflow } from './errors.ts';
import type { EdgePlugin, ServerContext } from './exchange.ts';
import { faultsOfLiterals } from './input-faults.ts';
import { LIMITS } from './limits.ts';
import { hasTooManyValues, tooManyValues } from './variables.ts';

/** These make it safe to follow fragments; they take linear time on any document. */
const fragmentRules = [
  ExecutableDefinitionsRule,
  UniqueFragmentNamesRule,
  KnownFragmentNamesRule,
  NoUnusedFragmentsRule,
  NoFragmentCyclesRule,
];
/** These find fault with values, which is bad input rather than a bad document. */
const valueRules = [ValuesOfCorrectTypeRule, ProvidedRequiredArgumentsRule];
const documentRules = [
  knownRootsRule,
  ...specifiedRules.filter((rule) => !fragmentRules.includes(rule) && !valueRules.includes(rule)),
];

/** No rule of the specification minds a subscription where there are none: it would fail when it is run. */
function knownRootsRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      context.reportError(new GraphQLError(`The schema has no type for a ${node.operation}.`, { nodes: node }));
    },
  };
}

/** Parses and validates within the limits, refuses operations that cost too much, and executes the others. */
export function useDocuments(schema: GraphQLSchema, options: { hideSuggestions: boolean }): EdgePlugin {
  const execute = createExecutor(schema, (context) => (context as ServerContext).database?.meter);
  const costs = new WeakMap<DocumentNode, Map<string, Summed>>();

  const validateDocument = (_schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] => {
    const errors = faultsOfDocument(schema, document, options);
    if (errors.length === 0) costs.set(document, new Map());
    return errors;
  };

  return {
    onParams({ params: { query, variables, extensions }, setResult }) {
      // Before others get their turn: what they are in memory may be thirty times the body.
      if (hasTooManyValues(query, variables, extensions)) setResult({ errors: [tooManyValues()] });
      return giveWay();
    },
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimits);
    },
    onValidate({ setValidationFn }) {
      setValidationFn(validateDocument);
    },
    onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
      setExecuteFn(execute);
      const { document, operationName, variableValues } = args;
      const operation = getOperationAST(document, operationName);
      const { exchange } = args.contextValue as ServerContext;
      if (!operation) return;
      if (exchange !== undefined) {
        exchange.document = document;
        exchange.operation = operation;
      }
      const known = costs.get(document);
      const name = operation.name?.value ?? '';
      let cost = known?.get(name);
      if (cost === undefined) {
        cost = operationCost(schema, document, operation);
        known?.set(name, cost);
      }
      const excess = excessOfCost(cost, variableValues);
      if (excess !== undefined) setResultAndStopExecution({ errors: [tooComplex(excess)] });
      const summed = cost;
      if (cost.needsListSizes) {
        // The firm's data are not known before a root field is resolved.
        (args.contextValue as ServerContext).checkCost = (lists) => {
          const excess = excessOfCost(summed, variableValues, lists);
          if (excess !== undefined) throw new DomainError('TOO_COMPLEX', excess);
        };
      }
      // To validate a document may have taken as long as one may keep others waiting.
      return giveWay();
    },
  };
}

function excessOfCost(cost: OperationCost, variables: Variables | undefined, lists?: ListSizes): string | undefined {
  const objects = costOf(cost, variables ?? {}, lists);
  const { value } = LIMITS.cost;
  if (objects <= value) return undefined;
  return `The operation may return ${objects.toLocaleString('en')} objects; the limit is ${value.toLocaleString('en')}. Ask for fewer with \`first\`, or nest fewer lists.`;
}

type Variables = Parameters<typeof costOf>[1];

function parseWithinLimits(source: string | Source, options?: ParseOptions): DocumentNode {
  const { length } = typeof source === 'string' ? source : source.body;
  if (length > LIMITS.documentLength.value) {
    throw tooComplex(`The document has ${length} characters; the limit is ${LIMITS.documentLength.value}.`);
  }
  try {
    return parse(source, { ...options, maxTokens: LIMITS.tokens.value });
  } catch (error) {
    if (isStackOverflow(error)) throw tooComplex('The document is nested too deeply.');
    if (error instanceof GraphQLError) {
      if (/tokens\. Parsing aborted/.test(error.message)) {
        throw tooComplex(`The document has more than ${LIMITS.tokens.value} tokens.`);
      }
      error.extensions.code = 'GRAPHQL_PARSE_FAILED';
    }
    throw error;
  }
}

function faultsOfDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  options: { hideSuggestions: boolean },
): readonly GraphQLError[] {
  const wrongFragments = validate(schema, document, fragmentRules, options);
  if (wrongFragments.length > 0) return wrongFragments.map(withValidationCode);
  // Before the rules whose time grows faster than the document, such as the one about overlapping fields.
  const excess = excessOf(document);
  if (excess !== undefined) return [tooComplex(excess)];
  const wrong = validate(schema, document, documentRules, options);
  if (wrong.length > 0) return wrong.map(withValidationCode);
  // One more than a response names, to know that there are more. The error after the last says that validation was aborted.
  const found = validate(schema, document, valueRules, { ...options, maxErrors: FAULTS_MAX + 1 });
  const wrongValues = found.slice(0, FAULTS_MAX + 1);
  return wrongValues.length === 0 ? [] : [inputError(faultsOfLiterals(schema, document, wrongValues))];
}

function withValidationCode(error: GraphQLError): GraphQLError {
  error.extensions.code = 'GRAPHQL_VALIDATION_FAILED';
  return error;
}

function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_COMPLEX' } });
}

/**
 * Yoga's cache of parsed documents, bounded by their total length as well as their number: what a document takes in
 * memory grows with its length, and callers who write values into documents send a new one every time.
 */
export class DocumentCache {
  readonly #documents = new Map<string, DocumentNode>();
  readonly #capacity: number;
  #length = 0;

  constructor(capacity = 500_000) {
    this.#capacity = capacity;
  }

  get(text: string): DocumentNode | undefined {
    return this.#documents.get(text);
  }

  set(text: string, document: DocumentNode): void {
    // A document that would push out a twentieth of all others is not one that many callers share.
    if (text.length > this.#capacity / 20 || this.#documents.has(text)) return;
    this.#documents.set(text, document);
    this.#length += text.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#length <= this.#capacity) break;
      this.#documents.delete(oldest);
      this.#length -= oldest.length;
    }
  }
}
