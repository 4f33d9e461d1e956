import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createApp, MAX_UPLOAD_BYTES, shutdown } from './server.mjs';

const TOKEN = 'correct-horse';
const AUTH = { Authorization: `Bearer ${TOKEN}` };

let root;
let uploadsDir;
let cleanups;

beforeEach(async () => {
  cleanups = [];
  root = await mkdtemp(join(tmpdir(), 'web-service-app-'));
  uploadsDir = join(root, 'uploads');
  await mkdir(uploadsDir);
});

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  await rm(root, { recursive: true, force: true });
});

async function start(options = {}) {
  const logs = [];
  const server = createApp({ uploadsDir, token: TOKEN, log: (entry) => logs.push(entry), ...options });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => shutdown(server, 0));
  return { server, logs, port: server.address().port };
}

// Not fetch: it would normalise `/../` away before the server could see it.
function open(port, method, path, headers = {}, agent = undefined) {
  const req = request({ host: '127.0.0.1', port, method, path, headers, agent });
  const answer = new Promise((resolve, reject) => {
    req.on('error', reject);
    req.on('response', async (res) => {
      try {
        const chunks = await res.toArray();
        resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks).toString() });
      } catch (error) {
        reject(error);
      }
    });
  });
  // A test that fails before awaiting the answer should report its own failure, not an unhandled rejection.
  answer.catch(() => {});
  return { req, answer };
}

function call(port, method, path, { headers, body, agent } = {}) {
  // Announced here, because for some methods Node sends a body without saying so.
  const length = body === undefined || headers?.['Transfer-Encoding'] ? {} : { 'Content-Length': body.length };
  const { req, answer } = open(port, method, path, { ...length, ...headers }, agent);
  req.end(body);
  return answer;
}

async function until(condition, timeoutMs = 5000) {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'timed out');
    await delay(10);
  }
}

describe('uploads', () => {
  test('are stored, replaced, read, listed and deleted', async () => {
    const { port } = await start();
    assert.match((await call(port, 'GET', '/')).body, /Nothing here yet/);

    const created = await call(port, 'PUT', '/uploads/note.txt', { headers: AUTH, body: 'first' });
    assert.equal(created.status, 201);
    assert.equal(created.headers.location, '/uploads/note.txt');
    assert.equal((await call(port, 'PUT', '/uploads/note.txt', { headers: AUTH, body: 'second' })).status, 200);
    assert.deepEqual(await readdir(uploadsDir), ['note.txt']);
    assert.equal(await readFile(join(uploadsDir, 'note.txt'), 'utf8'), 'second');

    const read = await call(port, 'GET', '/uploads/note.txt?x=1');
    assert.equal(read.status, 200);
    assert.equal(read.body, 'second');
    const page = await call(port, 'GET', '/');
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.match(page.body, /<a href="\/uploads\/note\.txt">note\.txt<\/a>/);

    assert.equal((await call(port, 'DELETE', '/uploads/note.txt', { headers: AUTH })).status, 204);
    assert.deepEqual(await readdir(uploadsDir), []);
    assert.equal((await call(port, 'GET', '/uploads/note.txt')).status, 404);
  });

  test('may be empty, and HEAD answers without the body', async () => {
    const { port } = await start();
    await call(port, 'PUT', '/uploads/empty', { headers: AUTH, body: '' });
    const empty = await call(port, 'GET', '/uploads/empty');
    assert.deepEqual([empty.status, empty.body], [200, '']);

    await writeFile(join(uploadsDir, 'note'), 'text');
    const head = await call(port, 'HEAD', '/uploads/note');
    assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '4', '']);
  });

  test('are never rendered by a browser', async () => {
    const { port } = await start();
    await writeFile(join(uploadsDir, 'evil.html'), '<script>alert(1)</script>');
    const { headers } = await call(port, 'GET', '/uploads/evil.html');
    assert.equal(headers['content-type'], 'application/octet-stream');
    assert.equal(headers['content-disposition'], 'attachment; filename="evil.html"');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['content-security-policy'], /default-src 'none'/);
  });

  test('that do not exist answer 404', async () => {
    const { port } = await start();
    assert.equal((await call(port, 'GET', '/uploads/missing')).status, 404);
    assert.equal((await call(port, 'DELETE', '/uploads/missing', { headers: AUTH })).status, 404);
    assert.equal((await call(port, 'GET', '/elsewhere')).status, 404);
  });

  test('show neither directories nor files with foreign names', async () => {
    const { port } = await start();
    await mkdir(join(uploadsDir, 'folder'));
    await writeFile(join(uploadsDir, '.tmp-left-behind'), '');
    await writeFile(join(uploadsDir, '<b>'), '');
    assert.match((await call(port, 'GET', '/')).body, /Nothing here yet/);
    assert.equal((await call(port, 'GET', '/uploads/folder')).status, 404);
    assert.equal((await call(port, 'GET', '/uploads/.tmp-left-behind')).status, 400);
  });
});

