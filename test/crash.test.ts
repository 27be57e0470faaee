/** A server that is killed while sixteen write to it: what it acknowledged is there, once, and the feed has no gap. */
import { afterEach, expect, it } from 'vitest';
import { freshDatabaseUrl } from './support/database.ts';
import { freePort, type RunningServer, serve } from './support/server.ts';

const WRITERS = 16;
const KILLS = 3;
/** Acknowledged writes between one kill and the next. */
const WRITES = 120;

const UPSERT =
  'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { trackingId note revision } } }';
const FEED =
  'query ($after: String) { changes(first: 250, after: $after, entities: [CLIENT]) { nodes { sequence kind after } } }';
const CLIENT =
  'query ($id: String!) { client(by: { trackingId: $id }) { note revision history(first: 250) { nodes { after } } } }';

interface Change {
  sequence: string;
  kind: string;
  after: { note: string };
}

let running: Promise<RunningServer>;
/** Set when nobody is to try any longer. */
let over = false;
afterEach(async () => {
  over = true;
  await (await running).kill();
});

/** Operations that were never answered, since the server died of them. */
let lost = 0;

/** Asks the server that runs, once it does. Undefined when it died meanwhile. */
async function askOnce(query: string, variables: Record<string, unknown>) {
  const { ask } = await running;
  try {
    const { data, errors } = await ask(query, variables);
    expect(errors).toBeUndefined();
    return data;
  } catch (error) {
    // What fetch throws when a connection breaks, or an answer breaks off.
    if (over || !(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    lost++;
    return undefined;
  }
}

/** Asks until there is an answer. */
async function ask(query: string, variables: Record<string, unknown> = {}) {
  for (;;) {
    const data = await askOnce(query, variables);
    if (data) return data;
  }
}

it('keeps what it acknowledged, once, and its feed without a gap, through being killed', {
  timeout: 120_000,
}, async () => {
  const databaseUrl = await freshDatabaseUrl();
  const port = await freePort();
  running = serve(databaseUrl, port);
  await running;

  /** The notes that clients of one writer were told to have, in order. */
  const written = new Map<string, string[]>();
  /** What was sent to the client that all writers share, and whether an answer came. */
  const shared: { note: string; answered: boolean }[] = [];
  let acknowledged = 0;
  let writing = true;

  async function write(writer: number): Promise<void> {
    for (let count = 0; writing; count++) {
      const note = `${writer}-${count}`;
      if (count % 4 === 3) {
        // Not sent a second time: by then another's write may be on top of it.
        const data = await askOnce(UPSERT, { input: { trackingId: 'shared', name: 'Shared', note } });
        shared.push({ note, answered: data !== undefined });
      } else {
        const trackingId = `${writer}-${count % 3}`;
        const { upsertClient } = await ask(UPSERT, { input: { trackingId, name: trackingId, note } });
        expect(upsertClient.client).toMatchObject({ trackingId, note });
        written.set(trackingId, [...(written.get(trackingId) ?? []), note]);
        acknowledged++;
      }
    }
  }

  const seen: Change[] = [];
  const unseen = () => {
    const notes = new Set(seen.map(({ after }) => after.note));
    return [...written.values()].flat().some((note) => !notes.has(note));
  };
  /** Follows the feed until nobody writes any more and all that was acknowledged has been seen. */
  async function follow(): Promise<void> {
    while (writing || unseen()) {
      const { changes } = await ask(FEED, { after: seen.at(-1)?.sequence ?? '0' });
      seen.push(...changes.nodes);
    }
  }

  const work = Promise.all([follow(), ...Array.from({ length: WRITERS }, (_, writer) => write(writer))]);
  for (let kill = 0; kill < KILLS; kill++) {
    const goal = acknowledged + WRITES;
    const enough = expect.poll(() => acknowledged, { timeout: 30_000, interval: 5 }).toBeGreaterThan(goal);
    await Promise.race([work, enough]);
    const killed = await running;
    running = killed.kill().then(() => serve(databaseUrl, port));
    await running;
  }
  writing = false;
  await work;

  // Whoever followed the feed has seen what one sees who reads it all now, in the same order.
  const all: Change[] = [];
  for (let more = true; more; ) {
    const { nodes } = (await ask(FEED, { after: all.at(-1)?.sequence ?? '0' })).changes;
    all.push(...nodes);
    more = nodes.length > 0;
  }
  expect(all.slice(0, seen.length)).toEqual(seen);
  const sequences = all.map(({ sequence }) => BigInt(sequence));
  expect(sequences.every((sequence, index) => index === 0 || sequence > (sequences[index - 1] ?? 0n))).toBe(true);

  const notes = all.map(({ after }) => after.note);
  const times = (note: string) => notes.filter((other) => other === note).length;
  const owned = [...written.values()].flat();
  expect(owned.length).toBeGreaterThan(KILLS * WRITES);
  expect(owned.filter((note) => times(note) !== 1)).toEqual([]);
  expect(shared.filter(({ note, answered }) => times(note) !== 1 && (answered || times(note) > 1))).toEqual([]);
  expect(lost).toBeGreaterThan(0);

  for (const [id, told] of written) {
    const { client } = await ask(CLIENT, { id });
    expect(client).toMatchObject({ note: told.at(-1), revision: told.length });
    expect(client.history.nodes.map(({ after }: Change) => after.note)).toEqual(told.toReversed());
  }
  const { client } = await ask(CLIENT, { id: 'shared' });
  expect(client.note).toBe(notes.findLast((note) => shared.some((attempt) => attempt.note === note)));
});
