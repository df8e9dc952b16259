// What the agent of one run does: its latest videos, what its model predicts, and how its planner decided last.

import { h, replace, number, table, bar, empty, ago } from './dom.js';
import { Chart, legendItem } from './chart.js';
import { ofRun, fileAddress } from './api.js';
import { refresher } from './refresher.js';

const HISTORY = 500;

// Most choices whose probabilities are shown.
const CHOICES = 10;

export function agentView(root, app) {
  const heading = h('h2');
  const videos = h('div', { class: 'videos' });
  const decision = h('div');
  const belief = new Chart({ title: 'Belief over actions', tag: 'belief', xLabel: 'step of the plan', yLabel: 'action', height: 200 });
  const plan = new Chart({
    title: 'Predicted rewards of the plan', tag: 'plan', xLabel: 'step of the plan', yLabel: 'reward', height: 200,
  });
  const rewards = new Chart({ title: 'Predicted and real reward', tag: 'rewards', xLabel: 'decision', yLabel: 'reward', height: 200 });
  const charts = h('div', { class: 'grid three' }, belief.element, plan.element, rewards.element);
  root.append(heading, videos, h('h3', {}, 'Last decision'), decision, charts);
  let [shownFiles, run, seen, last] = [null, null, [], null];
  const chosen = { evaluation: null, prediction: null };

  const work = refresher(async () => {
    const id = app.focus;
    if (!id) {
      replace(videos, empty('No run', 'Choose a run in the list on the left.'));
      charts.hidden = true;
      return;
    }
    if (id !== run) {
      [run, seen, last, shownFiles] = [id, [], null, null];
      chosen.evaluation = chosen.prediction = null;
    }
    heading.textContent = `Agent of ${app.labelOf(id)}`;
    const [files, live] = await Promise.all([ofRun(id, 'files'), ofRun(id, 'live')]);
    if (work.closed || id !== app.focus) return;
    showFiles(id, files ?? []);
    showDecision(live);
  });

  function showFiles(id, files) {
    const key = JSON.stringify([id, files, chosen]);
    if (key === shownFiles) return;
    shownFiles = key;
    replace(videos,
      film(id, files, 'evaluation', 'Evaluation', 'No evaluation video yet: the first one is made at the first evaluation.'),
      film(id, files, 'prediction', 'Open-loop prediction', 'No prediction yet: the first one is made at the first evaluation.'));
  }

  // The newest of a kind, or the one that was chosen. A GIF is preferred to the picture of the same moment.
  function film(id, files, kind, title, missing) {
    const own = files.filter(file => file.kind === kind);
    const moving = own.filter(file => !file.name.endsWith('.png'));
    const all = moving.length > 0 ? moving : own;
    const file = all.find(one => one.name === chosen[kind]) ?? all[0];
    const strip = file && own.find(one => one.name.endsWith('.png') && one.episodes === file.episodes);
    return h('figure', { class: 'film', data: { kind } },
      h('figcaption', {}, title, file ? h('select', { 'aria-label': `${title}: which one`, onchange: event => {
        chosen[kind] = event.target.value;
        showFiles(id, files);
      } }, all.map((one, i) => h('option', { value: one.name, selected: one === file },
        one.episodes === null ? one.name : `after ${one.episodes} episodes${i === 0 ? ', newest' : ''}`))) : null),
      !file ? h('p', { class: 'blank' }, missing)
        : file.name.endsWith('.mp4') ? h('video', { src: fileAddress(id, file), controls: true, loop: true, muted: true, autoplay: true })
        : h('img', { src: fileAddress(id, file), alt: `${title}, ${file.name}` }),
      kind === 'prediction' && file
        ? h('p', { class: 'note' }, 'Above what happened, below it what the model predicts from the actions alone, at the bottom the difference.') : null,
      strip && strip !== file
        ? h('a', { href: fileAddress(id, strip), target: '_blank', rel: 'noopener' }, 'as a strip of pictures') : null);
  }

  function showDecision(live) {
    const now = live?.decision ?? null;
    charts.hidden = now === null;
    if (now === null) {
      replace(decision, empty('Not known', live
        ? 'The planner has made no decision yet: seed episodes are played with random actions.'
        : 'The run has no live.json, which holds the last decision: it has not started, or an older version of the program made it.'));
      return;
    }
    replace(decision, table(['task', 'episode#', 'decision#', 'action#', 'predicted reward#', 'real reward#', 'written'], [[
      now.task, number(now.episode), number(now.decision), actionText(now),
      number(now.predicted_reward), number(now.reward), ago(live.time)]]), now.discrete ? probabilities(now.belief_mean[0] ?? []) : null);
    const [steps, size] = [now.belief_mean.map((_, i) => i + 1), now.belief_mean[0]?.length ?? 0];
    const hasSpread = now.belief_std.length === now.belief_mean.length && (now.belief_std[0]?.length ?? 0) === size;
    const shown = now.discrete ? mostProbable(now.belief_mean[0] ?? []) : Array.from({ length: size }, (_, a) => a);
    const dimensions = shown.map(a => ({
      label: now.discrete ? `choice ${a}` : size === 1 ? 'action' : `action ${a + 1}`,
      color: a,
      x: steps,
      y: now.belief_mean.map(row => row[a]),
      ...(hasSpread ? {
        low: now.belief_mean.map((row, i) => row[a] - now.belief_std[i][a]),
        high: now.belief_mean.map((row, i) => row[a] + now.belief_std[i][a]),
      } : {}),
    }));
    belief.show(dimensions, {
      blank: 'This planner has no belief over actions.',
      yLabel: now.discrete ? 'probability' : 'action',
      legend: [
        ...dimensions.slice(0, 6).map(one => legendItem(one.color, one.label, null)),
        h('li', {}, !now.discrete ? 'line: mean; band: one standard deviation'
          : size > shown.length ? `the ${shown.length} choices that are most probable now, of ${size}` : 'line: probability'),
      ],
    });
    plan.show([{ label: 'predicted', color: 0, x: now.predicted_rewards.map((_, i) => i + 1), y: now.predicted_rewards }],
      { blank: 'No predicted rewards were written.' });
    const mark = `${now.episode}/${now.decision}`;
    if (mark !== last && now.reward !== null && now.predicted_reward !== null) {
      if (seen.length > 0 && now.episode !== seen.at(-1).episode) seen = [];
      last = mark;
      seen = [...seen, now].slice(-HISTORY);
    }
    const at = seen.map(one => one.decision);
    rewards.show([
      { label: 'predicted', color: 0, x: at, y: seen.map(one => one.predicted_reward) },
      { label: 'real', color: 1, x: at, y: seen.map(one => one.reward) },
    ], {
      blank: 'No step of an episode has been seen yet.',
      legend: [legendItem(0, 'predicted', null), legendItem(1, 'real', null), h('li', {}, 'this episode, since the page was opened')],
    });
  }

  function actionText(now) {
    return now.discrete ? `choice ${now.action.indexOf(1)} of ${now.action.length}` : now.action.map(number).join(', ') || null;
  }

  // Indices of the most probable choices, in their order.
  function mostProbable(row) {
    return row.map((p, choice) => [p, choice]).sort((a, b) => b[0] - a[0]).slice(0, CHOICES).map(one => one[1]).sort((a, b) => a - b);
  }

  function probabilities(row) {
    return table(['choice#', 'probability#', ''], mostProbable(row).map(choice =>
      [number(choice), number(row[choice]), bar(row[choice], `choice ${choice}: ${number(row[choice])}`)]));
  }

  return {
    update: (reason, changed) => {
      if (reason !== 'data' || changed.has(app.focus)) work.ask();
    },
    close: () => {
      work.close();
      [belief, plan, rewards].forEach(chart => chart.close());
    },
  };
}