describe('names', () => {
  const bad = {
    'an encoded parent directory': '..%2fsecret',
    'an encoded parent directory in capitals': '%2E%2E%2Fsecret',
    'a plain parent directory': '../secret',
    'a double-encoded parent directory': '..%252fsecret',
    'a backslash': '..%5csecret',
    'a subdirectory': 'folder/file',
    'a leading dot': '.hidden',
    'a null byte': 'a%00',
    'a line break': 'a%0a',
    'malformed encoding': '%zz',
    'a space': 'a%20b',
    'no characters': '',
    '101 characters': 'a'.repeat(101),
  };
  for (const [what, name] of Object.entries(bad)) {
    test(`with ${what} answer 400 and touch no file`, async () => {
      const { port } = await start();
      await writeFile(join(root, 'secret'), 'untouched');
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const { status, body } = await call(port, method, `/uploads/${name}`, { headers: AUTH, body: 'x' });
        assert.equal(status, 400, `${method} ${name}`);
        assert.doesNotMatch(body, /untouched/);
      }
      assert.equal(await readFile(join(root, 'secret'), 'utf8'), 'untouched');
      assert.deepEqual(await readdir(root), ['secret', 'uploads']);
      assert.deepEqual(await readdir(uploadsDir), []);
    });
  }

  test('of 100 characters and of every allowed kind are accepted', async () => {
    const { port } = await start();
    for (const name of ['a'.repeat(100), 'A-z_0.9', '-', 'a..b', '%61']) {
      assert.equal((await call(port, 'PUT', `/uploads/${name}`, { headers: AUTH, body: 'x' })).status, 201, name);
    }
  });
});

describe('the size limit', () => {
  test('admits exactly 1 MiB', async () => {
    const { port } = await start();
    const body = Buffer.alloc(MAX_UPLOAD_BYTES, 'x');
    assert.equal((await call(port, 'PUT', '/uploads/big', { headers: AUTH, body })).status, 201);
    assert.equal((await call(port, 'GET', '/uploads/big')).body.length, MAX_UPLOAD_BYTES);
  });

  for (const [how, headers] of Object.entries({
    'announced in Content-Length': { 'Content-Length': MAX_UPLOAD_BYTES + 1 },
    'not announced': { 'Transfer-Encoding': 'chunked' },
  })) {
    test(`answers 413 to one byte more, ${how}, and leaves the connection usable`, async () => {
      const { port } = await start();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      cleanups.push(() => agent.destroy());
      await writeFile(join(uploadsDir, 'big'), 'before');
      const body = Buffer.alloc(MAX_UPLOAD_BYTES + 1);
      const answer = await call(port, 'PUT', '/uploads/big', { headers: { ...AUTH, ...headers }, body, agent });
      assert.equal(answer.status, 413);
      assert.deepEqual(await readdir(uploadsDir), ['big']);
      assert.equal((await call(port, 'GET', '/uploads/big', { agent })).body, 'before');
    });
  }

  test('answers 413 before the body has arrived when its length is announced', async () => {
    const { port } = await start();
    const headers = { ...AUTH, 'Content-Length': 10 * MAX_UPLOAD_BYTES };
    const { req, answer } = open(port, 'PUT', '/uploads/big', headers);
    req.flushHeaders();
    assert.equal((await answer).status, 413);
    req.destroy();
  });
});

