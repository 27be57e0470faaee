/** The results as an SVG: for each operation a bar per contender, as long as its rate is a part of the floor's. */
import { CONTENDERS } from './contenders.js';

const WIDTH = 860;
const LEFT = 120;
const BAR = 13;
const GAP = 12;
const SCALE = 500;

const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const text = (x, y, content, more = '') => `<text x="${x}" y="${y}" ${more}>${escaped(content)}</text>`;

export function chart(results) {
  // Nested connections are only drawn where nothing else was measured.
  const isMain = ({ nested }) => !nested;
  const summaries = results.map((one) => ({
    ...one,
    rows: one.rows.some(isMain) ? one.rows.filter(isMain) : one.rows,
  }));
  const parts = [];
  const present = Object.keys(CONTENDERS).filter((name) =>
    summaries.some(({ rows }) => rows.some(({ contender }) => contender === name)),
  );
  let y = 30;
  parts.push(
    text(
      LEFT,
      y,
      'Requests per second on one core, relative to the floor over plain tables',
      'font-size="15" font-weight="600"',
    ),
  );
  y += 22;
  let x = LEFT;
  for (const name of present) {
    const { label, colour } = CONTENDERS[name];
    const width = 40 + label.length * 7;
    if (x + width > WIDTH) {
      x = LEFT;
      y += 18;
    }
    parts.push(`<rect x="${x}" y="${y - 10}" width="12" height="12" rx="2" fill="${colour}"/>`);
    parts.push(text(x + 18, y, label));
    x += width;
  }
  y += 14;
  for (const { provider, rows } of summaries) {
    y += 26;
    parts.push(text(LEFT, y, provider === 'sqlite' ? 'SQLite' : 'Postgres', 'font-size="14" font-weight="600"'));
    y += 10;
    const top = y;
    const bars = [];
    for (const operation of new Set(rows.map((row) => row.operation))) {
      const of = (name) => rows.find((row) => row.operation === operation && row.contender === name);
      // Plain tables have no change feed.
      const floor = (of('floorPlain') ?? of('floor'))?.rate.median;
      const shown = present.map(of).filter(Boolean);
      bars.push(text(LEFT - 10, y + (shown.length * BAR) / 2 + 4, operation, 'text-anchor="end"'));
      for (const { contender, rate, cpu } of shown) {
        const part = floor ? rate.median / floor : 1;
        const length = Math.max(1, Math.min(part, 1.25) * SCALE);
        bars.push(
          `<rect x="${LEFT}" y="${y + 1}" width="${length.toFixed(1)}" height="${BAR - 2}" fill="${CONTENDERS[contender].colour}"/>`,
        );
        const label = `${Math.round(rate.median).toLocaleString('en')}/s${cpu ? `, ${Math.round(cpu.median)} µs` : ''}`;
        bars.push(text((LEFT + length + 6).toFixed(1), y + BAR - 3, label, 'font-size="10" fill="#555"'));
        y += BAR;
      }
      y += GAP;
    }
    for (const part of [0.5, 1]) {
      const at = LEFT + part * SCALE;
      parts.push(
        `<line x1="${at}" y1="${top - 4}" x2="${at}" y2="${y - GAP + 4}" stroke="#d0d4da" stroke-dasharray="3 3"/>`,
      );
      parts.push(text(at, top - 8, part === 1 ? 'floor' : '½', 'text-anchor="middle" font-size="10" fill="#777"'));
    }
    parts.push(...bars);
  }
  const height = y + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<title>Requests per second of Clientele beside its floor and PostGraphile</title>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}
