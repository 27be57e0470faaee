/** Holds processes to a share of a core each, by control groups of either version; takes root. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Short, so that a process that is held up is not so for long. */
const PERIOD = 10_000;

const v2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
const root = v2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpu';

/** Gives each process `share` of a core at most, until the function that is answered is called. */
export function holdTo(share, pids) {
  const groups = pids.map((pid) => {
    const group = join(root, `clientele-bench-${pid}`);
    mkdirSync(group);
    const quota = Math.round(PERIOD * share);
    if (v2) {
      writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD}`);
    } else {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
    }
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    return { group, pid };
  });
  return () => {
    for (const { group, pid } of groups) {
      writeFileSync(join(root, 'cgroup.procs'), String(pid));
      rmdirSync(group);
    }
  };
}