describe('an interrupted transfer', () => {
  test('of an upload leaves the old content and no temporary file', async () => {
    const { port, logs } = await start();
    await writeFile(join(uploadsDir, 'note'), 'before');
    const { req, answer } = open(port, 'PUT', '/uploads/note', { ...AUTH, 'Content-Length': 100 });
    req.write('only a part');
    await until(async () => (await readdir(uploadsDir)).length === 2);
    req.destroy();
    await assert.rejects(answer);
    await until(async () => (await readdir(uploadsDir)).length === 1);
    assert.equal(await readFile(join(uploadsDir, 'note'), 'utf8'), 'before');
    await until(() => logs.length > 0);
    assert.deepEqual(
      logs.map(({ method, status, aborted }) => ({ method, status, aborted })),
      [{ method: 'PUT', status: undefined, aborted: true }],
    );
  });

  test('of a download is logged', async () => {
    const { port, logs } = await start();
    await writeFile(join(uploadsDir, 'huge'), Buffer.alloc(64 * MAX_UPLOAD_BYTES));
    const { req, answer } = open(port, 'GET', '/uploads/huge');
    req.on('response', () => req.destroy());
    req.end();
    await assert.rejects(answer);
    await until(() => logs.length > 0);
    assert.deepEqual(
      logs.map(({ method, aborted }) => ({ method, aborted })),
      [{ method: 'GET', aborted: true }],
    );
  });
});

describe('a download', { skip: process.platform !== 'linux' }, () => {
  const openFiles = async () => {
    const fds = await readdir('/proc/self/fd');
    const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    return targets.filter((target) => target.startsWith(uploadsDir));
  };

  for (const [how, run] of Object.entries({
    'in full': (port) => call(port, 'GET', '/uploads/file'),
    'of the headers alone': (port) => call(port, 'HEAD', '/uploads/file'),
    'of a directory': (port) => call(port, 'GET', '/uploads/folder'),
    'that is interrupted': async (port) => {
      const { req, answer } = open(port, 'GET', '/uploads/file');
      req.on('response', () => req.destroy());
      req.end();
      await assert.rejects(answer);
    },
  })) {
    test(`${how} leaves no file open`, async () => {
      const { port } = await start();
      await mkdir(join(uploadsDir, 'folder'));
      await writeFile(join(uploadsDir, 'file'), Buffer.alloc(16 * MAX_UPLOAD_BYTES));
      for (let i = 0; i < 5; i++) await run(port);
      await until(async () => (await openFiles()).length === 0, 2000);
    });
  }
});

describe('writing', () => {
  for (const method of ['PUT', 'DELETE']) {
    test(`${method} without the right token answers 401 and changes nothing`, async () => {
      const { port } = await start();
      await writeFile(join(uploadsDir, 'note'), 'before');
      const wrong = [
        {},
        { Authorization: '' },
        { Authorization: 'Bearer' },
        { Authorization: 'Bearer wrong' },
        { Authorization: `Bearer ${TOKEN}x` },
        { Authorization: `Bearer ${TOKEN.slice(1)}` },
        { Authorization: TOKEN },
        { Authorization: `Basic ${TOKEN}` },
      ];
      for (const headers of wrong) {
        const answer = await call(port, method, '/uploads/note', { headers, body: 'x' });
        assert.equal(answer.status, 401, JSON.stringify(headers));
        assert.equal(answer.headers['www-authenticate'], 'Bearer');
      }
      assert.equal(await readFile(join(uploadsDir, 'note'), 'utf8'), 'before');
    });

    for (const token of [undefined, '']) {
      test(`${method} answers 503 when the token is ${JSON.stringify(token)}`, async () => {
        const { port } = await start({ token });
        await writeFile(join(uploadsDir, 'note'), 'before');
        const answer = await call(port, method, '/uploads/note', { headers: { Authorization: 'Bearer ' }, body: 'x' });
        assert.equal(answer.status, 503);
        assert.match(answer.body, /API_TOKEN is not set/);
        assert.equal((await call(port, 'GET', '/uploads/note')).body, 'before');
      });
    }
  }

  test('answers 500 without details when the storage fails, and logs them', async () => {
    const { port, logs } = await start({ uploadsDir: join(root, 'missing') });
    const answer = await call(port, 'PUT', '/uploads/note', { headers: AUTH, body: 'x' });
    assert.deepEqual([answer.status, answer.body], [500, '{"error":"internal error"}\n']);
    assert.match(logs.find(({ level }) => level === 'error').error, /ENOENT/);
  });
});

