import { PGlite } from '@electric-sql/pglite';
import { pg_textsearch } from '@electric-sql/pglite-pg_textsearch';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const db = await PGlite.create({ extensions: { vector, pg_textsearch } });
await db.exec('CREATE EXTENSION pg_textsearch');
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 20 });
server.addEventListener('listening', event =>
  console.log(`Host=127.0.0.1;Port=${event.detail.port};Username=postgres;Database=postgres;SSL Mode=Disable`));
await server.start();
