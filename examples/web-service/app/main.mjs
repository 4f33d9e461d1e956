import { createApp, shutdown } from './server.mjs';

const server = createApp({
  uploadsDir: process.env.UPLOADS_DIR || '/srv/uploads',
  token: process.env.API_TOKEN,
});

server.listen(process.env.PORT || 8080, () => {
  console.log(JSON.stringify({ level: 'info', message: 'listening', port: server.address().port }));
});

// As process 1 of a container, Node gets no default signal handling: without these, stopping would end in a SIGKILL.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    console.log(JSON.stringify({ level: 'info', message: 'shutting down', signal }));
    await shutdown(server);
    // The process ends by itself once cut uploads are cleaned up and logged. The timer is for a file operation stuck on a
    // network file system, which would keep the process alive.
    setTimeout(() => process.exit(0), 500).unref();
  });
}
