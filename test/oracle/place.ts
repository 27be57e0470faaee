/**
 * What the response keys mean at one place of a response, so that fields under one key can be merged. For one object type
 * a key means one field with one set of arguments; across all possible types its values have one shape.
 */
import { type GraphQLOutputType, getNamedType, isLeafType } from 'graphql';

/** The shape of the value under each key. */
type Shapes = Map<string, { shape: string; inner: Shapes }>;

interface Meant {
  signature: string;
  type: GraphQLOutputType;
  inner: Place;
}

export class Place {
  readonly #keys = new Map<string, Meant>();
  readonly #byType = new Map<string, Place>();
  readonly #shapes: Shapes;
  /** The same place for all types. */
  readonly #above: Place | undefined;

  constructor(shapes: Shapes = new Map(), above?: Place) {
    this.#shapes = shapes;
    this.#above = above;
  }

  /** The same place for objects of this type. */
  of(type: string): Place {
    const place = this.#as(type);
    this.#byType.set(type, place);
    return place;
  }

  #as(type: string): Place {
    return this.#byType.get(type) ?? new Place(this.#shapes, this);
  }

  /** Makes a key mean a field with its arguments; false when it already means something else. */
  put(key: string, signature: string, type: GraphQLOutputType): boolean {
    if (!this.#fits(key, signature, type)) return false;
    const known = this.#shapes.get(key) ?? { shape: shapeOf(type), inner: new Map() };
    this.#shapes.set(key, known);
    if (!this.#find(key)) this.#keys.set(key, { signature, type, inner: new Place(known.inner) });
    return true;
  }

  /** The place below a key that has a meaning here. */
  inner(key: string): Place {
    const found = this.#find(key);
    if (!found) throw new Error(`${key} has no meaning here`);
    return found.inner;
  }

  /** Whether the selections at both places can be merged. */
  takes(other: Place): boolean {
    const keys = [...other.#keys].every(([key, { signature, type, inner }]) => {
      if (!this.#fits(key, signature, type)) return false;
      return (this.#find(key)?.inner ?? new Place(this.#shapes.get(key)?.inner)).takes(inner);
    });
    return keys && [...other.#byType].every(([type, place]) => this.#as(type).takes(place));
  }

  /** Merges the other place's meanings into this one, as far as they fit. */
  add(other: Place): void {
    for (const [key, { signature, type, inner }] of other.#keys) {
      if (this.put(key, signature, type)) this.inner(key).add(inner);
    }
    for (const [type, place] of other.#byType) this.of(type).add(place);
  }

  #find(key: string): Meant | undefined {
    if (this.#keys.has(key) || !this.#above) return this.#keys.get(key);
    return this.#above.#find(key);
  }

  #fits(key: string, signature: string, type: GraphQLOutputType): boolean {
    const known = this.#shapes.get(key);
    if (known && known.shape !== shapeOf(type)) return false;
    const same = (meant: Meant | undefined) => !meant || meant.signature === signature;
    return same(this.#find(key)) && [...this.#byType.values()].every((place) => place.#fits(key, signature, type));
  }
}

/** What the types of two fields under one key must have in common. */
function shapeOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  return isLeafType(named) ? String(type) : String(type).replace(named.name, 'object');
}
