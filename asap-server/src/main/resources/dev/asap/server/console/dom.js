// Elements are made here and nowhere else: what agents say becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg';

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export const byId = (id) => document.getElementById(id);

export const el = (tag, attributes = {}, ...children) => build(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

export const text = (node, value) => {
  if (node.textContent !== value) {
    node.textContent = value;
  }
};

export const chip = (node, tone, value) => {
  node.dataset.tone = tone;
  text(node, value);
};

/** In place of figures that are not there. */
export const instead = (value) => el('p', { class: 'empty' }, value);

export const time = (iso, shown) => el('time', { datetime: iso, title: iso }, shown);

/** Columns are {title, number, of}, the latter giving a text or a node; of the rows, the first ones are shown. */
export function table(caption, columns, all, most = all.length) {
  const rows = all.slice(0, most);
  const side = (column) => (column.number ? 'number' : null);
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    el('table', {},
      el('caption', {}, caption),
      el('thead', {}, el('tr', {}, ...columns.map((column) => el('th', { scope: 'col', class: side(column) }, column.title)))),
      el('tbody', {}, ...rows.map((row) => el('tr', {}, ...columns.map((column, index) =>
        (index === 0 ? el('th', { scope: 'row' }, column.of(row)) : el('td', { class: side(column) }, column.of(row)))))))),
    all.length > most ? instead(`The first ${most} of ${all.length}.`) : null);
}
