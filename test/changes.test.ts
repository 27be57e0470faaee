/** The change feed: in order, complete, and only of what was committed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';

let app: TestApp;
let firm: TestFirm;
beforeAll(async () => {
  app = await startApp();
  firm = await app.firm();
});

const FEED = `query ($after: String, $first: Int, $entities: [ChangeEntity!]) {
  changes(after: $after, first: $first, entities: $entities) { nodes { sequence at actor kind entity entityId changedFields before after } pageInfo { hasNextPage endCursor } }
}`;
const CREATE = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';

interface Change {
  sequence: string;
  kind: string;
  entity: string;
  entityId: string;
  changedFields: string[];
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** The whole feed after a sequence, page by page. On Postgres an open transaction elsewhere holds it back, so it is asked until it has `least` entries. */
async function feed(
  of: TestFirm,
  { entities = ['CLIENT'], ...options }: { after?: string; least?: number; entities?: string[] } = {},
): Promise<Change[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const entries: Change[] = [];
    let after = options.after;
    for (;;) {
      const { changes } = await of.ok(FEED, { after, first: 7, entities });
      entries.push(...changes.nodes);
      if (!changes.pageInfo.hasNextPage) break;
      after = changes.pageInfo.endCursor;
    }
    if (entries.length >= (options.least ?? 0) || Date.now() > deadline) return entries;
  }
}

describe('the change feed', () => {
  it('tells of a client from its creation to its end, with the fields that changed', async () => {
    const own = await app.firm();
    const { client } = (await own.ok(CREATE, { input: { name: 'Feed', tags: ['a'], address: { city: 'X' } } }))
      .createClient;
    await own.ok(
      'mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "n", tags: [] }) { changedFields } }',
      { id: client.id },
      'WRITER',
    );
    await own.ok('mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "n" }) { changedFields } }', {
      id: client.id,
    });
    await own.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: client.id });
    await own.ok('mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }', { id: client.id });
    const entries = await feed(own, { least: 4 });
    expect(entries.map(({ kind }) => kind)).toEqual(['CREATED', 'UPDATED', 'DELETED', 'RESTORED']);
    expect(entries.every(({ entity, entityId }) => entity === 'CLIENT' && entityId === client.id)).toBe(true);
    expect(entries[0]).toMatchObject({
      before: null,
      after: { name: 'Feed', tags: ['a'], address: { city: 'X' } },
      actor: 'admin token',
    });
    expect(entries[1]).toMatchObject({
      changedFields: ['tags', 'note'],
      before: { tags: ['a'], note: null },
      after: { tags: [], note: 'n' },
      actor: 'writer token',
    });
    expect(entries[2]).toMatchObject({ after: null, before: { name: 'Feed', note: 'n' } });
    expect(entries[3]).toMatchObject({ before: null, after: { name: 'Feed', note: 'n' } });
  });

  it('holds what each firm did and nothing of another', async () => {
    const [one, two] = [await app.firm(), await app.firm()];
    await one.ok(CREATE, { input: { name: 'One' } });
    await two.ok(CREATE, { input: { name: 'Two' } });
    expect((await feed(one, { least: 1 })).map(({ after }) => after?.name)).toEqual(['One']);
    expect((await feed(two, { least: 1 })).map(({ after }) => after?.name)).toEqual(['Two']);
  });

  it('can be narrowed to kinds of records', async () => {
    const own = await app.firm();
    await own.ok(CREATE, { input: { name: 'C' } });
    await own.ok('mutation { createClientGroup(input: { name: "G" }) { clientGroup { id } } }');
    await feed(own, { least: 3, entities: ['CLIENT', 'CLIENT_GROUP'] });
    expect((await own.ok(FEED, { first: 10, entities: [] })).changes.nodes).toEqual([]);
    expect((await feed(own, { entities: ['CLIENT_GROUP'] })).map(({ entity }) => entity)).toEqual([
      'CLIENT_GROUP',
      'CLIENT_GROUP',
    ]);
  });

  it('has no entry of a write that failed or changed nothing', async () => {
    const own = await app.firm();
    const { client } = (await own.ok(CREATE, { input: { name: 'Quiet', trackingId: 'Q' } })).createClient;
    await own.run(CREATE, { input: { name: 'Quiet', trackingId: 'Q' } });
    await own.run(CREATE, { input: { name: '' } });
    await own.ok('mutation ($id: ID!) { patchClient(by: { id: $id }, input: { name: "Quiet" }) { changedFields } }', {
      id: client.id,
    });
    expect(await feed(own, { least: 1 })).toHaveLength(1);
  });

  it('gives who follows it every write once, in rising order, under 16 writers', async () => {
    const own = await app.firm();
    const written = new Set<string>();
    const met: Change[] = [];
    let writing = true;
    const follow = async () => {
      let after = '0';
      for (;;) {
        const done = !writing;
        const { changes } = await own.ok(FEED, { after, first: 50, entities: ['CLIENT'] });
        met.push(...changes.nodes);
        after = changes.nodes.at(-1)?.sequence ?? after;
        // Once all writers are done, what is not settled yet will be: asked until all of it is there.
        if (done && met.length >= written.size) return;
      }
    };
    const write = async (writer: number) => {
      for (let index = 0; index < 12; index++) {
        const name = `w${writer}-${index}`;
        await own.ok(CREATE, { input: { name } });
        written.add(name);
      }
    };
    const following = follow();
    await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));
    writing = false;
    await following;
    expect(met.map(({ after }) => String(after?.name)).sort()).toEqual([...written].sort());
    const sequences = met.map(({ sequence }) => BigInt(sequence));
    expect(sequences.every((sequence, index) => index === 0 || sequence > (sequences[index - 1] ?? 0n))).toBe(true);
  });

  it('refuses a position that is no whole number', async () => {
    for (const after of ['x', '-1', '1.5', '']) {
      expect((await firm.fails(FEED, { after })).extensions.fields).toMatchObject([{ path: ['after'] }]);
    }
  });
});
