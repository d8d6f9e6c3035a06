/** Searches crashes, lags, conflicts and edits for one that the controller does not get over. */
import { readFileSync } from 'node:fs';
import { readManifest } from 'kubestep';
import { always, eventually, operatorWorld, search } from 'kubestep/properties';
import { websiteController } from './controller.mjs';

const file = new URL('website.yaml', import.meta.url);
const objects = readManifest(readFileSync(file, 'utf8'), 'website.yaml').map(
  ({ object }) => object,
);

const world = operatorWorld({
  manager: { name: 'website-operator', controllers: [websiteController] },
  kind: 'Website.example.com',
  objects,
  edits: [{ replicas: 1 }, { replicas: 3 }, { image: 'nginx:2' }, { image: 'nginx:1' }],
  detours: [{ image: 'no/such:image' }],
});

const runs = Number(process.argv[2] ?? 200);
const found = search(
  [
    {
      ...world,
      always: [...always, ...world.rules.always],
      eventually: [...eventually, ...world.rules.eventually],
    },
  ],
  { runs, seed: 1 },
);

if (found === undefined) console.log(`${runs} runs: none broken`);
else {
  const { broken, trial } = found;
  console.log(`[${broken.id}] ${broken.claim}: ${broken.problem}`);
  for (const { text } of trial.happenings) console.log(`  ${text}`);
  process.exitCode = 1;
}
