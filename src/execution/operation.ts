/** What an operation is while it is executed: the plan that is kept with its document, and the state of one execution. */
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';

export type Path = GraphQLResolveInfo['path'];
export type Values = Record<string, unknown>;
export type Fragments = Record<string, FragmentDefinitionNode>;

/** CompleteValue for one type: returns a promise where something below is one, and throws a field error. */
export type CompleteValue = (value: unknown, path: Path, field: FieldPlan, execution: Execution) => unknown;

/** Counts the bytes of a response while it is made. Throws when they are too many, and then each time. */
export interface Account {
  respond(bytes: number): void;
}

/** A field of a selection: what follows from the document and the schema. */
export interface FieldPlan {
  key: string;
  nodes: readonly FieldNode[];
  parent: GraphQLObjectType;
  definition: GraphQLField<unknown, unknown>;
  nullable: boolean;
  /** Its resolution when that takes the source alone. */
  fromSource: ((source: unknown) => unknown) | undefined;
  /** Whether the resolver is asked where that is undefined. */
  mayNotTell: boolean;
  /** Its arguments when they are the same every time. */
  args: Values | undefined;
  /** Completes a scalar or an enum, which needs no path. */
  completeLeafValue: ((value: unknown, field: FieldPlan) => unknown) | undefined;
  completeValue: CompleteValue;
  /** The selections below, by the type of the object that the field has. */
  subselections: Map<GraphQLObjectType, SelectionPlan>;
}

export interface SelectionPlan {
  fields: readonly FieldPlan[];
  /** About how many bytes an object of these fields is in a response, without lists, objects and long values below it. */
  bytes: number;
  /** Whether a response key is `__proto__`, which is no property like others. */
  hasProtoKey: boolean;
}

/** An operation whose @skip and @include are decided. */
export interface OperationPlan {
  schema: GraphQLSchema;
  fragments: Fragments;
  operation: OperationDefinitionNode;
  /** Those that decide a @skip or @include. Others are not kept: they are as large as a caller likes. */
  variables: Values;
  selection: SelectionPlan;
  /** Plans what fields that share a response key select of an object type (CollectSubfields). */
  planSubselection(type: GraphQLObjectType, nodes: readonly FieldNode[]): SelectionPlan;
}

export interface Execution {
  plan: OperationPlan;
  rootValue: unknown;
  context: unknown;
  variables: Values;
  errors: GraphQLError[];
  /** The places that errors have made null. */
  nullPaths: Set<Path | undefined>;
  /** When it began, and how many items of lists it has completed: tells when others need a turn. */
  began: number;
  items: number;
  account: Account | undefined;
  /** Bytes that may be added before the account is asked again. */
  allowance: number;
  /** What the account threw. */
  refusal: Error | undefined;
}