describe('health', () => {
  test('is 200 while the directory is writable, leaves nothing behind and is not logged', async () => {
    const { port, logs } = await start();
    const answer = await call(port, 'GET', '/health');
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, { status: 'ok' }]);
    assert.deepEqual(await readdir(uploadsDir), []);
    await call(port, 'GET', '/');
    await until(() => logs.length > 0);
    assert.deepEqual(
      logs.map(({ path }) => path),
      ['/'],
    );
  });

  test('does not depend on the token', async () => {
    const { port } = await start({ token: undefined });
    assert.equal((await call(port, 'GET', '/health')).status, 200);
  });

  test('is 503 when the directory is missing', async () => {
    const { port, logs } = await start({ uploadsDir: join(root, 'missing') });
    const answer = await call(port, 'GET', '/health');
    assert.equal(answer.status, 503);
    assert.match(JSON.parse(answer.body).reason, /not writable \(ENOENT\)/);
    await until(() => logs.some(({ path, status }) => path === '/health' && status === 503));
  });

  test('is 503 when the directory is read-only', async () => {
    // Root may write everywhere, so a test started as root has to be someone else for this.
    if (process.getuid() === 0) {
      await chmod(root, 0o755);
      process.seteuid(1000);
      cleanups.push(() => process.seteuid(0));
    } else {
      await chmod(uploadsDir, 0o555);
    }
    const { port } = await start();
    const answer = await call(port, 'GET', '/health');
    assert.equal(answer.status, 503);
    assert.match(JSON.parse(answer.body).reason, /not writable \(EACCES\)/);
  });
});

describe('the protocol', () => {
  test('answers 405 with the allowed methods', async () => {
    const { port } = await start();
    for (const [method, path, allow] of [
      ['POST', '/uploads/note', 'HEAD, GET, PUT, DELETE'],
      ['PATCH', '/uploads/note', 'HEAD, GET, PUT, DELETE'],
      ['DELETE', '/', 'HEAD, GET'],
      ['PUT', '/health', 'HEAD, GET'],
    ]) {
      const answer = await call(port, method, path, { headers: AUTH });
      assert.deepEqual([answer.status, answer.headers.allow], [405, allow], `${method} ${path}`);
    }
  });

  test('keeps idle connections longer than the load balancer', async () => {
    const { port } = await start();
    const agent = new Agent({ keepAlive: true });
    cleanups.push(() => agent.destroy());
    const { headers } = await call(port, 'GET', '/', { agent });
    assert.equal(headers['keep-alive'], 'timeout=65');
  });

  test('logs each request, without its query', async () => {
    const { port, logs } = await start();
    const headers = { 'X-Forwarded-For': '203.0.113.7', 'X-Amzn-Trace-Id': 'Root=1-2-3' };
    await call(port, 'GET', '/uploads/none?token=private', { headers });
    await until(() => logs.length > 0);
    const [{ time, durationMs, ...rest }] = logs;
    assert.ok(!Number.isNaN(Date.parse(time)) && durationMs >= 0);
    assert.deepEqual(rest, {
      method: 'GET',
      path: '/uploads/none',
      status: 404,
      client: '203.0.113.7',
      traceId: 'Root=1-2-3',
      aborted: undefined,
    });
  });
});

