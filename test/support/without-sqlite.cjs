// Preloaded into a command: this Node has no SQLite, and the driver that stands in for it could not be installed.
const Module = require('node:module');

const { getBuiltinModule } = process;
process.getBuiltinModule = (id) => (id === 'node:sqlite' ? undefined : getBuiltinModule?.(id));

const load = Module._load;
Module._load = (request, ...rest) => {
  if (request !== 'better-sqlite3-node20') return load(request, ...rest);
  throw Object.assign(new Error(`Cannot find module '${request}'`), { code: 'MODULE_NOT_FOUND' });
};
