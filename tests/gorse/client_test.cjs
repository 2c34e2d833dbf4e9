// Gorse's own client, gorsejs 0.4.8, against `monet serve`: every call it has, as a shop would make them.
//   NODE_PATH=… node client_test.cjs PROGRAM FOLDER      FOLDER: for a generated shop and what is made of it
'use strict';
const assert = require('node:assert/strict');
const { spawn, execFileSync } = require('node:child_process');
const { rmSync, mkdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Gorse, GorseException } = require('gorsejs');

const [program, folder] = process.argv.slice(2);
const monet = (...words) => execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });

async function serve() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const at = (name) => join(folder, name);
  monet('synth', '--layout', 'raw', '--users', '120', '--items', '60', '--interactions', '1200', '--out', at('shop'));
  monet('prepare', at('shop'), '--out', at('data'));
  monet('train', '--data', at('data'), '--model', 'monet', '--epochs', '3', '--out', at('model'), '--threads', '1');
  const server = spawn(program, ['serve', '--artifact', at('model'), '--data', at('data'), '--port', '0',
    '--event-weights', 'read=0', '--threads', '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const endpoint = await new Promise((resolve, reject) => {
    server.stdout.once('data', (line) => resolve(String(line).trim()));
    server.once('exit', (code) => reject(new Error(`monet serve ended with ${code}`)));
  });
  return { server, endpoint };
}

const when = '2022-08-07T00:26:46Z';
const feedback = (type, user, item) => ({ FeedbackType: type, UserId: user, ItemId: item, Timestamp: when });
const missing = (promise) => assert.rejects(promise, (error) => error instanceof GorseException && error.code === 404);

async function users(client) {
  assert.equal(await client.insertUser({ UserId: '100', Labels: ['a', 'b'], Comment: 'comment' }), 1);
  assert.deepEqual(await client.getUser('100'), { UserId: '100', Labels: ['a', 'b'], Subscribe: null, Comment: 'comment' });
  assert.equal(await client.updateUser('100', { Comment: 'another' }), 1);
  assert.deepEqual(await client.getUser('100'), { UserId: '100', Labels: ['a', 'b'], Subscribe: null, Comment: 'another' });
  assert.equal(await client.insertUsers([{ UserId: '101' }, { UserId: '102' }]), 2);
  const page = await client.getUsers({ n: 2 });
  assert.deepEqual(page.Users.map((user) => user.UserId), ['100', '101']);
  assert.deepEqual((await client.getUsers({ n: 2, cursor: page.Cursor })).Users.map((user) => user.UserId), ['102']);
  assert.equal(await client.deleteUser('100'), 1);
  await missing(client.getUser('100'));
}

async function items(client) {
  const item = { ItemId: 'new', IsHidden: true, Labels: ['a'], Categories: ['d', 'e'], Timestamp: when, Comment: 'comment' };
  assert.equal(await client.upsertItem(item), 1);
  assert.deepEqual(await client.getItem('new'), item);
  assert.equal(await client.updateItem('new', { IsHidden: false }), 1);
  assert.equal(await client.insertItemCategory('new', 'f'), 1);
  assert.equal(await client.deleteItemCategory('new', 'd'), 1);
  assert.deepEqual(await client.getItem('new'), { ...item, IsHidden: false, Categories: ['e', 'f'] });
  assert.equal(await client.upsertItems([{ ...item, ItemId: 'x' }, { ...item, ItemId: 'y' }]), 2);
  const page = await client.getItems({ n: 50 });
  assert.equal(page.Items.length, 50);
  assert.equal((await client.getItems({ n: 50, cursor: page.Cursor })).Items.length, 13, '60 of the shop and three');
  assert.equal(await client.deleteItem('new'), 1);
  await missing(client.getItem('new'));
}

