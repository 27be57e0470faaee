/** GraphiQL at GET /graphql: the page, its scripts and its workers all come from this process. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EdgePlugin, ServerContext } from './exchange.ts';
import { GRAPHQL_PATH } from './routes.ts';

/** An operation that the page shows in a tab. Its title is the name of the operation. */
export interface Example {
  title: string;
  query: string;
  variables?: Record<string, unknown>;
  headers?: Record<string, string>;
}

export interface GraphiqlOptions {
  examples: readonly Example[];
  /** Whether the server listens on this machine only. */
  local: boolean;
  /** Put into the headers of every tab, for a browser on this machine and no other. Needs `local`. */
  token: string | undefined;
}

interface Asset {
  type: string;
  plain: Uint8Array<ArrayBuffer>;
  zipped: Uint8Array<ArrayBuffer>;
}

interface Assets {
  /** Changes with the content, so that browsers may keep each file for good. */
  version: string;
  files: ReadonlyMap<string, Asset>;
}

const ASSETS_PATH = '/graphiql/';

/** Serves the page to browsers, without a token: what it then sends carries one. */
export function useGraphiql(options: GraphiqlOptions): EdgePlugin {
  let loading: Promise<Assets> | undefined;
  const assets = () => {
    loading ??= loadAssets();
    return loading;
  };

  return {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      if (request.method !== 'GET') return;
      const path = serverContext.exchange?.path;
      const wantsPage = request.headers.get('accept')?.includes('text/html') ?? false;
      if (path === GRAPHQL_PATH || path === `${GRAPHQL_PATH}/`) {
        if (!wantsPage) return;
        const { version } = await assets();
        const local = options.local && isFromThisMachine(request, serverContext);
        const html = page(version, { ...options, local, token: local ? options.token : undefined });
        endResponse(new fetchAPI.Response(html, { headers: { ...pageHeaders } }));
      } else if (path === '/') {
        // Who types the address that the server printed, without its path, means this page.
        if (!wantsPage) return;
        endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: GRAPHQL_PATH } }));
      } else if (path?.startsWith(ASSETS_PATH)) {
        const file = (await assets()).files.get(path.slice(ASSETS_PATH.length));
        if (file === undefined) return;
        const zipped = request.headers.get('accept-encoding')?.includes('gzip') ?? false;
        endResponse(
          new fetchAPI.Response(zipped ? file.zipped : file.plain, {
            headers: {
              'content-type': file.type,
              'cache-control': 'public, max-age=31536000, immutable',
              vary: 'accept-encoding',
              ...(zipped && { 'content-encoding': 'gzip' }),
            },
          }),
        );
      }
    },
  };
}

/** Has the browser itself refuse whatever is not from this server. Copied for each answer, which adds its own to it. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/**
 * Whether the page goes to a person's browser on this machine, so that it may hold a token. Not to another machine (the peer), not through a proxy
 * (its headers), not to a page of another site that reads ours (Origin, Sec-Fetch-Dest) or that has its own name point
 * to this machine (Host).
 */
function isFromThisMachine(request: Request, { req }: ServerContext): boolean {
  const { headers } = request;
  const peer = req?.socket?.remoteAddress;
  const destination = headers.get('sec-fetch-dest');
  return (
    peer !== undefined &&
    /^(::1|(::ffff:)?127(\.\d+){3})$/.test(peer) &&
    /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(headers.get('host') ?? '') &&
    (destination === null || destination === 'document') &&
    !['origin', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some((name) =>
      headers.has(name),
    )
  );
}

/** Whether a server that listens on `host` is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

async function loadAssets(): Promise<Assets> {
  // 9 MB of text: read when somebody opens the page, not by every process at start.
  const { js, css, favicon, editorWorkerService, jsonWorker, graphqlWorker } = await import(
    '@graphql-yoga/render-graphiql/graphiql'
  );
  const script = 'text/javascript; charset=utf-8';
  const icon = Buffer.from(favicon.slice(favicon.indexOf(',') + 1), 'base64');
  const sources: [name: string, type: string, content: Uint8Array<ArrayBuffer>][] = [
    ['graphiql.js', script, Buffer.from(js)],
    ['graphiql.css', 'text/css; charset=utf-8', Buffer.from(css)],
    ['editor.worker.js', script, Buffer.from(editorWorkerService)],
    ['json.worker.js', script, Buffer.from(jsonWorker)],
    ['graphql.worker.js', script, Buffer.from(graphqlWorker)],
    ['favicon', /^data:([^;,]+)/.exec(favicon)?.[1] ?? 'image/x-icon', icon],
  ];
  const hash = createHash('sha256');
  const files = new Map<string, Asset>();
  for (const [name, type, plain] of sources) {
    hash.update(plain);
    files.set(name, { type, plain, zipped: new Uint8Array(await promisify(gzip)(plain)) });
  }
  return { version: hash.digest('hex').slice(0, 12), files };
}

function page(version: string, { examples, local, token }: GraphiqlOptions): string {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const tabs = examples.map(({ query, variables, headers }) => ({
    query,
    variables: variables === undefined ? '' : JSON.stringify(variables, null, 2),
    headers: JSON.stringify({ ...authorization, ...headers }, null, 2),
  }));
  const options = {
    title: 'Clientele',
    endpoint: GRAPHQL_PATH,
    defaultTabs: tabs,
    defaultHeaders: JSON.stringify(authorization, null, 2),
    // A reload restores the tabs from the browser's storage, with their headers only if those are stored too.
    shouldPersistHeaders: local,
  };
  const tokenHash = token && createHash('sha256').update(token).digest('hex').slice(0, 16);
  const asset = (name: string) => `${ASSETS_PATH}${name}?v=${version}`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Clientele</title>
    <link rel="icon" href="${asset('favicon')}" />
    <link rel="stylesheet" href="${asset('graphiql.css')}" />
    <style>
      .graphiql-tab { transform: none !important; }
    </style>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script>
      const workers = ${inScript({
        editorWorkerService: asset('editor.worker.js'),
        json: asset('json.worker.js'),
        graphql: asset('graphql.worker.js'),
      })};
      self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => workers[label] };
      const options = ${inScript(options)};
      // Tabs that were stored with an older token would go on sending it.
      const tokenHash = ${inScript(tokenHash ?? null)};
      if (tokenHash !== null && localStorage.getItem('clientele:token') !== tokenHash) {
        localStorage.clear();
        localStorage.setItem('clientele:token', tokenHash);
      }
      // GraphiQL's tabs can be dragged, and those that were not yet are drawn aside as soon as they are pressed: the click
      // then meets nothing. So they stay where they are (the style above) and are not dragged.
      addEventListener('pointerdown', (event) => {
        if (event.target instanceof Element && event.target.closest('.graphiql-tab')) event.stopPropagation();
      }, true);
      // GraphiQL opens the tab that equals these three, and leaves variables empty or opens a new tab when none does.
      const stored = JSON.parse(localStorage.getItem('graphiql:tabState'));
      const active = stored ? stored.tabs[stored.activeTabIndex] : options.defaultTabs[0];
      const linked = new URL(location.href).searchParams.get('query');
      if (active && (linked === null || linked === active.query)) {
        for (const part of ['query', 'variables', 'headers']) {
          localStorage.setItem('graphiql:' + part, active[part] ?? '');
        }
      }
    </script>
    <script src="${asset('graphiql.js')}"></script>
    <script>
      YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
    </script>
  </body>
</html>
`;
}

/** JSON that cannot end the script element it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
