// Losses and any other logged number of the selected runs, one chart for each tag.

import { h, replace, logged, empty } from './dom.js';
import { Chart, legendItem, line } from './chart.js';
import { series, tags } from './api.js';
import { refresher } from './refresher.js';

const FIRST = ['objectives/total', 'objectives/image', 'objectives/reward', 'objectives/divergence', 'optimizer/grad_norm',
  'collection/return'];
const LEGEND = 4;

const NAMES = {
  'objectives/total': 'Training loss',
  'objectives/image': 'Image loss',
  'objectives/reward': 'Reward loss',
  'objectives/divergence': 'Divergence',
  'optimizer/grad_norm': 'Gradient norm',
  'collection/return': 'Return while collecting',
  'steps_per_second': 'Updates per second',
};

const UNITS = tag => tag.startsWith('objectives/') || tag.startsWith('test/objectives/') ? 'nats per frame'
  : tag.startsWith('seconds/') ? 'seconds' : tag.includes('return') || tag.startsWith('trainer/') ? 'return' : '';

const wanted = new Set(FIRST);

export function metricsView(root, app) {
  const charts = new Map();
  let log = false;
  let known = [];
  const grid = h('div', { class: 'grid' });
  const blank = h('div');
  const picker = h('div', { class: 'tags' });
  const chooser = h('details', { class: 'chooser' }, h('summary', {}, 'Choose metrics'), picker);
  root.append(
    h('h2', {}, 'Losses and other metrics'),
    h('div', { class: 'controls' },
      h('label', {}, h('input', { type: 'checkbox', onchange: event => { log = event.target.checked; work.ask(); } }), 'Logarithmic'),
      chooser),
    blank, grid);

  // The more lines, the fewer points of each: together they must stay drawable.
  const pointsOf = count => Math.round(Math.min(2000, Math.max(60, 4e6 / (count * count))));

  const work = refresher(async () => {
    const found = await tags();
    if (work.closed) return;
    if (found.join() !== known.join()) {
      known = found;
      showTags();
    }
    const ids = app.chosen;
    replace(blank, ids.length === 0 ? empty('No run is selected', 'Select runs in the list on the left to see their metrics.')
      : known.length === 0 ? empty('No metrics yet', 'The first lines appear when the run has played its first episode.') : null);
    const shown = ids.length === 0 ? [] : [...wanted].filter(tag => known.includes(tag))
      .sort((a, b) => (FIRST.indexOf(a) + 1 || 99) - (FIRST.indexOf(b) + 1 || 99) || a.localeCompare(b));
    for (const [tag, chart] of charts) {
      if (!shown.includes(tag)) {
        chart.close();
        chart.element.remove();
        charts.delete(tag);
      }
    }
    for (const tag of shown) {
      if (!charts.has(tag)) {
        charts.set(tag, new Chart({ title: NAMES[tag] ? `${NAMES[tag]}` : tag, tag, xLabel: 'updates', yLabel: UNITS(tag), height: 190 }));
      }
    }
    if ([...grid.children].some((child, i) => child !== charts.get(shown[i])?.element) || grid.children.length !== shown.length) {
      grid.replaceChildren(...shown.map(tag => charts.get(tag).element));
    }
    for (const tag of shown) {
      const data = await series(tag, ids, pointsOf(ids.length));
      if (work.closed) return;
      show(tag, data);
    }
  });

  function show(tag, data) {
    const lines = data.map(one => ({ label: app.labelOf(one.id), color: app.colorOf(one.id), run: one.id, count: one.count,
      ...line(one.steps, one.values) }));
    const rest = data.length - LEGEND;
    charts.get(tag)?.show(lines, {
      log,
      blank: 'No selected run has this metric.',
      legend: [
        ...data.slice(0, LEGEND).map(one =>
          legendItem(app.colorOf(one.id), app.labelOf(one.id), logged(one.values.at(-1), one.id, tag, one.steps.at(-1)))),
        ...(rest > 0 ? [h('li', {}, `and ${rest} more`)] : []),
      ],
    });
  }

  function showTags() {
    replace(picker, known.map(tag => h('label', {}, h('input', { type: 'checkbox', checked: wanted.has(tag), onchange: event => {
      if (event.target.checked) wanted.add(tag);
      else wanted.delete(tag);
      work.ask();
    } }), tag)));
  }

  return {
    update: (reason, changed) => {
      if (reason !== 'data' || [...changed].some(id => app.selected.has(id))) work.ask();
    },
    close: () => {
      work.close();
      charts.forEach(chart => chart.close());
    },
  };
}