async function feedbacks(client, [first, second, third]) {
  const given = [feedback('like', '200', first), feedback('read', '200', second), feedback('like', '200', third)];
  assert.equal(await client.insertFeedbacks(given), 3);
  assert.equal(await client.insertFeedbacks(given.slice(0, 1)), 1, 'it is there already');
  assert.equal((await client.getUserFeedback('200')).length, 3);
  assert.equal((await client.getUserFeedbackByType('200', 'like')).length, 2);
  assert.equal((await client.getItemFeedback(second)).length, 1);
  assert.equal((await client.getItemFeedbackByType(second, 'like')).length, 0);
  const one = await client.getFeedback({ type: 'like', userId: '200', itemId: first });
  assert.deepEqual(one, { ...given[0], Comment: '' });
  const later = { ...given[0], Timestamp: '2023-01-01T00:00:00Z' };
  await client.upsertFeedbacks([later]);
  assert.equal((await client.getFeedback({ type: 'like', userId: '200', itemId: first })).Timestamp, later.Timestamp);
  const page = await client.getFeedbacks(undefined, { n: 2 });
  assert.equal(page.Feedback.length, 2);
  assert.equal((await client.getFeedbacks(undefined, { n: 2, cursor: page.Cursor })).Feedback.length, 1);
  assert.equal((await client.getFeedbacks('read')).Feedback.length, 1);
  await client.deleteFeedback({ type: 'like', userId: '200', itemId: third });
  await missing(client.getFeedback({ type: 'like', userId: '200', itemId: third }));
}

async function lists(client, endpoint, [first, second]) {
  const known = readFileSync(join(folder, 'model', 'users.tsv'), 'utf8').split('\n')[1].split('\t')[0];
  const recommended = await client.getRecommend({ userId: known, cursorOptions: { n: 5 } });
  assert.equal(recommended.length, 5);
  const answer = await (await fetch(`${endpoint}/v1/users/${known}/recommendations?k=5`)).json();
  assert.deepEqual(recommended, answer.items.map((item) => item.item), 'the lists of /v1');
  const rest = await client.getRecommend({ userId: known, cursorOptions: { n: 3, offset: 2 } });
  assert.deepEqual(rest, recommended.slice(2));
  // Feedback counts at once: 200 liked the first item and read the second, which weighs nothing.
  const own = await client.getRecommend({ userId: '200', cursorOptions: { n: 60 } });
  assert.ok(!own.includes(first) && own.includes(second));
  await client.getRecommend({ userId: known, cursorOptions: { n: 2 }, writeBackType: 'read' });
  assert.equal((await client.getUserFeedbackByType(known, 'read')).length, 2);
  const session = await client.getSessionRecommend([feedback('like', 'nobody', first)]);
  assert.ok(session.length === 10 && session.every(({ Id, Score }) => Id !== first && typeof Score === 'number'));
  const [category] = (await client.getItem(first)).Categories;
  for (const list of [await client.getPopular({ category }), await client.getLatest({ category }),
    await client.getItemNeighbors({ itemId: first, category })]) {
    for (const { Id } of list) assert.ok((await client.getItem(Id)).Categories.includes(category));
  }
  assert.equal((await client.getPopular({})).length, 10);
  assert.equal((await client.getLatest({ cursorOptions: { n: 3 } })).length, 3);
  assert.equal((await client.getItemNeighbors({ itemId: first })).length, 10);
  const neighbors = await client.getUserNeighbors({ userId: known });
  assert.ok(neighbors.length === 10 && neighbors[0].Score >= neighbors[9].Score && neighbors[0].Id !== known);
}

(async () => {
  const { server, endpoint } = await serve();
  try {
    const client = new Gorse({ endpoint, secret: 'any' });
    const shop = readFileSync(join(folder, 'model', 'items.tsv'), 'utf8').split('\n').slice(1, 4).map((line) => line.split('\t')[0]);
    await users(client);
    await items(client);
    await feedbacks(client, shop);
    await lists(client, endpoint, shop);
    assert.equal((await (await fetch(`${endpoint}/api/health/ready`)).json()).Ready, true);
  } finally {
    server.kill('SIGTERM');
  }
  console.log('gorsejs: every call was answered as it expects');
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
