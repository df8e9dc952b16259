// The actors of one run: roles, restarts, mailboxes and time, from live.json; counts and times of the work from the metrics.

import { h, replace, table, bar, number, grouped, duration, bytes, percent, ago, empty } from './dom.js';
import { ofRun } from './api.js';
import { refresher } from './refresher.js';

const total = (roles, name) => roles?.reduce((sum, role) => sum + (role[name] ?? 0), 0) ?? null;

export function systemView(root, app) {
  const content = h('div');
  root.append(content);
  const work = refresher(async () => {
    const run = app.focused;
    if (!run) {
      replace(content, empty('No run', 'Choose a run in the list on the left.'));
      return;
    }
    const [live, times] = await Promise.all([ofRun(run.id, 'live'), ofRun(run.id, 'times')]);
    if (!work.closed && run.id === app.focus) show(app.focused ?? run, live, times ?? []);
  });

  function show(run, live, times) {
    const busiest = Math.max(...(live?.roles ?? []).map(role => role.busy_seconds ?? 0), 1e-9);
    const work = Math.max(times.reduce((sum, time) => sum + time.seconds, 0), 1e-9);
    const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
    replace(content,
      h('h2', {}, `Actors of ${app.labelOf(run.id)}`),
      h('dl', { class: 'facts' },
        fact('state', run.status),
        fact('done', run.fraction === null ? '–' : percent(run.fraction)),
        fact('time left', run.status === 'running' ? duration(run.seconds_left) : '–'),
        fact('updates', grouped(run.updates)),
        fact('updates per second', number(live?.updates_per_second)),
        fact('decisions per second', number(live?.decisions_per_second)),
        fact('memory', bytes(live?.memory_bytes)),
        fact('restarts', number(run.restarts ?? total(live?.roles, 'restarts'))),
        fact('dead letters', number(run.dead_letters)),
        fact('process', number(live?.pid))),
      run.reason ? h('p', { class: 'reason' }, run.reason) : null,
      h('h3', {}, 'Roles'),
      live && live.roles.length > 0 ? [
        table(['role', 'doing', 'restarts#', 'mailbox#', 'messages#', 'busy#', ''], live.roles.map(role => [
          role.name, role.doing, number(role.restarts), number(role.mailbox), grouped(role.messages), duration(role.busy_seconds),
          bar((role.busy_seconds ?? 0) / busiest, 'busy')])),
        h('p', { class: 'note' }, run.status === 'running' ? `From live.json, written ${ago(live.time)}.`
          : `From live.json, written ${ago(live.time)}: the run is ${run.status}, and its actors have ended.`),
      ] : empty('Not known',
        'The run has no live.json, which holds the state of its actors: it has not started, or an older version of the program made it.'),
      h('h3', {}, 'Time of the work'),
      times.length > 0 ? [
        table(['work', 'times#', 'seconds#', 'each#', ''], times.map(time => [
          time.tag.replace('seconds/', ''), grouped(time.count), number(time.seconds), `${number(1000 * time.seconds / time.count)} ms`,
          bar(time.seconds / work, percent(time.seconds / work))])),
        h('p', { class: 'note' },
          'Sums over metrics.jsonl. Work that overlaps is counted in full, so the sum can exceed the time that passed.'),
      ] : empty('No work yet', 'The first line appears when the run has played its first episode.'));
  }

  return {
    update: (reason, changed) => {
      if (reason !== 'data' || changed.has(app.focus)) work.ask();
    },
    close: () => work.close(),
  };
}
