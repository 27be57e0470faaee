/** The tables of docs/systems.md, as the mappings are. */
import { same } from '../../src/systems/forms.ts';
import type { Mapping } from '../../src/systems/index.ts';

const code = (path: string) => (path === '' ? '–' : `\`${path}\``);

/** The table of a mapping in Markdown. */
export function tableOf({ lines, noPlace }: Mapping): string {
  return [
    '| theirs | ours | how |',
    '| --- | --- | --- |',
    ...lines.map(({ theirs, ours, form, note }) => `| ${code(theirs)} | ${code(ours)} | ${how(form.says, note)} |`),
    ...[...new Set(noPlace.map(({ reason }) => reason))].map((reason) => {
      const fields = noPlace.filter((field) => field.reason === reason).map(({ theirs }) => code(theirs));
      return `| ${fields.join(', ')} | – | ${reason} |`;
    }),
  ].join('\n');
}

function how(says: string, note: string | undefined): string {
  const said = `${says.charAt(0).toUpperCase()}${says.slice(1)}.`;
  if (note === undefined) return said;
  return says === same.says ? note : `${said} ${note}`;
}
