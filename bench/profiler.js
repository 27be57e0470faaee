/** Loaded into a server by `--import`: SIGUSR2 begins a CPU profile, the next one ends it and writes it to BENCH_PROFILE. */
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const session = new Session();
let running = false;
process.on('SIGUSR2', () => {
  if (!running) {
    running = true;
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 200 });
    session.post('Profiler.start');
    return;
  }
  session.post('Profiler.stop', (error, { profile }) => {
    if (error) throw error;
    const file = process.env.BENCH_PROFILE;
    writeFileSync(`${file}.writing`, JSON.stringify(profile));
    renameSync(`${file}.writing`, file);
  });
  running = false;
});
