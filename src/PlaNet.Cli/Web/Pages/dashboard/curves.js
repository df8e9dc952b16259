// Learning curves: evaluation scores by experiment with bands across seeds, or run by run.

import { h, replace, table, logged, number, empty } from './dom.js';
import { Chart, legendItem, color, PALETTE } from './chart.js';
import { curves } from './api.js';
import { refresher } from './refresher.js';

const choice = (label, options, change) => h('label', {}, label, h('select', { onchange: event => change(event.target.value) },
  options.map(([value, text]) => h('option', { value }, text))));

export function curvesView(root, app) {
  const settings = { lines: 'groups', band: 'percentiles', x: 'position' };
  const chart = new Chart({ title: 'Evaluation score', tag: 'score', xLabel: 'episodes', yLabel: 'mean return', height: 340 });
  const details = h('div');
  const blank = h('div');
  const content = h('div', {}, chart.element, details);
  const set = name => value => {
    settings[name] = value;
    work.ask();
  };
  const controls = h('div', { class: 'controls' },
    choice('Lines', [['groups', 'experiments, over seeds'], ['runs', 'single runs']], set('lines')),
    choice('Band', [['percentiles', '5 to 95 % of all episodes'], ['bootstrap', '95 % bootstrap of the IQM']], set('band')),
    choice('Axis', [['position', 'episodes'], ['step', 'updates']], set('x')));
  root.append(h('h2', {}, 'Learning curves'), controls, blank, content);
  const work = refresher(async () => {
    const groups = await curves(settings.band, app.chosen);
    if (!work.closed) show(groups);
  });

  // An experiment has the colour of its first run in the list, or the next one that is free.
  function colorsOf(groups) {
    const colors = new Map();
    for (const group of groups) {
      let index = colors.size < PALETTE ? app.colorOf(group.runs[0]?.id) : colors.size;
      for (let tries = 0; tries < PALETTE && [...colors.values()].includes(index % PALETTE); tries++) index++;
      colors.set(group, index % PALETTE);
    }
    return colors;
  }

  function show(groups) {
    const isShared = group => groups.some(other => other.experiment === group.experiment && other.hash !== group.hash);
    const nameOf = group => isShared(group) ? `${group.experiment} ${group.hash.slice(0, 6)}` : group.experiment;
    const some = groups.some(group => group.points.length > 0);
    replace(blank, some ? null : app.chosen.length === 0
      ? empty('No run is selected', 'Select runs in the list on the left to compare their curves.')
      : empty('No evaluation yet',
        'A curve begins with the first evaluation of a selected run. The view Losses shows what it learns until then.'));
    content.hidden = !some;
    if (!some) return;
    const colors = colorsOf(groups);
    const lines = settings.lines === 'groups' ? groups.filter(group => group.points.length > 0).map(group => ({
      label: `${nameOf(group)}, ${group.points.at(-1).seeds} of ${group.runs.length} ${group.runs.length === 1 ? 'seed' : 'seeds'}`,
      color: colors.get(group),
      x: group.points.map(point => point[settings.x]),
      y: group.points.map(point => point.middle),
      low: group.points.map(point => point.low),
      high: group.points.map(point => point.high),
    })) : groups.flatMap(group => group.runs.filter(run => run.points.length > 0).map(run => ({
      label: app.labelOf(run.id),
      color: app.colorOf(run.id),
      run: run.id,
      x: run.points.map(point => point[settings.x]),
      y: run.points.map(point => point.score),
      low: run.points.map(point => point.low),
      high: run.points.map(point => point.high),
    })));
    chart.show(lines, {
      xLabel: settings.x === 'position' ? 'episodes' : 'updates',
      legend: lines.map(line => legendItem(line.color, line.label, h('span', { class: 'value' }, number(line.y.at(-1))))),
    });
    replace(details,
      h('h3', {}, 'Experiments'),
      table(['', 'experiment', 'task', 'hash', 'seeds#', 'after episodes#', settings.band === 'bootstrap' ? 'IQM#' : 'mean#', 'band#'],
        groups.map(group => {
          const last = group.points.at(-1);
          const swatch = h('i', { class: 'swatch' });
          swatch.style.background = settings.lines === 'groups' && last ? color(colors.get(group)) : 'transparent';
          return [swatch, group.experiment, group.task, group.hash, group.runs.length, last?.position,
            last ? number(last.middle) : null, last && last.low !== null ? `${number(last.low)} to ${number(last.high)}` : null];
        })),
      h('p', { class: 'note' }, settings.band === 'bootstrap'
        ? 'Computed from the scores of the seeds: the interquartile mean, and its 95 % percentile interval by the bootstrap over seeds. '
          + 'With few seeds it is too narrow; a single seed has none.'
        : 'Computed from the returns of all evaluation episodes of all seeds: their mean, and their percentiles 5 and 95.'),
      h('h3', {}, 'Runs'),
      table(['run', 'seed#', 'evaluations#', 'after episodes#', 'updates#', 'score#', '5 %#', '95 %#'],
        groups.flatMap(group => group.runs).filter(run => app.runs.has(run.id)).map(run => {
          const last = run.points.at(-1);
          const at = tag => last ? [run.id, `trainer/test/${tag}`, last.step] : [];
          return [app.runs.get(run.id).name, app.runs.get(run.id).seed, run.points.length, last?.position, last?.step,
            last ? logged(last.score, ...at('score')) : null,
            last ? logged(last.low, ...at('percentile_5')) : null,
            last ? logged(last.high, ...at('percentile_95')) : null];
        })));
  }

  return {
    update: (reason, changed) => {
      if (reason !== 'data' || [...changed].some(id => app.selected.has(id))) work.ask();
    },
    close: () => {
      work.close();
      chart.close();
    },
  };
}
