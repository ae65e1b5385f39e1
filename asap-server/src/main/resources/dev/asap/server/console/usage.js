// Who worked how much, and for whom; and which rights are granted.
import { byId, el, instead, table, text, time } from './dom.js';
import { WINDOWS, at, count, millis } from './format.js';

const SHOWN = 20;

/** Three sums of the window. */
export async function readUsage(api, window, now) {
  const query = { start: new Date(now - WINDOWS[window].length).toISOString() };
  const [summary, agents, consumers] = await Promise.all(
    ['/usage/summary', '/usage/agents', '/usage/consumers'].map((path) => api.read(path, query)));
  return { summary, agents, consumers };
}

export function showUsage({ summary, agents, consumers }, window) {
  const sum = summary.data;
  text(byId('usage-sum'), sum
    ? `${WINDOWS[window].name}: ${count(sum.total_tasks)} tasks · ${count(sum.total_tokens)} tokens · ${count(sum.total_api_calls)} API calls`
    : '');
  byId('usage-agents').replaceChildren(el('h3', {}, 'By agent'), groups(agents, 'Usage by agent', 'Agent', 'agent_id'));
  byId('usage-consumers').replaceChildren(el('h3', {}, 'By consumer'), groups(consumers, 'Usage by consumer', 'Consumer', 'consumer_id'));
}

function groups(outcome, caption, title, key) {
  if (outcome.problem || outcome.data.data.length === 0) {
    return instead(outcome.text ?? 'Nothing was used in this time.');
  }
  const all = outcome.data.data.sort((a, b) => b.total_tasks - a.total_tasks);
  const most = all[0].total_tasks;
  return table(caption, [
    { title, of: (group) => el('span', { class: 'urn' }, group[key]) },
    { title: 'Tasks', number: true, of: (group) => el('span', { class: 'share' }, bar(group.total_tasks / most), count(group.total_tasks)) },
    { title: 'Tokens', number: true, of: (group) => count(group.total_tokens) },
    { title: 'API calls', number: true, of: (group) => count(group.total_api_calls) },
    { title: 'Time per task', number: true, of: (group) => millis(group.total_duration_ms / Math.max(1, group.total_tasks)) },
  ], all, SHOWN);
}

function bar(share) {
  const node = el('span', { class: 'bar', 'aria-hidden': 'true' });
  node.style.width = `${Math.max(2, Math.round(64 * share))}px`;
  return node;
}

export function showDelegations(outcome) {
  const list = outcome.data;
  byId('delegations').replaceChildren(list && list.length > 0
    ? table('Delegations that you issued and that may be used', [
      { title: 'Delegate', of: (delegation) => el('span', { class: 'urn' }, delegation.delegate || 'not known') },
      { title: 'Token', of: (delegation) => el('code', {}, delegation.id) },
      { title: 'Issued', of: (delegation) => time(delegation.created_at, at(Date.parse(delegation.created_at))) },
      { title: 'Ends', of: (delegation) => (delegation.expires_at
        ? time(delegation.expires_at, at(Date.parse(delegation.expires_at))) : 'not said') },
    ], list)
    : instead(outcome.text ?? 'None that the bearer of this token issued.'));
}
