// Reads the server's JSON routes. What cannot be read is an outcome too: {problem, text}.

// The server lets a client ask 10 times a second unless told otherwise; messages count as well.
const PER_SECOND = 8;
const ATTEMPTS = 4;
const TIMEOUT = 20_000;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Api {
  #token;
  #begun = [];
  #queue = Promise.resolve();

  /** The token of who signed in, or null where nobody has to. It is kept here and goes to this server alone. */
  constructor(token) {
    this.#token = token;
  }

  get signedIn() {
    return this.#token !== null;
  }

  async read(path, query = {}) {
    const search = new URLSearchParams(query).toString();
    for (let attempt = 1; ; attempt++) {
      await this.#turn();
      try {
        const answer = await this.#fetch(search === '' ? path : `${path}?${search}`);
        if (answer.status !== 429 || attempt === ATTEMPTS) {
          return await outcome(answer);
        }
        await sleep(1000 * Math.min(60, Number(answer.headers.get('Retry-After')) || 1));
      } catch (e) {
        return { problem: 'unreachable', text: 'The server does not answer.' };
      }
    }
  }

  /** The latest items of a list that begins with the oldest, and how many there are. */
  async latest(path, query, limit) {
    const first = await this.read(path, { ...query, limit });
    if (first.problem || !(first.data.total > limit)) {
      return first;
    }
    return this.read(path, { ...query, limit, offset: first.data.total - limit });
  }

  #fetch(url) {
    return fetch(url, {
      headers: this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` },
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
  }

  /** One after the other, so that no second sees too many. */
  #turn() {
    this.#queue = this.#queue.then(async () => {
      if (this.#begun.length >= PER_SECOND) {
        await sleep(Math.max(0, this.#begun.shift() + 1000 - performance.now()));
      }
      this.#begun.push(performance.now());
    });
    return this.#queue;
  }
}

async function outcome(answer) {
  if (answer.ok) {
    return { data: await answer.json() };
  }
  const body = await answer.json().catch(() => ({}));
  const detail = typeof body?.detail === 'string' ? body.detail : '';
  switch (answer.status) {
    case 401: return { problem: 'signed-out', text: 'Sign in to see this: the access token is missing, or not valid any more.' };
    case 403: return { problem: 'forbidden', text: `This token does not allow it: ${detail || 'forbidden'}.` };
    case 404: return { problem: 'missing', text: 'Not switched on at this server.' };
    case 429: return { problem: 'limited', text: 'Asked too often: this server limits how many requests a client may send.' };
    default: return { problem: 'failed', text: `The server answered HTTP ${answer.status}${detail ? `: ${detail}` : ''}.` };
  }
}
