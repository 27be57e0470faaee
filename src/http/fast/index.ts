export { createDirect, useDirectResult } from './direct.ts';