describe('shutdown', () => {
  async function startProcess(env = {}) {
    const child = spawn(process.execPath, [fileURLToPath(new URL('main.mjs', import.meta.url))], {
      env: { PORT: '0', UPLOADS_DIR: uploadsDir, API_TOKEN: TOKEN, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanups.push(() => child.kill('SIGKILL'));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    const exited = once(child, 'exit');
    const lines = () => output.split('\n').filter(Boolean).map(JSON.parse);
    await until(() => output.includes('\n'));
    return { child, exited, lines, port: lines()[0].port };
  }

  const refuses = (port) =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(socket.destroy() && false));
      socket.on('error', () => resolve(true));
    });

  test('exits 0 at once when only idle connections are left', async () => {
    const { child, exited, lines, port } = await startProcess();
    const agent = new Agent({ keepAlive: true });
    cleanups.push(() => agent.destroy());
    assert.equal((await call(port, 'GET', '/', { agent })).status, 200);
    const startedAt = Date.now();
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
    assert.ok(Date.now() - startedAt < 5000);
    assert.ok(lines().some(({ path, status }) => path === '/' && status === 200));
  });

  test('refuses new connections, but finishes the request it has', async () => {
    const { child, exited, port } = await startProcess();
    const agent = new Agent({ keepAlive: true });
    cleanups.push(() => agent.destroy());
    const { req, answer } = open(port, 'PUT', '/uploads/slow', { ...AUTH, 'Content-Length': 8 }, agent);
    req.write('half');
    await until(async () => (await readdir(uploadsDir)).length === 1);
    child.kill('SIGTERM');
    await until(() => refuses(port));
    // Longer than the sweep of idle connections, which must spare this one.
    await delay(300);
    req.end('rest');
    const { status, headers } = await answer;
    assert.deepEqual([status, headers.connection], [201, 'close']);
    assert.deepEqual(await exited, [0, null]);
    assert.equal(await readFile(join(uploadsDir, 'slow'), 'utf8'), 'halfrest');
  });

  test('closes a connection that becomes idle only after it began', async () => {
    const { server, port } = await start();
    await writeFile(join(uploadsDir, 'huge'), Buffer.alloc(64 * MAX_UPLOAD_BYTES));
    const agent = new Agent({ keepAlive: true });
    cleanups.push(() => agent.destroy());
    const { req } = open(port, 'GET', '/uploads/huge', {}, agent);
    const response = once(req, 'response');
    req.end();
    const [res] = await response;
    assert.equal(res.headers.connection, 'keep-alive');
    const startedAt = Date.now();
    await shutdown(server);
    assert.ok(Date.now() - startedAt < 5000);
    assert.ok(res.complete);
  });

  test('does not wait for a connection that never made a request', async () => {
    const { server, port } = await start();
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    cleanups.push(() => socket.destroy());
    await accepted;
    const startedAt = Date.now();
    await shutdown(server);
    assert.ok(Date.now() - startedAt < 5000);
  });

  test('waits for a connection whose first request is still arriving', async () => {
    const { server, port } = await start();
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /health HTTP/1.1\r\n');
    cleanups.push(() => socket.destroy());
    await accepted;
    const closed = shutdown(server);
    await delay(300);
    socket.write('Host: localhost\r\n\r\n');
    const answer = Buffer.concat(await socket.toArray()).toString();
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    await closed;
  });

  test('cuts what is still unfinished at the deadline', async () => {
    const { server, port } = await start();
    const { req, answer } = open(port, 'PUT', '/uploads/endless', { ...AUTH, 'Content-Length': 8 });
    req.write('half');
    await until(async () => (await readdir(uploadsDir)).length === 1);
    const startedAt = Date.now();
    await shutdown(server, 300);
    assert.ok(Date.now() - startedAt >= 290);
    await assert.rejects(answer);
    await until(async () => (await readdir(uploadsDir)).length === 0);
  });
});
