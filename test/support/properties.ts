/** How properties are tested: a search for the smallest counterexample ends early enough for the test to tell what was found. */
import fc from 'fast-check';

/** Shorter than any test may take. On a machine too busy for all its runs, a property ends with those it had. */
const LIMIT = 20_000 * Math.max(1, Number(process.env.FUZZ_RUNS ?? 1));

fc.configureGlobal({ interruptAfterTimeLimit: LIMIT });
