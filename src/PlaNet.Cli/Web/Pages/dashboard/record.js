// The record of one run's experiment, and its difference to another run's.

import { h, replace, table, empty } from './dom.js';
import { ofRun, difference } from './api.js';
import { refresher } from './refresher.js';

export function recordView(root, app) {
  let other = '';
  let [options, shown] = ['', ''];
  const heading = h('h2');
  const about = h('p', { class: 'note' });
  const select = h('select', { onchange: event => { other = event.target.value; work.ask(); } });
  const onlyChanged = h('input', { type: 'checkbox', onchange: () => work.ask() });
  const differences = h('div', { id: 'difference' });
  const content = h('div');
  root.append(heading, about, h('div', { class: 'controls' }, h('label', {}, 'Compare with', select),
    h('label', {}, onlyChanged, 'Only options that are not at their default')), differences, content);

  const work = refresher(async () => {
    const id = app.focus;
    if (!id) {
      replace(content, empty('No run', 'Choose a run in the list on the left.'));
      return;
    }
    if (!app.runs.has(other) || other === id) other = '';
    const others = app.order.filter(one => one !== id);
    const key = JSON.stringify([id, others, other]);
    if (key !== options) {
      options = key;
      replace(select, h('option', { value: '' }, others.length > 0 ? 'no other run' : 'there is no other run'),
        others.map(one => h('option', { value: one, selected: one === other }, app.runs.get(one).name)));
    }
    const [record, found] = await Promise.all([ofRun(id, 'record'), other ? difference(id, other) : null]);
    if (work.closed || id !== app.focus) return;
    const next = JSON.stringify([record, found, other, onlyChanged.checked]);
    if (next === shown) return;
    shown = next;
    heading.textContent = `Experiment of ${app.labelOf(id)}`;
    about.textContent = record?.description ?? '';
    replace(differences, !other || !found ? null : [
      h('h3', {}, 'Difference'),
      found.length === 0
        ? h('p', { class: 'note' }, 'None: the two experiments have the same options. Their runs differ in the seed, if in anything.')
        : table(['option', app.runs.get(id).name, app.runs.get(other).name],
          found.map(one => [h('code', {}, one.path), one.before, one.after])),
    ]);
    if (!record) {
      replace(content, empty('Not readable', 'The record of this run cannot be read at the moment.'));
      return;
    }
    // Both are said above.
    const listed = record.options.filter(one => one.path !== 'name' && one.path !== 'description')
      .filter(one => !onlyChanged.checked || one.value !== one.default);
    replace(content,
      h('h3', {}, 'Options'),
      table(['option', 'value', 'default'], listed.map(one => ({
        class: one.value !== one.default ? 'changed' : null,
        cells: [h('code', {}, one.path), one.value === '' ? '–' : one.value, one.default === '' ? '–' : one.default],
      }))),
      h('h3', {}, 'Started with'),
      Object.keys(record.started_with).length > 0
        ? table(['fact', 'value'], Object.entries(record.started_with))
        : h('p', { class: 'note' }, 'The versions and the device were not recorded.'));
  }, 300);

  return {
    update: (reason, changed) => {
      if (reason !== 'data' || changed.has(app.focus)) work.ask();
    },
    close: () => work.close(),
  };
}
