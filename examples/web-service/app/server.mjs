import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export const MAX_UPLOAD_BYTES = 1024 * 1024;

// No slash, no percent sign and no leading dot: a valid name cannot leave the directory, needs no
// escaping in HTML or headers, and cannot meet a temporary file.
const NAME = /^(?!\.)[A-Za-z0-9._-]{1,100}$/;

class HttpError extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const writeLine = (entry) => console.log(JSON.stringify(entry));

export function createApp({ uploadsDir, token, log = writeLine }) {
  // In the uploads directory itself, because a rename is atomic only within one file system, and because the root
  // file system is read-only.
  const temporaryPath = () => join(uploadsDir, `.tmp-${randomUUID()}`);

  const routes = [
    { pattern: /^\/$/, GET: index },
    { pattern: /^\/health$/, GET: health },
    { pattern: /^\/uploads\/(.*)$/s, GET: download, PUT: upload, DELETE: remove },
  ];

  async function index(req, res) {
    const entries = await readdir(uploadsDir, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() && NAME.test(entry.name)).map((entry) => entry.name);
    const items = names.sort().map((name) => `<li><a href="/uploads/${name}">${name}</a></li>`);
    const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Uploads</title></head>
<body>
<h1>Uploads</h1>
${items.length > 0 ? `<ul>\n${items.join('\n')}\n</ul>` : '<p>Nothing here yet.</p>'}
</body>
</html>
`;
    send(res, 200, body, { 'Content-Type': 'text/html; charset=utf-8' });
  }

  async function health(req, res) {
    // A real write: permission bits alone say nothing about a full disk or a network file system that refuses writes.
    const probe = temporaryPath();
    try {
      await writeFile(probe, '', { flag: 'wx' });
      await unlink(probe);
    } catch (error) {
      log({ level: 'error', message: 'uploads directory is not writable', error: error.message });
      return sendJson(res, 503, { status: 'unavailable', reason: `uploads directory is not writable (${error.code})` });
    }
    sendJson(res, 200, { status: 'ok' });
  }

  async function download(req, res, encodedName) {
    const name = validName(encodedName);
    const file = await open(join(uploadsDir, name)).catch(notFoundIfMissing);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new HttpError(404, 'not found');
      writeHead(res, 200, {
        // Uploads are untrusted: a browser must save them, never render them on this origin.
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': `attachment; filename="${name}"`,
        'Content-Length': stats.size,
      });
      if (req.method === 'HEAD') return void res.end();
      await pipeline(file.createReadStream({ autoClose: false }), res);
    } finally {
      await file.close();
    }
  }

  async function upload(req, res, encodedName) {
    authorize(req);
    const name = validName(encodedName);
    if (Number(req.headers['content-length']) > MAX_UPLOAD_BYTES) throw tooLarge();
    const path = join(uploadsDir, name);
    const temporary = temporaryPath();
    try {
      // Flushed before the rename, so that a crash cannot leave a complete name on incomplete content.
      await writeFile(temporary, limited(req), { flag: 'wx', flush: true });
      const existed = await stat(path).then(
        () => true,
        () => false,
      );
      await rename(temporary, path);
      sendJson(res, existed ? 200 : 201, { name }, { Location: `/uploads/${name}` });
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async function remove(req, res, encodedName) {
    authorize(req);
    await unlink(join(uploadsDir, validName(encodedName))).catch(notFoundIfMissing);
    writeHead(res, 204);
    res.end();
  }

  function authorize(req) {
    if (!token) throw new HttpError(503, 'writing is disabled: API_TOKEN is not set');
    const given = /^Bearer +(.+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? '';
    // Hashed, because timingSafeEqual wants equal lengths and comparing lengths first would reveal the token's.
    if (!timingSafeEqual(sha256(given), sha256(token))) {
      throw new HttpError(401, 'a valid bearer token is required', { 'WWW-Authenticate': 'Bearer' });
    }
  }

  async function handle(req, res) {
    const path = req.url.split('?', 1)[0];
    const route = routes.find(({ pattern }) => pattern.test(path));
    if (!route) throw new HttpError(404, 'not found');
    const handler = route[req.method === 'HEAD' ? 'GET' : req.method];
    if (!handler) {
      const allowed = Object.keys(route).filter((key) => key !== 'pattern');
      throw new HttpError(405, 'method not allowed', { Allow: ['HEAD', ...allowed].join(', ') });
    }
    await handler(req, res, route.pattern.exec(path)[1]);
  }

  function writeHead(res, status, headers = {}) {
    // While shutting down, every answer tells the load balancer not to reuse the connection.
    if (!server.listening) res.setHeader('Connection', 'close');
    res.writeHead(status, {
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    });
  }

  function send(res, status, body, headers) {
    writeHead(res, status, { 'Content-Length': Buffer.byteLength(body), ...headers });
    res.end(body);
  }

  function sendJson(res, status, value, headers) {
    send(res, status, `${JSON.stringify(value)}\n`, { 'Content-Type': 'application/json', ...headers });
  }

  const server = createServer((req, res) => {
    const startedAt = performance.now();
    res.on('close', () => {
      const path = req.url.split('?', 1)[0];
      // Passing health checks would be most of the log, and logs are paid by volume.
      if (path === '/health' && res.statusCode === 200) return;
      log({
        time: new Date().toISOString(),
        method: req.method,
        path,
        status: res.headersSent ? res.statusCode : undefined,
        durationMs: Math.round(performance.now() - startedAt),
        client: req.headers['x-forwarded-for'] ?? req.socket.remoteAddress,
        traceId: req.headers['x-amzn-trace-id'],
        aborted: res.writableFinished ? undefined : true,
      });
    });
    handle(req, res).catch((error) => {
      // The client has gone: the access log says so, and there is nobody to answer.
      if (res.destroyed || req.errored) return void res.destroy();
      if (!(error instanceof HttpError)) log({ level: 'error', message: 'request failed', error: error.stack });
      if (res.headersSent) return void res.destroy();
      const status = error instanceof HttpError ? error.status : 500;
      sendJson(res, status, { error: status === 500 ? 'internal error' : error.message }, error.headers);
    });
  });
  // The load balancer reuses idle connections for up to 60 s. Whoever times out first must be the load balancer: if
  // the server closed first, a request already on its way would meet a closed connection and become a 502.
  server.keepAliveTimeout = 65_000;
  server.sockets = new Set();
  server.on('connection', (socket) => {
    server.sockets.add(socket);
    socket.on('close', () => server.sockets.delete(socket));
  });
  return server;
}

// ECS kills the container 30 s after SIGTERM unless told otherwise; the deadline stays clear of that.
export async function shutdown(server, deadlineMs = 24_000) {
  const closed = new Promise((resolve) => server.close(resolve));
  // close() drops only the connections idle at that moment; those that finish a request later become idle later.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    // To Node, a connection is not idle before its first request.
    for (const socket of server.sockets) if (socket.bytesRead === 0) socket.destroy();
  }, 100);
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}

async function* limited(req) {
  let bytes = 0;
  // Kept open on an early return, because destroying the request would also cut the connection the answer needs.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_UPLOAD_BYTES) throw tooLarge();
    yield chunk;
  }
}

function validName(encoded) {
  let name = '';
  try {
    name = decodeURIComponent(encoded);
  } catch {
    // Malformed percent-encoding is a bad name like any other.
  }
  if (!NAME.test(name)) throw new HttpError(400, 'bad name: 1 to 100 of A-Z a-z 0-9 . _ - and no leading dot');
  return name;
}

function notFoundIfMissing(error) {
  throw error.code === 'ENOENT' ? new HttpError(404, 'not found') : error;
}

const tooLarge = () => new HttpError(413, `an upload may have at most ${MAX_UPLOAD_BYTES} bytes`);
const sha256 = (text) => createHash('sha256').update(text).digest();
