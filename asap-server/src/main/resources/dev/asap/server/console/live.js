// Follows breaches over the server's socket, and comes back with growing pauses when it breaks off.

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
// Three of the server's heartbeats, and a little.
const SILENCE = 95_000;

export function follow({ onBreach, onOpen, onClosed }) {
  let failures = 0;
  let watchdog = null;

  function connect() {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/asap/ws`);
    const listen = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => socket.close(), SILENCE);
    };
    socket.addEventListener('open', () => {
      listen();
      socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'sla.subscribe', id: 'console' }));
    });
    socket.addEventListener('message', ({ data }) => {
      listen();
      const frame = parsed(data);
      if (frame?.type === 'ping') {
        socket.send('{"type":"pong"}');
      } else if (frame?.result?.subscribed === true) {
        failures = 0;
        onOpen();
      } else if (frame?.method === 'sla.breach' && typeof frame.params?.breach?.id === 'string') {
        onBreach(frame.params.breach);
      }
    });
    socket.addEventListener('close', () => {
      clearTimeout(watchdog);
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++) * (0.75 + Math.random() / 2);
      onClosed(pause);
      setTimeout(connect, pause);
    });
  }

  connect();
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch (e) {
    return null;
  }
}
