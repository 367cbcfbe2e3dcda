import { Postroom, browser, person, shot } from './world.mjs';
import { connect, signIn, openFolder, rows } from './steps.mjs';
import { readFileSync } from 'node:fs';
const p = await Postroom.start('demo');
const b = await browser();
const page = await person(b, { name: 'ada' });
const cpu = () => { const f = readFileSync(`/proc/${p.process.pid}/stat`, 'utf8').split(' '); return (Number(f[13]) + Number(f[14])) / 100 };
try {
await signIn(page, p.url, 'ada@contoso.example');
console.log('connect', await connect(page, p.url, 'ada@contoso.example'));
await page.waitForTimeout(5000);
for (let i = 0; i < 4; i++) { const a = cpu(); await new Promise(r => setTimeout(r, 3000)); console.log('cpu/s', ((cpu() - a) / 3).toFixed(3)); }
} catch (e) { console.log(e.message) } finally { await b.close(); await p.stop(); }
