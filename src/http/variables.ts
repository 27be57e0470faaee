/** How many values a request's variables hold, which is what it takes to read them. */
import { LIMITS } from './limits.ts';

/** Whether there are more than allowed. Not by recursion, since they may be nested as deeply as a body is long. */
export function hasTooManyValues(variables: unknown): boolean {
  const open: object[] = [];
  let left: number = LIMITS.values.value;
  const count = (value: unknown) => {
    left--;
    if (typeof value === 'object' && value !== null) open.push(value);
  };
  count(variables);
  for (let next = open.pop(); next && left >= 0; next = open.pop()) {
    if (Array.isArray(next)) {
      for (let index = 0; index < next.length && left >= 0; index++) count(next[index]);
    } else {
      for (const key in next) {
        if (left < 0) break;
        count((next as Record<string, unknown>)[key]);
      }
    }
  }
  return left < 0;
}
