// The cluster of --join: its nodes, its grids and cells, and its collectors.

import { h, replace, table, bar, duration, percent, grouped, empty } from './dom.js';
import { get } from './api.js';
import { refresher } from './refresher.js';

export function clusterView(root) {
  const content = h('div');
  root.append(h('h2', {}, 'Cluster'), content);
  const work = refresher(async () => {
    const cluster = await get('/api/cluster');
    if (!work.closed) show(cluster);
  });
  const timer = setInterval(() => work.ask(), 3000);

  function show(cluster) {
    if (!cluster || cluster.problem) {
      replace(content, empty('The cluster does not answer', cluster?.problem ?? 'The connection to the server of this page is lost.'));
      return;
    }
    const collectors = cluster.nodes.filter(node => node.collector_episodes !== null);
    replace(content,
      h('h3', {}, 'Nodes'),
      table(['node', 'roles', 'state', 'up#', 'load#', 'runs#', 'restarts#'], cluster.nodes.map(node => [
        node.address, node.roles, h('span', { class: 'state', data: { status: node.state } }, node.state), duration(node.up_seconds),
        node.load === null ? null : percent(node.load), node.slots === null ? null : `${node.runs} of ${node.slots}`, node.restarts])),
      h('h3', {}, 'Collectors'),
      collectors.length > 0
        ? table(['node', 'plays for', 'decision#', 'episodes#'], collectors.map(node => [
          node.address, node.collector_run ?? 'none',
          node.collector_run ? `${node.collector_decision} of ${node.collector_decisions}` : null,
          grouped(node.collector_episodes)]))
        : h('p', { class: 'note' }, 'No node is a collector. planet node --join HOST:PORT --roles collector adds one.'),
      h('h3', {}, 'Grids'),
      cluster.grids.length > 0
        ? table(['grid', 'progress', ''], cluster.grids.map(grid => [grid.name, grid.line, bar(grid.fraction, percent(grid.fraction))]))
        : h('p', { class: 'note' }, 'The cluster runs no grid.'),
      cluster.cells.length > 0 ? [
        h('h3', {}, 'Cells'),
        table(['run', 'state', 'node', 'claim#', 'progress', 'left#', 'last failure'], cluster.cells.map(cell => [
          cell.name, h('span', { class: 'state', data: { status: cell.status } }, cell.status), cell.owner || null, cell.epoch,
          bar(cell.fraction, percent(cell.fraction)), duration(cell.seconds_left), cell.reason || null])),
      ] : null);
  }

  return {
    update: reason => {
      if (reason !== 'data') work.ask();
    },
    close: () => {
      clearInterval(timer);
      work.close();
    },
  };
}
