#!/usr/bin/env node
import { build } from './build.js';

try {
  build();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await import('../dist/cli/main.js');
