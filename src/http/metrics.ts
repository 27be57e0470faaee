/** Numbers about requests for Prometheus. Labels are few and hold nothing of what callers send. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { EdgePlugin, Exchange } from './exchange.ts';

export interface Metrics {
  /** `GET /metrics`. */
  plugin: EdgePlugin;
  /** Counts a request that was answered. */
  count(exchange: Exchange): void;
}

export type ShareMetrics = (own: Registry) => () => Promise<string>;

/** Metrics with a registry of their own, which `share` adds to those of other processes. */
export function createMetrics(share?: ShareMetrics): Metrics {
  const registry = new Registry();
  const labelNames = ['operation', 'status'] as const;
  const requests = new Counter({
    name: 'clientele_graphql_requests_total',
    help: 'GraphQL requests answered, by type of operation and HTTP status.',
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'clientele_graphql_request_duration_seconds',
    help: 'Time from a GraphQL request to its answer, by type of operation and HTTP status.',
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  // Resolving labels anew for each request costs more than counting.
  const series = new Map<string, { count: Counter.Internal; duration: Histogram.Internal<string> }>();
  let processIsMeasured = false;
  function measureProcess(): void {
    if (!processIsMeasured) collectDefaultMetrics({ register: registry });
    processIsMeasured = true;
  }

  async function ownText(): Promise<string> {
    // On the first scrape: the collectors cannot be taken down again, and a server that only tests use needs none.
    measureProcess();
    return registry.metrics();
  }

  // Any of the processes may be asked for the numbers of all.
  if (share) measureProcess();
  const text = share?.(registry) ?? ownText;

  return {
    plugin: {
      onRequest({ serverContext, request, fetchAPI, endResponse }) {
        if (serverContext.exchange?.path !== '/metrics' || request.method !== 'GET') return;
        return text().then((body) =>
          endResponse(new fetchAPI.Response(body, { headers: { 'content-type': registry.contentType } })),
        );
      },
    },
    count({ path, operation, status, startedAt }) {
      if (path !== '/graphql') return;
      const labels = { operation: operation?.operation ?? 'none', status: String(status) };
      const key = `${labels.operation} ${labels.status}`;
      let one = series.get(key);
      if (one === undefined) {
        one = { count: requests.labels(labels), duration: durations.labels(labels) };
        series.set(key, one);
      }
      one.count.inc();
      one.duration.observe((performance.now() - startedAt) / 1000);
    },
  };
}
