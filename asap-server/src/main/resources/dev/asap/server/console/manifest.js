// Who the agent is, what it promises, and how it is.
import { byId, chip, el, instead, text } from './dom.js';
import { span } from './format.js';

/** A signed manifest comes in a wrapper. */
export const manifestOf = (document) => (document.manifest && document.signature ? document.manifest : document);

export function showManifest(outcome) {
  if (outcome.problem) {
    byId('manifest').replaceChildren(instead(outcome.text));
    return;
  }
  const manifest = manifestOf(outcome.data);
  text(byId('agent-name'), manifest.name);
  text(byId('agent-version'), manifest.version);
  text(byId('agent-id'), manifest.id);
  document.title = `${manifest.name} · ASAP console`;
  const skills = manifest.capabilities.skills;
  byId('manifest').replaceChildren(
    el('p', {}, manifest.description),
    el('h3', {}, 'Promises'),
    promises(manifest.sla),
    el('h3', {}, `Skills (${skills.length})`),
    skills.length === 0 ? instead('None declared.') : el('ul', { class: 'skills' }, ...skills.map((skill) =>
      el('li', {}, el('code', {}, skill.id), el('span', {}, skill.description)))),
    el('h3', {}, 'Endpoint'),
    pairs([
      ['Messages', el('code', {}, manifest.endpoints.asap)],
      ['Protocol', manifest.capabilities.asap_version],
      ['Callers show', manifest.auth?.schemes?.join(', ') || 'nothing'],
      ['Signature', outcome.data.signature && outcome.data.manifest ? `Ed25519, ${outcome.data.signature.trust_level}` : 'none'],
    ]));
}

function promises(sla) {
  const kept = sla === null || sla === undefined ? [] : [
    ['Availability', sla.availability && `at least ${sla.availability}`],
    ['p95 latency', sla.max_latency_p95_ms !== null && `at most ${sla.max_latency_p95_ms} ms`],
    ['Error rate', sla.max_error_rate && `at most ${sla.max_error_rate}`],
    ['Support', sla.support_hours],
  ].filter(([, promise]) => promise);
  return kept.length === 0 ? instead('This agent promises nothing.') : pairs(kept);
}

const pairs = (entries) => el('dl', {}, ...entries.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));

export function showHealth(outcome) {
  if (outcome.problem) {
    chip(byId('health'), 'bad', outcome.problem === 'unreachable' ? 'unreachable' : outcome.text);
  } else {
    const { status, uptime_seconds: uptime } = outcome.data;
    chip(byId('health'), status === 'healthy' ? 'good' : 'bad', `${status} · up ${span(1000 * (uptime ?? 0))}`);
  }
}
